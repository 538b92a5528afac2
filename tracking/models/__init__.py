"""Tables of this room, one file per noun."""

from tracking.models.advisories import Advisory
from tracking.models.advisories import AdvisoryEntity
from tracking.models.advisories import AdvisoryMilestone
from tracking.models.advisories import AdvisoryPerson
from tracking.models.advisories import AdvisoryStatus
from tracking.models.advisories import Effect
from tracking.models.advisories import QuickContact
from tracking.models.follow_up import ActionKind
from tracking.models.follow_up import ActionStatus
from tracking.models.follow_up import Consent
from tracking.models.follow_up import CorrectiveAction
from tracking.models.follow_up import CorrectiveFollowUp
from tracking.models.follow_up import Handover
from tracking.models.follow_up import Modification
from tracking.models.follow_up import ModificationAdoption
from tracking.models.indicators import IndicatorCapture
from tracking.models.milestones import MilestoneAct
from tracking.models.milestones import MilestoneRecord
from tracking.models.milestones import MilestoneStatus
from tracking.models.milestones import MilestoneTemplate
from tracking.models.milestones import PlanMilestone
from tracking.models.milestones import TemplateMilestone
from tracking.models.partners import PartnerAdvance
from tracking.models.partners import PartnerAdvanceEntity
from tracking.models.partners import StrategyPartner
from tracking.models.plans import ConsentStatus
from tracking.models.plans import PlanStatus
from tracking.models.plans import WorkPlan
from tracking.models.products import Product
from tracking.models.products import ProductEntity
from tracking.models.products import ProductNumber
from tracking.models.products import ProductStage
from tracking.models.products import ProductStatus
from tracking.models.products import ProductTag
from tracking.models.products import Strategy
from tracking.models.reports import ContractObligation
from tracking.models.reports import Report
from tracking.models.reports import ReportStatus
from tracking.models.support import SupportAdvisory
from tracking.models.support import SupportRequest
from tracking.models.support import SupportStatus

__all__ = [
    "ActionKind",
    "ActionStatus",
    "Advisory",
    "AdvisoryEntity",
    "AdvisoryMilestone",
    "AdvisoryPerson",
    "AdvisoryStatus",
    "Consent",
    "ConsentStatus",
    "ContractObligation",
    "CorrectiveAction",
    "CorrectiveFollowUp",
    "Effect",
    "Handover",
    "IndicatorCapture",
    "MilestoneAct",
    "MilestoneRecord",
    "MilestoneStatus",
    "MilestoneTemplate",
    "Modification",
    "ModificationAdoption",
    "PartnerAdvance",
    "PartnerAdvanceEntity",
    "PlanMilestone",
    "PlanStatus",
    "Product",
    "ProductEntity",
    "ProductNumber",
    "ProductStage",
    "ProductStatus",
    "ProductTag",
    "QuickContact",
    "Report",
    "ReportStatus",
    "Strategy",
    "StrategyPartner",
    "SupportAdvisory",
    "SupportRequest",
    "SupportStatus",
    "TemplateMilestone",
    "WorkPlan",
]
