"""The general rules, by table: declaration, answers, paths of the problems."""

from typing import Any

import pytest

from forms import rules
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Rule
from forms.declaration import Section


def column(name: str, kind: Kind = Kind.TEXT) -> Field:
    return Field(kind=kind, name=name, label=name.capitalize())


FORM = Form(
    "toy",
    "Formulario",
    (
        Section(
            "only",
            "Sección",
            (
                column("start", Kind.DATE),
                column("end", Kind.DATE),
                column("problem", Kind.LONG_TEXT),
                column("total", Kind.MONEY),
                column("here", Kind.ENTITIES),
                column("there", Kind.ENTITIES),
                column("yes", Kind.BOOLEAN),
                Field(kind=Kind.TEXTS, name="links", label="Enlaces de soporte"),
                Field(
                    kind=Kind.TABLE,
                    name="rows",
                    label="Hitos",
                    columns=(
                        column("number", Kind.INTEGER),
                        column("a"),
                        column("b"),
                        column("w", Kind.PERCENT),
                        column("g"),
                        column("gw", Kind.PERCENT),
                    ),
                ),
                Field(kind=Kind.TABLE, name="goals", label="Metas", columns=(column("i"), column("y"), column("v"))),
            ),
        ),
    ),
)

WEIGHTS = ("weights_add_to_100", {"table": "rows", "column": "w"})
GROUPED = ("weights_add_to_100", {"table": "rows", "column": "w", "group": "g"})
BOTH = ("weights_add_to_100", {"table": "rows", "column": "w", "group": "g", "group_column": "gw"})
DATES = ("dates_in_order", {"fields": ["start", "end"]})
STRICT = ("dates_in_order", {"fields": ["start", "end"], "strict": True})
ROW_DATES = ("dates_in_order", {"table": "rows", "fields": ["a", "b"]})
TOTALS = ("totals_match", {"left": "total", "right": "rows/a"})
BY = ("totals_match", {"left": "rows/a", "right": "goals/v", "by": "g"})
PARTS = ("totals_match", {"table": "rows", "total": "a", "parts": ["b", "w"]})
UNIQUE = ("unique_rows", {"table": "rows", "columns": ["a", "b"]})
TARGETS = (
    "target_per_indicator_and_year",
    {
        "indicators": "rows",
        "indicator": "a",
        "targets": "goals",
        "target_indicator": "i",
        "year": "y",
        "value": "v",
        "from": "start",
        "to": "end",
    },
)
WIDE = (
    "target_per_indicator_and_year",
    {"indicators": "rows", "columns": {"2026": "a", "2027": "b"}, "years": [2026, 2027]},
)
ENTITIES = ("entities_not_repeated", {"fields": ["here", "there"]})
SOME = ("at_least_one", {"fields": ["problem", "here"]})
IF = ("conditional_required", {"field": "yes", "values": [True], "fields": ["problem"]})
LINKS = ("addresses", {"field": "links"})
LACK = ("problem_not_lack_of_solution", {"fields": ["problem"]})


def weights(*values: str, **more: str) -> dict[str, Any]:
    return {"rows": [{"w": value, **more} if value else {} for value in values]}


CASES: list[tuple[tuple[str, dict[str, Any]], dict[str, Any], list[str]]] = [
    (DATES, {"start": "2026-01-01", "end": "2026-01-01"}, []),
    (DATES, {"start": "2026-01-02", "end": "2026-01-01"}, ["end"]),
    (DATES, {"end": "2026-01-01"}, []),
    (STRICT, {"start": "2026-01-01", "end": "2026-01-01"}, ["end"]),
    (ROW_DATES, {"rows": [{}, {"a": "2026-01-02", "b": "2026-01-01"}]}, ["rows/1/b"]),
    (WEIGHTS, {}, []),
    (WEIGHTS, weights("", ""), []),
    (WEIGHTS, weights("33.33", "33.33", "33.34"), []),
    (WEIGHTS, weights("33.33", "33.33", "33.33"), ["rows"]),
    (WEIGHTS, weights("60.00", "40.01"), ["rows"]),
    (WEIGHTS, weights("100.00", ""), ["rows/1/w"]),
    (GROUPED, {"rows": [{"g": "x", "w": "100"}, {"g": "y", "w": "50"}, {"g": "y", "w": "50"}]}, []),
    (GROUPED, {"rows": [{"g": "x", "w": "50"}, {"g": "y", "w": "50"}]}, ["rows", "rows"]),
    (BOTH, {"rows": [{"g": "x", "w": "100", "gw": "30"}, {"g": "y", "w": "100", "gw": "70"}]}, []),
    (BOTH, {"rows": [{"g": "x", "w": "100", "gw": "30"}, {"g": "y", "w": "100", "gw": "60"}]}, ["rows"]),
    (BOTH, {"rows": [{"g": "x", "w": "50", "gw": "30"}, {"g": "x", "w": "50", "gw": "70"}]}, ["rows/0/gw"]),
    (BOTH, {"rows": [{"g": "x", "w": "100", "gw": "30"}, {"g": "y", "w": "100"}]}, ["rows/1/gw"]),
    (TOTALS, {"total": "30.00", "rows": [{"a": "10.10"}, {"a": "19.90"}]}, []),
    (TOTALS, {"total": "30.00", "rows": [{"a": "10.10"}]}, ["rows"]),
    (TOTALS, {}, []),
    (BY, {"rows": [{"a": "1", "g": "x"}], "goals": [{"v": "1", "g": "y"}]}, ["goals", "goals"]),
    (PARTS, {"rows": [{"a": "3", "b": "1", "w": "2"}, {"a": "4", "b": "1"}]}, ["rows/1/a"]),
    (UNIQUE, {"rows": [{"a": "x", "b": "y"}, {"a": "x", "b": "z"}]}, []),
    (UNIQUE, {"rows": [{"a": "x", "b": "y"}, {"a": "X", "b": "Y"}]}, ["rows/1/a"]),
    (TARGETS, {"start": "2026-01-01", "end": "2027-01-01", "rows": [{"a": "I"}], "goals": []}, ["goals"]),
    (
        TARGETS,
        {
            "start": "2026-01-01",
            "end": "2027-01-01",
            "rows": [{"a": "I"}],
            "goals": [{"i": "i", "y": "2026", "v": "1"}, {"i": "I", "y": "2027", "v": "0"}],
        },
        [],
    ),
    (WIDE, {"rows": [{"a": "1", "b": "2"}, {"a": "1"}]}, ["rows/1/b"]),
    (ENTITIES, {"here": [1, 2], "there": [3]}, []),
    (ENTITIES, {"here": [1, 2], "there": [2]}, ["there"]),
    (SOME, {}, ["problem"]),
    (SOME, {"here": [1]}, []),
    (IF, {"yes": True}, ["problem"]),
    (IF, {"yes": False}, []),
    (IF, {"yes": True, "problem": "x"}, []),
    (LACK, {"problem": "Los proyectos se formulan tarde."}, []),
    (LINKS, {}, []),
    (LINKS, {"links": ["https://terridata.dnp.gov.co/a?b=1#c", "http://dnp.gov.co"]}, []),
    (LINKS, {"links": ["https://dnp.gov.co", "ver el informe", "www.dnp.gov.co"]}, ["links", "links"]),
    (LINKS, {"links": ["javascript:alert(1)", "https://", "https://[", "https://dnp.gov.co/a b"]}, ["links"] * 4),
]


@pytest.mark.parametrize(("declared", "data", "paths"), CASES)
def test_rule(declared: tuple[str, dict[str, Any]], data: dict[str, Any], paths: list[str]) -> None:
    form = Form(FORM.name, FORM.title, FORM.sections, (Rule(declared[0], params=declared[1]),))
    assert [problem.path for problem in rules.run(form, data)] == paths


LACKS = ["Falta de bancos", "ausencia de datos", "La carencia de personal", "No existe un sistema", "no hay recursos",
         "Insuficientes profesionales", "personal insuficiente"]  # fmt: skip


@pytest.mark.parametrize("text", LACKS)
def test_lack_of_a_solution_is_a_warning(text: str) -> None:
    form = Form(FORM.name, FORM.title, FORM.sections, (Rule(LACK[0], params=LACK[1]),))
    assert [problem.warning for problem in rules.run(form, {"problem": text})] == [True]


def test_the_sentence_says_how_much_is_missing() -> None:
    form = Form(FORM.name, FORM.title, FORM.sections, (Rule(WEIGHTS[0], params=WEIGHTS[1]),))
    (problem,) = rules.run(form, weights("95.00"))
    assert "suma 95\xa0%, faltan 5\xa0%" in problem.message


def sentences(declared: tuple[str, dict[str, Any]], data: dict[str, Any]) -> list[str]:
    form = Form(FORM.name, FORM.title, FORM.sections, (Rule(declared[0], params=declared[1]),))
    return [problem.message for problem in rules.run(form, data)]


ROW_IF = ("conditional_required", {"table": "rows", "field": "g", "values": ["x"], "fields": ["b"]})
NUMBERED = {"number": 7, "a": "2026-01-02", "b": "2026-01-01", "g": "x"}
SAID = [
    (STRICT, {"start": "2026-01-01", "end": "2026-01-01"}, "Elija para el end una fecha posterior a la del start."),
    (IF, {"yes": True}, "Complete el problem: así lo pide su respuesta a «Yes»."),
    (ROW_IF, {"rows": [{"g": "x"}]}, "Complete el b del hito 1: así lo pide su respuesta a «G»."),
    (ROW_IF, {"rows": [{**NUMBERED, "b": ""}]}, "Complete el b del hito 7 (fila 1): así lo pide su respuesta a «G»."),
    (
        ROW_DATES,
        {"rows": [{"number": 1}, NUMBERED]},
        "Elija para el b del hito 7 (fila 2) una fecha igual o posterior a la de «A» del hito 7 (fila 2).",
    ),
    (
        LINKS,
        {"links": ["https://dnp.gov.co", "ver el informe"]},
        "Escriba el enlace 2 de «Enlaces de soporte» como una dirección web completa, "
        "que empiece por https:// o http://.",
    ),
]


@pytest.mark.parametrize(("declared", "data", "said"), SAID)
def test_what_a_rule_says(declared: tuple[str, dict[str, Any]], data: dict[str, Any], said: str) -> None:
    assert sentences(declared, data) == [said]


def test_a_rule_waits_for_what_it_is_about() -> None:
    form = Form(FORM.name, FORM.title, FORM.sections, (Rule(WEIGHTS[0], params=WEIGHTS[1]),))
    assert not list(rules.run(form, weights("95.00"), failed=["rows/1/w"]))
    assert list(rules.run(form, weights("95.00"), failed=["rows/1/a"]))


def test_an_unknown_version_is_an_error() -> None:
    with pytest.raises(KeyError):
        rules.find("dates_in_order", 99)
