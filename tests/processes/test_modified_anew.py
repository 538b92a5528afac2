"""A product is modified again: the new modification begins with round 1 and brings nothing of those before it."""

import pytest

from engine import observations
from engine import prefill
from engine import submissions
from engine import under_review
from engine.models import Task
from tests.processes.office import Office
from tracking import life
from tracking.models import Product

REQUEST, VERDICT, ADOPTION = (
    "Activity_SolicitarModificacion", "Activity_ValidarModificacion", "Activity_DecidirAdopcion",
)  # fmt: skip


def ask(office: Office, product: Product) -> Task:
    lead = office.people["technical_lead"]
    life.request_modification(office.session, product.id, "Cambian las entidades.", by=lead, now=office.now)
    office.settle(product.instance_id)
    return office.task(product.instance_id, REQUEST)


def send_back(office: Office, product: Product, text: str) -> Task:
    """The request is sent, remarked on and returned: how it waits for its author again."""
    office.do(product.instance_id, REQUEST, changes=["costs"])
    review = office.task(product.instance_id, VERDICT)
    by = office.who(review)
    observations.add(office.session, review.id, "reason", text, by=by, now=office.now)
    office.do(product.instance_id, VERDICT, verdict="returned", remarks=text)
    return office.task(product.instance_id, REQUEST)


def remarks(office: Office, task: Task) -> list[str]:
    return [row.text for row in observations.standing(office.session, task, by=office.people["technical_lead"])]


@pytest.fixture
def modified(active: None, office: Office, product: Product) -> Product:
    """A product whose first modification was returned, validated in its second round, and adopted."""
    ask(office, product)
    again = send_back(office, product, "Precise el motivo.")
    assert again.round == 2
    office.do(product.instance_id, REQUEST, entities=[office.entities[0].id], changes=["targeting"])
    office.do(product.instance_id, VERDICT, verdict="validated")
    office.do(product.instance_id, ADOPTION, adoption="all")
    office.work_through()
    return product


def test_a_new_modification_begins_with_round_one_and_was_not_returned(modified: Product, office: Office) -> None:
    task = ask(office, modified)
    assert task.round == 1
    assert under_review.sent_back(office.session, [task]) == set()
    assert under_review.heard(office.session, task) == []
    assert remarks(office, task) == []


def test_what_was_remarked_while_validating_is_read_at_the_next_step_of_the_lead(
    active: None, office: Office, product: Product
) -> None:
    ask(office, product)
    office.do(product.instance_id, REQUEST, changes=["costs"])
    review = office.task(product.instance_id, VERDICT)
    observations.add(office.session, review.id, "reason", "Cite el acta.", by=office.who(review), now=office.now)
    office.do(product.instance_id, VERDICT, verdict="validated")
    adopting = office.task(product.instance_id, ADOPTION)
    assert [said.element for said, _ in under_review.heard(office.session, adopting)] == [VERDICT]
    assert remarks(office, adopting) == ["Cite el acta."]


def test_its_review_counts_alike_and_knows_no_round_before(modified: Product, office: Office) -> None:
    ask(office, modified)
    office.do(modified.instance_id, REQUEST, changes=["costs"])
    review = office.task(modified.instance_id, VERDICT)
    sent = under_review.reviewed(office.session, review)
    assert sent is not None
    assert (sent.round, review.round) == (1, 1)
    assert submissions.previous(office.session, sent) is None
    assert observations.before(office.session, sent) == []
    office.do(modified.instance_id, VERDICT, verdict="validated")
    assert office.task(modified.instance_id, ADOPTION).round == 1


def test_what_is_returned_in_it_comes_back_with_its_own_remarks(modified: Product, office: Office) -> None:
    first = ask(office, modified)
    again = send_back(office, modified, "Diga desde cuándo.")
    assert again.round == 2
    assert under_review.sent_back(office.session, [again]) == {again.id}
    assert remarks(office, again) == ["Diga desde cuándo."]
    office.do(modified.instance_id, REQUEST, changes=["costs"])
    review = office.task(modified.instance_id, VERDICT)
    sent = under_review.reviewed(office.session, review)
    assert sent is not None
    assert review.round == 2
    before = submissions.previous(office.session, sent)
    assert before is not None
    assert before.task_id == first.id
    assert [row.text for row in observations.before(office.session, sent)] == ["Diga desde cuándo."]


def test_after_a_returned_one_was_given_up_a_new_one_begins_from_what_is_in_force(
    active: None, office: Office, product: Product
) -> None:
    ask(office, product)
    send_back(office, product, "Precise el motivo.")
    office.do(product.instance_id, REQUEST, desist=True, reason="Ya no hace falta.", changes=[])
    task = ask(office, product)
    start = prefill.initial(office.session, task, now=office.now)
    assert (task.round, start["desist"], start["reason"]) == (1, False, "Cambian las entidades.")


def test_one_that_was_open_when_rounds_were_not_told_apart_goes_on_counting(modified: Product, office: Office) -> None:
    task = ask(office, modified)
    task.round = 3
    assert send_back(office, modified, "Diga desde cuándo.").round == 4
