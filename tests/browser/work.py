"""Work in progress to look at: products at several steps, a plan in execution, an advisory, remarks, a strategy."""

from sqlalchemy import select

from db import clock
from db import files
from db import transaction
from engine import drafts
from engine import observations
from engine import operations
from engine import rectifications
from engine import submissions
from engine import tasks
from engine.models import Task
from tests.browser.house import House
from tests.processes.office import PDF
from tests.processes.office import Office
from tracking import advisories
from tracking import milestones
from tracking import strategies
from tracking.advisory_parts import Move
from tracking.models import Product
from tracking.models import WorkPlan

Places = dict[str, int | str]


def in_progress(house: House) -> Places:
    """Do the work, without a browser; returns the ids of what can be looked at, by name."""
    with transaction() as session:
        office = house.office(session)
        strategy = _strategy(office)
        found: Places = {"strategy": strategy, **_in_territory(office), **_in_design(office), **_in_review(office)}
        found["operation"] = operations.listed(session).items[0].id
        found["entity"], found["person"] = house.world.entities[0], house.world.people["asesor"]
        return found


def _strategy(office: Office) -> int:
    return strategies.create(
        office.session, name="Finanzas al día", objective="Mejorar el ordenamiento de las finanzas.",
        unit_id=office.unit_id, lead_id=office.people["technical_lead"].person_id,
        by=office.people["technical_director"], now=office.now,
    ).id  # fmt: skip


def _in_territory(office: Office) -> Places:
    """A published product with a plan in execution, of which one milestone moved and one action is open, and another
    whose entity did not consent."""
    product = office.start_product("Bancos de proyectos al día")
    office.push(product.instance_id or 0, until="Activity_DesarrollarAsistencia")
    office.work_through()
    plan, refused = office.session.scalars(
        select(WorkPlan).where(WorkPlan.product_id == product.id).order_by(WorkPlan.id)
    ).all()[:2]
    office.push(refused.instance_id or 0, until="Activity_RegistrarConsentimiento")
    office.do(refused.instance_id or 0, "Activity_RegistrarConsentimiento", consent=False, reason="No tiene equipo.")
    office.push(plan.instance_id or 0, until="Activity_EjecutarAsistencia")
    office.do(plan.instance_id or 0, "Activity_MonitorearAsistencia")
    milestone = milestones.of_plan(office.session, plan.id)[0]
    advisory = _advisory(office, product, plan, {milestone.id: "achieved"})
    sent = _open(office, product, "Activity_DesarrollarAsistencia")
    return {
        "product": product.code, "plan": plan.id, "milestone": milestone.id, "advisory": advisory, "held": sent.id,
        "refused": refused.id, "sent": _corrected(office, plan),
        "execution": _open(office, plan, "Activity_EjecutarAsistencia").id,
    }  # fmt: skip


def _corrected(office: Office, plan: WorkPlan) -> int:
    """What was sent when the plan was made known, of which an answer was corrected."""
    row = submissions.latest(office.session, plan.instance_id or 0, "Activity_SocializarPlan")
    assert row is not None, "the step was done"
    rectifications.rectify(
        office.session, row.id, {"responsibilities/0/party": "Alcaldía"}, reason="Estaba cambiado",
        by=office.people["territorial_advisor"], now=office.now,
    )  # fmt: skip
    return row.id


def _advisory(office: Office, product: Product, plan: WorkPlan, moved: dict[int, str]) -> int:
    advisor = office.people["territorial_advisor"]
    kept = [files.save(office.session, name, PDF, by=advisor.actor(), now=office.now) for name in ("a.pdf", "b.pdf")]
    new = advisories.NewAdvisory(
        occurred_on=clock.local_date(office.now), modality="advisory", summary="Se revisó el diagnóstico.",
        entities=[plan.entity_id], product_id=product.id, minutes_file=kept[0].token, attendance_file=kept[1].token,
        milestones=[Move(key, effect) for key, effect in moved.items()],
    )  # fmt: skip
    return advisories.register(office.session, new, by=advisor, now=office.now).id


def _in_design(office: Office) -> Places:
    """A protocol that is being written: the longest of forms, with its draft."""
    product = office.start_product("Armonización presupuestal")
    office.push(product.instance_id or 0, until="Activity_DiligenciarProtocolo")
    task = _open(office, product, "Activity_DiligenciarProtocolo")
    lead = office.people["technical_lead"]
    drafts.save(office.session, task.id, office.answer(task, {}), by=lead, now=office.now)
    return {"protocol": task.id, "waiting_product": product.code}


def _in_review(office: Office) -> Places:
    """A protocol in its second round: remarks answered, and new ones being written."""
    product = office.start_product("Catastro con enfoque multipropósito")
    case, der = product.instance_id or 0, office.people["der_reviewer"]
    office.push(case, until="Activity_ValidarProtocolo")
    first = _open(office, product, "Activity_ValidarProtocolo")
    observations.add(office.session, first.id, "milestones/1", "¿Quién lo designa?", by=der, now=office.now)
    office.do(case, "Activity_ValidarProtocolo", verdict="returned", remarks="Precise las metas.")
    office.do(case, "Activity_DiligenciarProtocolo", resource_operation="La dependencia contrata por licitación.")
    review = _open(office, product, "Activity_ValidarProtocolo")
    observations.add(office.session, review.id, "budget", "Falta una fuente.", by=der, now=office.now)
    return {"review": review.id, "done": first.id}


def _open(office: Office, about: Product | WorkPlan, element: str) -> Task:
    waiting = tasks.open_of(office.session, about.instance_id or 0)
    return next(task for task in waiting if task.element == element)
