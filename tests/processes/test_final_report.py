"""The final report that goes with the systematisation meets what its lead owes for the year."""

from db import SYSTEM
from db.clock import local_date
from notifications import ledger
from notifications import policies
from notifications import sources
from notifications.models import Obligation
from notifications.places import Places
from notifications.policies import Shipped
from tests.processes.office import Office
from tracking.models import Product
from tracking.models import WorkPlan
from tracking.policies import SHIPPED

KEY = "informe_final"


def test_the_final_report_is_not_owed_twice(active: None, office: Office, product: Product) -> None:
    spec = next(one.spec for one in SHIPPED if one.key == KEY)
    today = local_date(office.now)
    policies.install(
        office.session, [Shipped(KEY, spec)], since=today.replace(month=1, day=1), by=SYSTEM, now=office.now
    )
    (policy,) = policies.every(office.session)
    subjects = list(sources.subjects(office.session, "products", today))
    ledger.open_batch(office.session, policy, subjects, Places(office.session), now=office.now)
    owed = office.session.query(Obligation).one()
    assert owed.status == "pending"
    for plan in list(office.session.query(WorkPlan).filter_by(product_id=product.id)):
        office.push(plan.instance_id)
    office.push(product.instance_id)
    office.session.refresh(owed)
    assert (owed.status, owed.subject_id, owed.period) == ("met", product.id, str(office.now.year))
