"""Loading: every kind, every refusal with its path and its words."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.errors import InvalidData
from forms.declaration import AHEAD
from forms.declaration import PAST
from forms.declaration import Condition
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Option
from forms.declaration import Section
from forms.load import blank
from forms.load import load
from forms.load import merge
from tests.forms.samples import EVERY_KIND


def form_of(*fields: Field) -> Form:
    return Form("toy", "Formulario", (Section("only", "Sección", fields),))


def errors_of(session: Session, form: Form, raw: Any, **options: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidData) as caught:
        load(session, form, raw, **options)
    return caught.value.errors


def test_sound_answers_come_back_the_same(session: Session, sound: dict[str, Any]) -> None:
    assert load(session, EVERY_KIND, sound).data == sound


def test_loading_twice_changes_nothing(session: Session, sound: dict[str, Any]) -> None:
    once = load(session, EVERY_KIND, sound).data
    assert list(load(session, EVERY_KIND, once).data) == list(once)


READ = [
    (Kind.TEXT, "  Cafe\u0301 ", "Café"),
    (Kind.LONG_TEXT, "uno\r\ndos", "uno\ndos"),
    (Kind.INTEGER, "1.250", 1250),
    (Kind.INTEGER, 7.0, 7),
    (Kind.DECIMAL, "1.234,56", "1234.56"),
    (Kind.DECIMAL, "1234.56", "1234.56"),
    (Kind.DECIMAL, "1.234", "1234.00"),
    (Kind.DECIMAL, 0.1, "0.10"),
    (Kind.DECIMAL, "-0", "0.00"),
    (Kind.MONEY, "$ 1.500.000", "1500000.00"),
    (Kind.PERCENT, "33,33 %", "33.33"),
    (Kind.BOOLEAN, False, False),
    (Kind.TEXTS, ["a", " "], ["a"]),
    (Kind.EMAIL, " ana@dnp.gov.co", "ana@dnp.gov.co"),
    (Kind.URL, "https://dnp.gov.co", "https://dnp.gov.co"),
]


@pytest.mark.parametrize(("kind", "raw", "stored"), READ)
def test_what_is_stored(session: Session, kind: Kind, raw: Any, stored: Any) -> None:
    assert load(session, form_of(Field(kind=kind, name="it", label="Dato")), {"it": raw}).data == {"it": stored}


def test_a_row_goes_by_its_own_number(session: Session) -> None:
    columns = (
        Field(kind=Kind.INTEGER, name="number", label="Número"),
        Field(kind=Kind.DATE, name="due", label="Plazo"),
    )
    form = form_of(Field(kind=Kind.TABLE, name="milestones", label="Hitos", columns=columns))
    errors = errors_of(session, form, {"milestones": [{"number": "4", "due": "mañana"}]})
    assert errors["milestones/0/due"][0].startswith("Escriba el plazo del hito 4 (fila 1) como una fecha")


def test_de_and_el_become_one(session: Session) -> None:
    form = form_of(Field(kind=Kind.FILES, name="it", label="Informe final"))
    assert errors_of(session, form, {"it": ["?"]})["it"] == ["Adjunte de nuevo los archivos del informe final."]


REFUSED = [
    (Kind.TEXT, "a\x00b"),
    (Kind.TEXT, "a\nb"),
    (Kind.TEXT, "\ud800"),
    (Kind.TEXT, 7),
    (Kind.TEXT, "x" * 501),
    (Kind.LONG_TEXT, "x" * 10_001),
    (Kind.INTEGER, "1,5"),
    (Kind.INTEGER, True),
    (Kind.DECIMAL, "1,234"),
    (Kind.DECIMAL, "1.23.4"),
    (Kind.DECIMAL, "NaN"),
    (Kind.DECIMAL, float("inf")),
    (Kind.DECIMAL, "1e5"),
    (Kind.DECIMAL, "9" * 41),
    (Kind.PERCENT, "100,01"),
    (Kind.PERCENT, "-1"),
    (Kind.DATE, "24/11/2026"),
    (Kind.DATE, "2026-02-30"),
    (Kind.MONTH, "2026-13"),
    (Kind.BOOLEAN, "quizá"),
    (Kind.CHOICE, "z"),
    (Kind.CHOICES, ["z"]),
    (Kind.CHOICES, "a"),
    (Kind.URL, "http://dnp.gov.co"),
    (Kind.URL, "javascript:alert(1)"),
    (Kind.URL, "https://ana:clave@dnp.gov.co"),
    (Kind.URL, "https://dnp.gov.co:x"),
    (Kind.EMAIL, "ana@dnp"),
    (Kind.ENTITY, 999),
    (Kind.ENTITY, "2; drop"),
    (Kind.ENTITIES, [999]),
    (Kind.PERSON, 999),
    (Kind.PERSON, 2**70),
    (Kind.FILES, ["no-such-token"]),
    (Kind.TABLE, "x"),
    (Kind.DOCUMENT, "x"),
]


@pytest.mark.parametrize(("kind", "raw"), REFUSED)
def test_what_is_refused(session: Session, kind: Kind, raw: Any) -> None:
    field = Field(kind=kind, name="it", label="Dato", options=(Option("a", "A"),))
    (message,) = errors_of(session, form_of(field), {"it": raw})["it"]
    assert "{it}" not in message


def test_an_entity_stands_once(session: Session, sound: dict[str, Any]) -> None:
    sound["entities"] = [sound["host"], sound["host"]]
    assert list(errors_of(session, EVERY_KIND, sound)) == ["entities"]


def test_unknown_fields_are_refused_at_their_path(session: Session) -> None:
    table = Field(kind=Kind.TABLE, name="rows", label="Filas", columns=(Field(kind=Kind.TEXT, name="a", label="A"),))
    raw = {"other": 1, "rows": [{"a": "x"}, {"b": "x"}, "no"]}
    assert set(errors_of(session, form_of(table), raw)) == {"other", "rows/1/b", "rows/2"}


@pytest.mark.parametrize("raw", [None, [], "x", 3])
def test_answers_are_an_object(session: Session, raw: Any) -> None:
    assert "" in errors_of(session, EVERY_KIND, raw)


ASKED = [
    ("Nombre", "Hitos de trabajo", "Escriba el nombre del hito 3."),
    ("Meta de 2027", "Indicadores", "Escriba la meta de 2027 del indicador 3."),
    ("Descripción", "Metas", "Escriba la descripción de la meta 3."),
    ("NIT", "Aliados", "Escriba el NIT del aliado 3."),
    ("Problema", "Brechas de capacidad", "Escriba el problema de la brecha 3."),
    ("¿Quién responde?", "Acciones", "Escriba «¿Quién responde?» de la acción 3."),
]


@pytest.mark.parametrize(("column", "table", "message"), ASKED)
def test_a_missing_cell_is_asked_for_by_name(session: Session, column: str, table: str, message: str) -> None:
    cell = Field(kind=Kind.TEXT, name="cell", label=column, required=True)
    other = Field(kind=Kind.TEXT, name="other", label="Otro")
    form = form_of(Field(kind=Kind.TABLE, name="rows", label=table, columns=(cell, other)))
    raw = {"rows": [{"cell": "x"}, {"cell": "y"}, {"other": "z"}]}
    assert errors_of(session, form, raw) == {"rows/2/cell": [message]}


def test_every_error_at_once_in_the_order_of_the_form(session: Session, sound: dict[str, Any]) -> None:
    sound["milestones"] = [{"name": "", "weight": "40"}, {"name": "Plan", "weight": "x"}]
    sound |= {"name": " ", "cost": "mucho", "end": "2026-01-01"}
    expected = ["name", "cost", "end", "milestones/0/name", "milestones/1/weight"]
    assert list(errors_of(session, EVERY_KIND, sound)) == expected


def test_a_hidden_question_is_dropped_and_not_required(session: Session, sound: dict[str, Any]) -> None:
    sound |= {"travels": False, "reason": "\x00"}
    assert "reason" not in load(session, EVERY_KIND, sound).data


def test_a_question_behind_a_hidden_one_is_hidden(session: Session) -> None:
    form = form_of(
        Field(kind=Kind.BOOLEAN, name="a", label="A"),
        Field(kind=Kind.BOOLEAN, name="b", label="B", show_if=Condition("a", (True,))),
        Field(kind=Kind.TEXT, name="c", label="C", required=True, show_if=Condition("b", (True,))),
    )
    assert load(session, form, {"a": False, "b": True}).data == {"a": False}


def test_a_column_may_depend_on_the_form(session: Session) -> None:
    column = Field(kind=Kind.TEXT, name="why", label="Motivo", required=True, show_if=Condition("a", (True,)))
    other = Field(kind=Kind.TEXT, name="other", label="Otro")
    table = Field(kind=Kind.TABLE, name="rows", label="Filas", columns=(column, other))
    form = form_of(Field(kind=Kind.BOOLEAN, name="a", label="A"), table)
    rows = [{"other": "x"}]
    assert "rows/0/why" in errors_of(session, form, {"a": True, "rows": rows})
    assert load(session, form, {"a": False, "rows": rows}).data["rows"] == rows


def test_empty_rows_below_the_last_answer_are_dropped(session: Session, sound: dict[str, Any]) -> None:
    kept = list(sound["milestones"])
    sound["milestones"] = [*kept, {}, {"name": " "}]
    assert load(session, EVERY_KIND, sound).data["milestones"] == kept


def test_an_empty_row_in_the_middle_is_asked_for(session: Session, sound: dict[str, Any]) -> None:
    sound["milestones"].insert(1, {})
    assert "milestones/1/name" in errors_of(session, EVERY_KIND, sound)


def test_warnings_do_not_stop_anybody(session: Session, sound: dict[str, Any]) -> None:
    sound["problem"] = "Falta de un sistema de información."
    assert list(load(session, EVERY_KIND, sound).warnings) == ["problem"]


def test_partial_requires_nothing(session: Session) -> None:
    assert load(session, EVERY_KIND, {"days": "3"}, partial=True).data["days"] == 3


def test_partial_still_refuses_nonsense(session: Session) -> None:
    assert list(errors_of(session, EVERY_KIND, {"days": "x"}, partial=True)) == ["days"]


def test_blank_has_empty_lists(session: Session) -> None:
    assert blank(EVERY_KIND) == {"causes": [], "modes": [], "entities": [], "milestones": [], "evidence": []}


def test_merge_keeps_only_fields_of_the_form() -> None:
    merged = merge(EVERY_KIND, {"name": "A", "other": 1}, {"name": "", "milestones": [{"name": "x", "other": 1}]})
    assert (merged["name"], merged["milestones"], "other" in merged) == ("A", [{"name": "x"}], False)


def dated(time: str) -> Form:
    """A form with a date, and with another in a row."""
    day = Field(kind=Kind.DATE, name="day", label="Día", time=time)
    table = Field(kind=Kind.TABLE, name="sessions", label="Mesas", columns=(day,))
    return Form("dated", "Fechas", (Section("all", "Todo", (day, table)),))


TODAY = date(2026, 11, 21)
BEFORE, AFTER = "2026-11-20", "2026-11-22"


def test_what_has_happened_is_not_after_today(session: Session) -> None:
    sent = {"day": AFTER, "sessions": [{"day": BEFORE}, {"day": AFTER}]}
    with pytest.raises(InvalidData) as refused:
        load(session, dated(PAST), sent, context={"today": TODAY})
    assert set(refused.value.errors) == {"day", "sessions/1/day"}
    for day in (BEFORE, TODAY.isoformat()):
        assert load(session, dated(PAST), {"day": day}, context={"today": TODAY}).warnings == {}
    assert load(session, dated(PAST), sent).data["day"] == AFTER


def test_a_term_that_has_gone_by_is_warned_of(session: Session) -> None:
    loaded = load(session, dated(AHEAD), {"day": BEFORE, "sessions": [{"day": AFTER}]}, context={"today": TODAY})
    assert set(loaded.warnings) == {"day"}
