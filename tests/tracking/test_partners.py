"""Partners of a strategy: who says that they take part and until when, and what they report meanwhile."""

from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import files
from db import history
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from directory import attachments
from directory import grants
from directory import principal
from directory.models import Person
from directory.models import Unit
from directory.principal import Principal
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import partner_advances
from tracking import partner_units
from tracking import partners
from tracking import progress
from tracking import strategies
from tracking import strategy_board
from tracking.models import PartnerAdvance
from tracking.models import Product
from tracking.models import Strategy
from tracking.models import StrategyPartner
from tracking.partner_advances import Filters
from tracking.partner_advances import NewAdvance
from tracking.partners import NewPartner

SINCE = date(2026, 11, 2)


@dataclass
class Alliance:
    """A strategy with a partner, two people of it, and the strategy and the partner beside."""

    strategy: Strategy
    other: Strategy
    ally: Unit
    row: StrategyPartner
    first: Person
    second: Person
    stranger: Person

    def as_(self, session: Session, who: Person, now: datetime) -> Principal:
        return principal.load(session, who.id, now=now)


@pytest.fixture
def alliance(session: Session, scene: Scene, now: datetime) -> Alliance:
    made = [_strategy(session, scene, name, now) for name in ("Finanzas", "Juntos")]
    ally, third = factories.unit(session, "ESAP"), factories.unit(session, "ART")
    people = []
    for name, unit in (("Pía", ally), ("Paz", ally), ("Pilar", third)):
        person = factories.person(session, name, now, unit.id)
        grants.add(session, person.id, "partner_entity", "unit", unit.id, since=date(2026, 1, 1), by=SYSTEM, now=now)
        people.append(person)
    scene.product.strategy_id = made[0].id
    new = NewPartner(unit_id=ally.id, contribution="Formación", since=SINCE)
    row = partners.add(session, made[0].id, new, by=scene.leading, now=now)
    return Alliance(made[0], made[1], ally, row, *people)


def _strategy(session: Session, scene: Scene, name: str, now: datetime) -> Strategy:
    return strategies.create(
        session, name=name, objective="Ordenar", unit_id=scene.unit.id, lead_id=scene.lead.id, by=scene.leading, now=now
    )  # fmt: skip


def report(session: Session, alliance: Alliance, who: Person, now: datetime, **said: Any) -> PartnerAdvance:
    new = NewAdvance(**{"occurred_on": SINCE, "text": "Curso de presupuesto", **said})
    return partner_advances.report(session, alliance.row.id, new, by=alliance.as_(session, who, now), now=now)


def seen(session: Session, by: Principal, **asked: Any) -> list[int]:
    return [row.id for row in partner_advances.listing(session, by, Filters(**asked)).items]


def test_a_partner_sees_the_strategies_of_which_it_is_part_today(
    session: Session, alliance: Alliance, now: datetime
) -> None:
    def found(who: Person, when: datetime) -> list[str]:
        rows = strategies.listing(session, alliance.as_(session, who, when), strategies.Filters()).items
        return [row.name for row in rows]

    assert found(alliance.first, now) == ["Finanzas"]
    assert found(alliance.stranger, now) == []
    assert found(alliance.first, now - timedelta(days=60)) == [], "it had not come yet"
    alliance.row.until = local_date(now)
    session.flush()
    assert found(alliance.first, now) == ["Finanzas"], "its last day counts"
    assert found(alliance.first, now + timedelta(days=1)) == []


@pytest.mark.parametrize("kind", ["region", "entity"])
def test_a_role_over_anything_but_a_unit_reaches_no_strategy(
    session: Session, scene: Scene, alliance: Alliance, now: datetime, kind: str
) -> None:
    place = {"region": scene.region.id, "entity": scene.entity.id}[kind]
    person = factories.person(session, "Suelta", now)
    grants.add(session, person.id, "partner_entity", kind, place, since=SINCE, by=SYSTEM, now=now)
    by = alliance.as_(session, person, now)
    assert strategies.listing(session, by, strategies.Filters()).items == []
    with pytest.raises(NotAllowed):
        partners.get(session, alliance.row.id, by=by, now=now)


def test_who_leads_or_directs_says_who_takes_part(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    new = NewPartner(code="DAFP", name="Función Pública", contribution="Guías", since=SINCE)
    director = factories.principal(scene.monitor, "technical_director", "unit", scene.unit.id)
    row = partners.add(session, alliance.other.id, new, by=director, now=now)
    assert session.get_one(Unit, row.unit_id).name == "Función Pública"
    for by in (scene.monitoring, scene.advising, alliance.as_(session, alliance.first, now)):
        with pytest.raises(NotAllowed):
            partners.add(session, alliance.strategy.id, replace(new, code="X", name="X"), by=by, now=now)
    assert [act.action for act in history.of(session, partners.chain(row.id))] == ["partner.added"]


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ({"contribution": " "}, "contribution"),
        ({"since": date(1926, 1, 1)}, "since"),
        ({"since": date(2036, 1, 1)}, "since"),
        ({"unit_id": 999_999}, "unit_id"),
        ({"unit_id": None}, "unit_id"),
        ({"unit_id": None, "code": "NUEVA"}, "name"),
        ({"unit_id": None, "code": "esap", "name": "Otra"}, "code"),  # the code of one that is there
        ({}, "since"),  # it takes part already
    ],
)
def test_what_is_refused_of_a_partner(
    session: Session, scene: Scene, alliance: Alliance, now: datetime, said: dict[str, Any], at: str
) -> None:
    new = NewPartner(**{"unit_id": alliance.ally.id, "contribution": "Formación", "since": SINCE, **said})
    with pytest.raises(InvalidData) as caught:
        partners.add(session, alliance.strategy.id, new, by=scene.leading, now=now)
    assert at in caught.value.errors


def test_a_unit_of_the_house_is_no_partner(session: Session, scene: Scene, alliance: Alliance, now: datetime) -> None:
    below = factories.unit(session, "GRUPO")
    below.parent_id = scene.unit.id
    session.flush()
    assert not {unit.id for unit in partner_units.offered(session, alliance.strategy)} & {below.id, scene.unit.id}
    new = NewPartner(unit_id=below.id, contribution="x", since=SINCE)
    with pytest.raises(InvalidData, match="corregir"):
        partners.add(session, alliance.strategy.id, new, by=scene.leading, now=now)


def test_it_is_corrected_and_ended_and_stays_written(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    row, today = alliance.row, local_date(now)
    _correct(session, scene, row, now, contribution="Instructores", reason="Cambió el convenio")
    with pytest.raises(Conflict) as stale:
        _correct(session, scene, row, now, contribution="Otra", revision=1)
    assert stale.value.code == "stale"
    assert stale.value.message.startswith("Usted cambió esta participación hace un momento")
    boss, later = factories.person(session, "Directora", now, scene.unit.id), now + timedelta(hours=2)
    grants.add(session, boss.id, "technical_director", "unit", scene.unit.id, since=SINCE, by=SYSTEM, now=now)
    with pytest.raises(Conflict) as stale:
        partners.correct(
            session, row.id, {"contribution": "Otra"}, reason="Cambió", revision=1,
            by=principal.load(session, boss.id, now=later), now=later,
        )  # fmt: skip
    told = f"{scene.leading.name} cambió esta participación hace 2 horas, mientras usted escribía."
    assert stale.value.message == told
    with pytest.raises(InvalidData):
        partners.end(session, row.id, SINCE - timedelta(days=1), reason="Terminó", by=scene.leading, now=now)
    partners.end(session, row.id, today + timedelta(days=5), reason="Vence", by=scene.leading, now=now)
    assert partners.lasts(row, today)
    partners.end(session, row.id, today, reason="Se adelantó", by=scene.leading, now=now)
    assert row.until == today - timedelta(days=1)
    with pytest.raises(Conflict, match="ya terminó"):
        partners.end(session, row.id, today, reason="Otra vez", by=scene.leading, now=now)
    said = [(act.action, act.reason) for act in history.of(session, partners.chain(row.id))]
    assert said == [("partner.added", ""), ("partner.corrected", "Cambió el convenio"), ("partner.ended", "Vence"),
                    ("partner.ended", "Se adelantó")]  # fmt: skip
    again = NewPartner(unit_id=alliance.ally.id, contribution="Vuelve", since=today)
    assert partners.add(session, alliance.strategy.id, again, by=scene.leading, now=now).id != row.id


def test_what_is_wrong_of_a_partner_is_told_at_once(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    new = NewPartner(code="", name="Otra", contribution=" ", since=date(1926, 1, 1))
    with pytest.raises(InvalidData) as caught:
        partners.add(session, alliance.strategy.id, new, by=scene.leading, now=now)
    assert set(caught.value.errors) == {"contribution", "since", "code"}
    new = NewPartner(code="S" * 21, name="N" * 201, contribution="x", since=SINCE)
    with pytest.raises(InvalidData) as caught:
        partners.add(session, alliance.strategy.id, new, by=scene.leading, now=now)
    assert caught.value.errors == {
        "code": ["Escriba como máximo 20 caracteres en «Sigla»: tiene 21."],
        "name": ["Escriba como máximo 200 caracteres en «Nombre»: tiene 201."],
    }
    with pytest.raises(InvalidData) as caught:
        partners.end(session, alliance.row.id, date(1926, 1, 1), reason="", by=scene.leading, now=now)
    assert set(caught.value.errors) == {"from_day", "reason"}


def test_the_code_of_a_known_unit_says_what_to_do(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    def told(code: str) -> str:
        new = NewPartner(code=code, name="Otra", contribution="x", since=SINCE)
        with pytest.raises(InvalidData) as caught:
            partners.add(session, alliance.strategy.id, new, by=scene.leading, now=now)
        return caught.value.errors["code"][0]

    assert "ya participa en esta estrategia" in told(alliance.ally.code.lower())
    assert "Elija una entidad aliada" in told(scene.unit.code)
    third = session.get_one(Unit, alliance.stranger.unit_id)
    assert "Elíjala en la lista" in told(third.code)
    third.disabled_at = now
    session.flush()
    assert "ya no está en uso" in told(third.code)


def test_a_second_unit_of_one_name_is_made_only_when_confirmed(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    new = NewPartner(code="DAFP", name=" función  PUBLICA", contribution="Guías", since=SINCE)
    first = partners.add(session, alliance.strategy.id, new, by=scene.leading, now=now)
    again = replace(new, code="DAFP-2", name="Función Pública")
    with pytest.raises(InvalidData) as caught:
        partners.add(session, alliance.other.id, again, by=scene.leading, now=now)
    assert list(caught.value.errors) == ["confirmed"]
    assert "(DAFP) ya existe. Use la que existe" in caught.value.errors["confirmed"][0]
    with pytest.raises(InvalidData, match="corregir") as caught:
        partners.add(session, alliance.strategy.id, again, by=scene.leading, now=now)
    assert "(DAFP) ya participa" in caught.value.errors["confirmed"][0], "it may not come twice"
    other = partners.add(session, alliance.other.id, replace(again, confirmed=True), by=scene.leading, now=now)
    assert other.unit_id != first.unit_id


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("Servicio Nacional de Aprendizaje SENA", True),
        ("Servicio Nacional de Aprendizaje", True),
        ("Servicio Nacional del Aprendizaje", True),
        ("Servicio Geológico Colombiano", False),
    ],
)
def test_a_name_that_is_nearly_that_of_another_is_asked_about(
    session: Session, scene: Scene, alliance: Alliance, now: datetime, typed: str, near: bool
) -> None:
    known = NewPartner(code="SENA", name="Servicio Nacional de Aprendizaje (SENA)", contribution="Cursos", since=SINCE)
    partners.add(session, alliance.other.id, known, by=scene.leading, now=now)
    assert bool(partner_units.twins(session, typed)) is near
    if near:
        with pytest.raises(InvalidData) as caught:
            partners.add(
                session, alliance.strategy.id, replace(known, code="SNA", name=typed), by=scene.leading, now=now
            )
        assert "(SENA)" in caught.value.errors["confirmed"][0]


def test_the_days_of_a_participation_are_corrected_even_when_it_ended(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    row, today = alliance.row, local_date(now)
    _correct(session, scene, row, now, since=date(2026, 3, 2))
    partners.end(session, row.id, today - timedelta(days=20), reason="Venció", by=scene.leading, now=now)
    with pytest.raises(Conflict, match="sólo se corrigen sus días"):
        _correct(session, scene, row, now, contribution="Otra cosa")
    for wrong in ({"until": date(2026, 3, 1)}, {"until": date(2036, 1, 1)}, {"since": date(1926, 1, 1)}):
        with pytest.raises(InvalidData) as caught:
            _correct(session, scene, row, now, **wrong)
        assert list(caught.value.errors) == list(wrong)
    with pytest.raises(InvalidData, match="corregir"):
        _correct(session, scene, row, now, until=row.until)
    _correct(session, scene, row, now, until=None, reason="Se prorrogó")
    assert partners.may_report(row, alliance.strategy, alliance.as_(session, alliance.first, now), now)
    act = history.of(session, partners.chain(row.id))[-1]
    assert (act.reason, act.details) == ("Se prorrogó", {"until": [str(today - timedelta(days=21)), ""]})
    with pytest.raises(NotAllowed):
        partners.correct(session, row.id, {"until": today}, reason="Fin", by=scene.monitoring, now=now)


def test_days_that_are_corrected_leave_the_other_participation_apart(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    row, today = alliance.row, local_date(now)
    partners.end(session, row.id, today, reason="Venció", by=scene.leading, now=now)
    later = NewPartner(unit_id=alliance.ally.id, contribution="Vuelve", since=today + timedelta(days=5))
    again = partners.add(session, alliance.strategy.id, later, by=scene.leading, now=now)
    for one, wrong in ((row, {"until": None}), (again, {"since": today - timedelta(days=1)})):
        with pytest.raises(InvalidData) as caught:
            _correct(session, scene, one, now, **wrong)
        assert list(caught.value.errors) == list(wrong)
    _correct(session, scene, row, now, until=today + timedelta(days=4))
    assert not partners.lasts(row, today + timedelta(days=5))


@pytest.mark.parametrize("ahead", [0, 30])
def test_who_never_took_part_may_come_again(
    session: Session, scene: Scene, alliance: Alliance, now: datetime, ahead: int
) -> None:
    day = local_date(now) + timedelta(days=ahead)
    unit = session.get_one(Unit, alliance.stranger.unit_id)
    new = NewPartner(unit_id=unit.id, contribution="Personal", since=day)
    row = partners.add(session, alliance.strategy.id, new, by=scene.leading, now=now)
    assert unit not in partner_units.offered(session, alliance.strategy)
    partners.end(session, row.id, day, reason="Fue un error", by=scene.leading, now=now)
    assert unit in partner_units.offered(session, alliance.strategy)
    assert partners.add(session, alliance.strategy.id, new, by=scene.leading, now=now).id != row.id


def test_days_that_leave_advances_out_are_confirmed(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    row, today = alliance.row, local_date(now)
    report(session, alliance, alliance.first, now)
    report(session, alliance, alliance.first, now, occurred_on=SINCE + timedelta(days=3), text="Mesa")
    how = {"reason": "Venció", "by": scene.leading, "now": now}
    with pytest.raises(InvalidData) as caught:
        partners.end(session, row.id, SINCE + timedelta(days=3), **how)
    assert list(caught.value.errors) == ["confirmed"]
    assert "un avance" in caught.value.errors["confirmed"][0]
    with pytest.raises(InvalidData) as caught:
        partners.end(session, row.id, SINCE, **how)
    assert "2 avances" in caught.value.errors["confirmed"][0]
    partners.end(session, row.id, today, **how)
    with pytest.raises(InvalidData) as caught:
        _correct(session, scene, row, now, since=SINCE + timedelta(days=1))
    assert list(caught.value.errors) == ["confirmed"]
    _correct(session, scene, row, now, since=SINCE + timedelta(days=1), confirmed=True)
    assert len(seen(session, scene.leading)) == 2


def _correct(
    session: Session, scene: Scene, row: StrategyPartner, now: datetime, *, reason: str = "Estaba mal",
    revision: int | None = None, confirmed: bool = False, **changes: Any,
) -> None:  # fmt: skip
    how: dict[str, Any] = {"reason": reason, "revision": revision, "confirmed": confirmed}
    partners.correct(session, row.id, changes, **how, by=scene.leading, now=now)


def test_an_advance_is_read_by_its_partner_who_leads_and_the_der(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    paper = files.save(session, "lista.pdf", b"%PDF-1.7 lista", by=alliance.as_(session, alliance.first, now).actor(),
                       now=now).token  # fmt: skip
    older = report(session, alliance, alliance.first, now, entities=[scene.entity.id], files=[paper])
    newer = report(session, alliance, alliance.second, now, occurred_on=local_date(now), text="Mesa técnica")
    director = factories.principal(scene.monitor, "technical_director", "unit", scene.unit.id)
    for by in (alliance.as_(session, alliance.second, now), scene.leading, scene.monitoring, director):
        assert seen(session, by) == [newer.id, older.id]
        assert attachments.find(session, paper, by=by)
    other = factories.principal(scene.advisor, "technical_lead", "unit", scene.unit.id)
    for by in (alliance.as_(session, alliance.stranger, now), scene.advising, other):
        assert seen(session, by) == []
        with pytest.raises(NotAllowed):
            partner_advances.get(session, older.id, by=by)
        with pytest.raises(NotAllowed):
            attachments.find(session, paper, by=by)
    assert seen(session, scene.monitoring, text="presupuestos") == [older.id]
    assert seen(session, scene.monitoring, since=local_date(now)) == [newer.id]
    assert seen(session, scene.monitoring, strategy_id=alliance.other.id) == []


def test_another_partner_of_the_strategy_reads_none_of_it(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    row = report(session, alliance, alliance.first, now)
    new = NewPartner(unit_id=alliance.stranger.unit_id, contribution="Personal", since=SINCE)
    partners.add(session, alliance.strategy.id, new, by=scene.leading, now=now)
    by = alliance.as_(session, alliance.stranger, now)
    assert len(partners.listing(session, alliance.strategy, by=by, now=now)) == 2, "it knows with whom it works"
    assert seen(session, by) == []
    with pytest.raises(NotAllowed) as caught:
        partner_advances.get(session, row.id, by=by)
    assert caught.value.hidden
    with pytest.raises(NotAllowed):
        report(session, alliance, alliance.stranger, now)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"occurred_on": SINCE - timedelta(days=1)}, "occurred_on"),
        ({"occurred_on": date(2027, 3, 1)}, "occurred_on"),
        ({"entities": [999_999]}, "entities"),
        ({"files": ["f" * 32]}, "files"),
    ],
)
def test_what_is_refused_of_an_advance(
    session: Session, alliance: Alliance, now: datetime, said: dict[str, Any], at: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        report(session, alliance, alliance.first, now, **said)
    assert list(caught.value.errors) == [at]


def test_an_advance_that_says_the_same_is_confirmed(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    first = report(session, alliance, alliance.first, now, entities=[scene.entity.id])
    again = {"text": " curso de  PRESUPUESTO", "entities": [scene.entity.id]}
    with pytest.raises(InvalidData) as caught:
        report(session, alliance, alliance.second, now, **again)
    assert list(caught.value.errors) == ["confirmed"]
    assert f"n.º {first.id}" in caught.value.errors["confirmed"][0]
    report(session, alliance, alliance.second, now, text=again["text"])  # of no entity: it says something else
    own = alliance.as_(session, alliance.first, now)
    second = report(session, alliance, alliance.second, now, **again, confirmed=True)
    partner_advances.annul(session, first.id, reason="Se repitió", by=own, now=now)
    partner_advances.annul(session, second.id, reason="Se repitió", by=alliance.as_(session, alliance.second, now),
                           now=now)  # fmt: skip
    assert report(session, alliance, alliance.first, now, **again), "what was annulled is said again"


def test_a_file_of_somebody_else_is_no_evidence(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    token = files.save(session, "ajeno.pdf", b"%PDF-1.7 x", by=scene.monitoring.actor(), now=now).token
    with pytest.raises(InvalidData, match="corregir") as caught:
        report(session, alliance, alliance.first, now, files=[token])
    assert list(caught.value.errors) == ["files"]


def test_who_came_again_corrects_what_was_reported_the_first_time(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    row, today = report(session, alliance, alliance.first, now), local_date(now)
    partners.end(session, alliance.row.id, today, reason="Venció", by=scene.leading, now=now)
    own = alliance.as_(session, alliance.first, now)
    assert not partner_advances.may_correct(session, row, own, now)
    with pytest.raises(Conflict, match="terminó hace un momento la participación"):
        partner_advances.annul(session, row.id, reason="Se repitió", by=own, now=now)
    again = NewPartner(unit_id=alliance.ally.id, contribution="Vuelve", since=today)
    partners.add(session, alliance.strategy.id, again, by=scene.leading, now=now)
    own = alliance.as_(session, alliance.first, now)
    assert partner_advances.may_correct(session, row, own, now)
    with pytest.raises(InvalidData) as caught:
        partner_advances.rectify(session, row.id, {"occurred_on": today}, reason="Fue hoy", by=own, now=now)
    assert "de la participación que terminó" in caught.value.errors["occurred_on"][0]
    partner_advances.rectify(session, row.id, {"text": "Dos cursos"}, reason="Eran dos", by=own, now=now)
    partner_advances.annul(session, row.id, reason="Se repitió", by=own, now=now)
    assert row.annulled_at == now


def test_who_wrote_it_corrects_it_and_takes_it_back(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    row = report(session, alliance, alliance.first, now)
    own, colleague = (alliance.as_(session, who, now) for who in (alliance.first, alliance.second))
    changes = {"text": "Dos cursos", "entities": [scene.entity.id, scene.other_entity.id]}
    partner_advances.rectify(session, row.id, changes, reason="Faltaba uno", revision=1, by=own, now=now)
    act = history.of(session, partner_advances.chain(row.id))[-1]
    assert (act.details["text"], act.reason) == (["Curso de presupuesto", "Dos cursos"], "Faltaba uno")
    assert row.entities == sorted([scene.entity.id, scene.other_entity.id])
    partner_advances.rectify(session, row.id, {"entities": [scene.entity.id]}, reason="Era una", by=own, now=now)
    session.refresh(row)
    assert row.entities == [scene.entity.id]
    assert partner_advances.may_correct(session, row, own, now)
    assert not partner_advances.may_correct(session, row, colleague, now)
    for by in (colleague, scene.leading):
        with pytest.raises(NotAllowed) as caught:
            partner_advances.annul(session, row.id, reason="No es", by=by, now=now)
        assert caught.value.hidden is (by is not colleague), "a colleague knows of it"
    with pytest.raises(InvalidData):
        partner_advances.annul(session, row.id, reason=" ", by=own, now=now)
    partner_advances.annul(session, row.id, reason="Se repitió", by=own, now=now)
    assert seen(session, own) == []
    assert seen(session, own, status="annulled") == [row.id]
    with pytest.raises(Conflict, match="se anuló"):
        partner_advances.rectify(session, row.id, {"text": "x"}, reason="Otra", by=own, now=now)


def test_an_end_leaves_the_next_participation_apart(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    row, today = alliance.row, local_date(now)
    partners.end(session, row.id, today + timedelta(days=5), reason="Vence", by=scene.leading, now=now)
    again = NewPartner(unit_id=alliance.ally.id, contribution="Vuelve", since=today + timedelta(days=10))
    partners.add(session, alliance.strategy.id, again, by=scene.leading, now=now)
    with pytest.raises(InvalidData) as caught:
        partners.end(session, row.id, today + timedelta(days=11), reason="Sigue", by=scene.leading, now=now)
    assert "from_day" in caught.value.errors
    partners.end(session, row.id, today + timedelta(days=10), reason="Sigue", by=scene.leading, now=now)
    assert row.until == today + timedelta(days=9)


def test_a_partner_reads_of_the_others_only_those_of_today(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    coming = NewPartner(code="DAFP", name="Función Pública", contribution="Guías", since=local_date(now) + timedelta(1))
    row = partners.add(session, alliance.strategy.id, coming, by=scene.leading, now=now)
    own, later = alliance.as_(session, alliance.first, now), now + timedelta(days=1)
    with pytest.raises(NotFound):
        partners.get(session, row.id, by=own, now=now)
    assert partners.get(session, row.id, by=own, now=later)[0] is row
    assert partners.get(session, row.id, by=scene.leading, now=now)[0] is row


def test_nothing_is_reported_nor_corrected_once_it_ended(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    row, later = report(session, alliance, alliance.first, now), now + timedelta(days=2)
    partners.end(session, alliance.row.id, local_date(now) + timedelta(days=1), reason="Fin", by=scene.leading, now=now)
    for who in (alliance.first, alliance.second):
        with pytest.raises(Conflict, match="Lina Líder terminó hace 2 días"):
            report(session, alliance, who, later)
        with pytest.raises(NotAllowed):
            partner_advances.get(session, row.id, by=alliance.as_(session, who, later))
    assert seen(session, scene.monitoring) == [row.id], "what it did stays"
    again = NewPartner(unit_id=alliance.ally.id, contribution="Vuelve", since=local_date(later))
    partners.add(session, alliance.strategy.id, again, by=scene.leading, now=later)
    own = alliance.as_(session, alliance.first, later)
    assert seen(session, own) == [row.id]
    with pytest.raises(Conflict, match="Lina Líder terminó"):
        report(session, alliance, alliance.first, later)


def test_a_partner_reads_figures_of_products_and_no_plan(
    session: Session, scene: Scene, alliance: Alliance, now: datetime
) -> None:
    hidden = factories.product(session, scene.lead, scene.unit.id, now, "Retirado")
    hidden.strategy_id, hidden.status = alliance.strategy.id, "withdrawn"
    session.flush()
    by = alliance.as_(session, alliance.first, now)
    (one,) = strategy_board.listing(session, alliance.strategy, by).items
    assert (one.name, one.entities, one.plans, one.readable) == (scene.product.name, 1, 1, False)
    assert one.reported == 0
    assert strategy_board.listing(session, alliance.other, by).items == []
    assert strategy_board.listing(session, alliance.strategy, alliance.as_(session, alliance.stranger, now)).items == []
    led = strategy_board.listing(session, alliance.strategy, scene.leading).items
    assert [row.readable for row in led] == [True, True]


def test_an_advance_moves_no_figure(session: Session, scene: Scene, alliance: Alliance, now: datetime) -> None:
    before = progress.total(session, scene.monitoring)
    report(session, alliance, alliance.first, now, entities=[scene.entity.id])
    assert progress.total(session, scene.monitoring) == before
    assert session.get_one(Product, scene.product.id).strategy_id == alliance.strategy.id
