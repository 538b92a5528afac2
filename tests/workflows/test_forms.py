"""The forms of ATT: well declared, stored without loss, loaded when right, refused when wrong."""

from collections.abc import Callable
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import files
from db.actor import SYSTEM
from db.errors import InvalidData
from directory import models
from forms import display
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import from_json
from forms.declaration import hash_of
from forms.declaration import to_json
from forms.load import Loaded
from forms.load import load
from workflows import diseno
from workflows import vocabularies
from workflows.forms import FORMS
from workflows.forms.examples import example

EVERY_FORM = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
Load = Callable[[str, dict[str, Any]], Loaded]


@pytest.fixture
def context(session: Session, now: datetime) -> dict[str, Any]:
    stored = files.save(session, "acta.pdf", b"%PDF-1.7 acta", by=SYSTEM, now=now)
    session.add(models.Department(code="27", name="Chocó", search_name="choco"))
    session.flush()
    towns = [
        models.Entity(kind="municipality", code=code, name=name, search_name=name.lower(), department_code="27")
        for code, name in (("27001", "Quibdó"), ("27361", "Istmina"))
    ]
    session.add_all(towns)
    session.flush()
    return {"entities": [town.id for town in towns], "files": [stored.token]}


@pytest.fixture
def sent(session: Session, context: dict[str, Any]) -> Load:
    """Loads the example of a form with some answers changed; None takes an answer away."""

    def send(name: str, changes: dict[str, Any]) -> Loaded:
        answers = {**example(name, **context), **changes}
        return load(session, FORMS[name], {key: value for key, value in answers.items() if value is not None})

    return send


@EVERY_FORM
def test_a_form_is_stored_and_read_back_the_same(form: Form) -> None:
    assert hash_of(from_json(to_json(form))) == hash_of(form)


@EVERY_FORM
def test_no_question_is_asked_twice_in_a_form(form: Form) -> None:
    names = [field.name for field in form.fields()]
    assert sorted(set(names)) == sorted(names)


@EVERY_FORM
def test_every_question_helps_and_gives_an_example(form: Form) -> None:
    assert [field.name for field in form.fields() if not (field.label and field.help and field.example)] == []


@EVERY_FORM
def test_every_column_gives_an_example(form: Form) -> None:
    assert [column.name for field in form.fields() for column in field.columns if not column.example] == []


@EVERY_FORM
def test_the_example_of_a_form_is_accepted_without_warning(form: Form, sent: Load) -> None:
    assert sent(form.name, {}).warnings == {}


@EVERY_FORM
def test_the_example_answers_every_required_question(form: Form, context: dict[str, Any]) -> None:
    answers = example(form.name, **context)
    required = [field for field in form.fields() if field.required and not field.show_if]
    assert [field.name for field in required if field.name not in answers] == []


@EVERY_FORM
def test_an_empty_form_is_refused_at_every_required_question(form: Form, session: Session) -> None:
    with pytest.raises(InvalidData) as refusal:
        load(session, form, {})
    asked = {field.name for field in form.fields() if field.required and not field.show_if}
    assert asked <= set(refusal.value.errors)


@pytest.mark.parametrize("vocabulary", sorted(vocabularies.PROVISIONAL))
def test_people_are_told_when_a_list_is_provisional(vocabulary: str) -> None:
    options = getattr(vocabularies, vocabulary)
    every = [item for form in FORMS.values() for field in form.fields() for item in (field, *field.columns)]
    helps = [item.help for item in every if item.options == options]
    assert helps
    assert all("provisional" in text for text in helps)


def test_a_composite_form_asks_what_its_steps_asked() -> None:
    steps = ("nombre_producto", "problema", "alineacion", "cadena_de_valor", "ciclo_de_valor_publico")
    asked = [field for name in steps for field in FORMS[name].fields()]
    assert [field for field in asked if field not in tuple(FORMS["ficha_prediseno"].fields())] == []


def test_people_are_marked_as_personal_data() -> None:
    named = [
        (form.name, item.name)
        for form in FORMS.values()
        for field in form.fields()
        for item in (field, *field.columns)
        if item.name in ("person", "post", "email") or item.kind is Kind.EMAIL
        if not item.personal
    ]
    assert named == []


def _row(form: str, table: str, index: int = 0, **changes: Any) -> dict[str, Any]:
    rows = example(form, files=["0" * 32], entities=[1])[table]
    rows[index] = {**rows[index], **changes}
    return {table: rows}


PROTOCOL = "protocolo"
WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "weights under 100": (PROTOCOL, _row(PROTOCOL, "milestones", weight="50"), "milestones"),
    "weights of groups under 100": (
        PROTOCOL,
        {"milestones": [{**row, "group_weight": "40"} for row in example(PROTOCOL)["milestones"]]},
        "milestones",
    ),
    "two milestones with one number": (PROTOCOL, _row(PROTOCOL, "milestones", 1, number=1), "milestones/1/number"),
    "horizon backwards": (PROTOCOL, {"horizon_end": "2020-01-01"}, "horizon_end"),
    "activity backwards": (PROTOCOL, _row(PROTOCOL, "schedule", end="2026-02-20"), "schedule/0/end"),
    "activity after the horizon": (PROTOCOL, _row(PROTOCOL, "schedule", end="2028-01-10"), "schedule/0/end"),
    "milestone after the horizon": (
        PROTOCOL,
        _row(PROTOCOL, "milestones", deadline="2028-01-10"),
        "milestones/0/deadline",
    ),
    "a year without target": (PROTOCOL, {"targets": example(PROTOCOL)["targets"][:1]}, "targets"),
    "a target of no indicator": (PROTOCOL, _row(PROTOCOL, "targets", indicator="Otro"), "targets/0/indicator"),
    "costs over their sources": (PROTOCOL, _row(PROTOCOL, "funding_sources", amount="1"), "funding_sources"),
    "a product badly multiplied": (PROTOCOL, _row(PROTOCOL, "budget", total="1"), "budget/0/total"),
    "a gap of no problem": (PROTOCOL, _row(PROTOCOL, "gaps", problem_number=3), "gaps/0/problem_number"),
    "an objective not checked": (PROTOCOL, {"objective_checks": ["realistic"]}, "objective_checks"),
    "an entity that does not exist": (PROTOCOL, {"entities": [987654321]}, "entities"),
    "an entity twice": (PROTOCOL, {"entities": [1, 1]}, "entities"),
    "a link of the chain left out": (
        "cadena_de_valor",
        {"value_chain": [example("cadena_de_valor")["value_chain"][0]] * 6},
        "value_chain",
    ),
    "returned without remarks": ("concepto_protocolo", {"verdict": "returned", "remarks": None}, "remarks"),
    "weights not confirmed without saying why": (
        "parametrizacion_hitos",
        {"weights_confirmed": False, "template_note": None},
        "template_note",
    ),
    "untrackable without reasons": ("parametrizacion_hitos", {"trackable": False}, "untrackable"),
    "a refusal without reason": ("consentimiento", {"consent": False}, "reason"),
    "an adjustment without saying which": ("socializacion_plan", {"adjust": True}, "adjustments"),
    "a step without support": (
        "socializacion_plan",
        {"attendance_lists": [], "meeting_minutes": []},
        "official_communications",
    ),
    "another technique without its name": (
        "problema",
        {"technique": "other", "technique_other": None},
        "technique_other",
    ),
    "a support that is no address": ("problema", {"support_links": ["Terridata"]}, "support_links"),
    "a video that is no address": ("elementos_graficos", {"videos": ["El de Quibdó"]}, "videos"),
    "an action left open without note": ("cierre_accion", {"closed": False, "closing_note": None}, "closing_note"),
    "chosen entities without choosing": ("adopcion_modificacion", {"adoption": "chosen"}, "entities"),
    "a milestone outside the plan": (
        "programacion_asistencia",
        _row("programacion_asistencia", "plan_milestones", due_date="2027-06-01"),
        "plan_milestones/0/due_date",
    ),
    "a milestone that does not apply without reason": (
        "programacion_asistencia",
        _row("programacion_asistencia", "plan_milestones", applies=False),
        "plan_milestones/0/reason",
    ),
}


@pytest.mark.parametrize(("name", "changes", "path"), WRONG.values(), ids=WRONG)
def test_wrong_answers_are_refused_where_they_stand(name: str, changes: dict[str, Any], path: str, sent: Load) -> None:
    with pytest.raises(InvalidData) as refusal:
        sent(name, changes)
    assert path in refusal.value.errors


def test_milestones_that_cannot_be_followed_need_no_note_on_their_weights(sent: Load) -> None:
    rows = example("parametrizacion_hitos")["milestones"]
    why = [{"number": rows[0]["number"], "reason": "No dice qué evidencia lo da por cumplido"}]
    changes = {"trackable": False, "weights_confirmed": None, "template_note": None, "untrackable": why}
    assert sent("parametrizacion_hitos", changes).data["trackable"] is False


def test_weights_may_be_left_out(sent: Load) -> None:
    rows = example("hitos_de_trabajo")["milestones"]
    bare = [{key: value for key, value in row.items() if "weight" not in key} for row in rows]
    assert len(sent("hitos_de_trabajo", {"milestones": bare}).data["milestones"]) == len(rows)


def test_a_problem_worded_as_the_lack_of_a_solution_is_a_warning(sent: Load) -> None:
    loaded = sent("problema", {"problems": ["Los proyectos vencen", "Falta de un software de proyectos"]})
    assert list(loaded.warnings) == ["problems/1"]


@pytest.mark.parametrize("name", ["focalizacion", "protocolo", "solicitud_modificacion"])
def test_whoever_chooses_entities_is_told_who_else_works_there(name: str) -> None:
    assert diseno.HINTS[name] is diseno.overlapping_entities
    assert FORMS[name].field("entities").kind is Kind.ENTITIES


def test_a_total_that_was_left_empty_is_reckoned(sent: Load) -> None:
    row = {"concept": "Honorarios", "quantity": "4", "unit_value": "1.250,50", "source": "PGN"}
    funding = [{"source": "PGN", "amount": "5002"}]
    loaded = sent("costos_y_recursos", {"budget": [row], "funding_sources": funding})
    assert loaded.data["budget"][0]["total"] == "5002.00"


def test_a_total_is_not_reckoned_from_what_is_missing(sent: Load) -> None:
    row = {"concept": "Honorarios", "quantity": "cuatro", "unit_value": "1250", "source": "PGN"}
    with pytest.raises(InvalidData) as refused:
        sent("costos_y_recursos", {"budget": [row]})
    assert "budget/0/quantity" in refused.value.errors
    assert "budget/0/total" not in refused.value.errors


def test_a_date_outside_the_horizon_is_told_which_one_it_is(sent: Load) -> None:
    answers = sent("protocolo", {}).data
    late = [{**row, "end": "2060-01-31"} for row in answers["schedule"]]
    with pytest.raises(InvalidData) as refused:
        sent("protocolo", {"schedule": late})
    (message,) = refused.value.errors["schedule/0/end"]
    horizon = display.text(FORMS["protocolo"].field("horizon_end"), answers["horizon_end"])
    assert f"({horizon})" in message


def test_a_list_is_printed_one_below_the_other() -> None:
    field = next(item for item in FORMS["problema"].fields() if item.kind is Kind.TEXTS)
    assert display.shown(field, ["Uno", "Otro"], display.Lookups()).text == "Uno\nOtro"


@pytest.mark.parametrize(
    ("changes", "path", "said"),
    [
        ({"week_start": "2026-05-20"}, "week_start", "comienza el 18 de mayo de 2026"),
        ({"week_start": "2026-05-25"}, "grid/0/date", "entre el 25 de mayo de 2026 y el 31 de mayo de 2026"),
    ],
)
def test_a_schedule_is_of_one_week(sent: Load, changes: dict[str, Any], path: str, said: str) -> None:
    assert sent("parrilla_de_contenidos", {"week_start": "2026-05-18"}).data
    with pytest.raises(InvalidData) as refused:
        sent("parrilla_de_contenidos", changes)
    assert said in refused.value.errors[path][0]


def test_what_was_published_is_not_of_the_future(session: Session, context: dict[str, Any]) -> None:
    answers = example("produccion_de_contenidos", **context)
    before = {"today": date.fromisoformat(answers["published_contents"][0]["date"]) - timedelta(days=1)}
    with pytest.raises(InvalidData) as refused:
        load(session, FORMS["produccion_de_contenidos"], answers, context=before)
    assert list(refused.value.errors) == ["published_contents/0/date"]
