"""Names that differ only in capitals, accents or blanks are one name, which stays as it was typed first."""

from typing import Any

import pytest

from forms.declaration import Form
from forms.likeness import first_typed
from forms.likeness import likeness
from forms.rules import find
from web.weight_sums import sums_of
from workflows.forms import FORMS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alistamiento", "ALISTAMIENTO"), ("Gestión  pública", " gestion\u00a0publica "),
        ("Planeación", "planeacio\u0301n"), ("Pingüinos", "pinguinos"),
    ],
)  # fmt: skip
def test_the_same_name(one: str, other: str) -> None:
    assert likeness(one) == likeness(other)


@pytest.mark.parametrize(("one", "other"), [("año", "ano"), ("Grupo 1", "Grupo 11"), ("A-B", "AB"), ("a b", "ab")])
def test_another_name(one: str, other: str) -> None:
    assert likeness(one) != likeness(other)


def test_the_first_spelling_stays() -> None:
    assert first_typed([" Gestión ", "GESTION", "Otro"]) == {"gestion": "Gestión", "otro": "Otro"}


def problems(form: Form, name: str, table: str, data: dict[str, Any]) -> list[str]:
    context = {"form": form, "answers": data}
    rules = [rule for rule in form.rules if rule.name == name and table in str(rule.params)]
    assert rules
    return [one.message for rule in rules for one in find(name)(data, rule.params, context)]


def test_a_group_is_one_however_it_is_spelt() -> None:
    weights = [("Alistamiento", "40", "100"), ("ALISTAMIENTO ", "60", "100")]
    rows = [{"group": group, "weight": weight, "group_weight": whole} for group, weight, whole in weights]
    form = FORMS["hitos_de_trabajo"]
    assert problems(form, "weights_add_to_100", "milestones", {"milestones": rows}) == []
    table = form.field("milestones")
    params = next(rule.params for rule in form.rules if rule.name == "weights_add_to_100")
    sums = sums_of(table, params, rows)
    assert sums is not None
    assert [(name, wrong) for name, _, wrong in sums.lines] == [("Alistamiento", False)]


def test_a_source_is_one_however_it_is_spelt() -> None:
    form = FORMS["costos_y_recursos"]
    funding = [{"source": "Presupuesto General de la Nación", "amount": "100.00"}]
    budget = [{"source": "presupuesto  general de la nacion", "total": "100.00"}]
    assert problems(form, "totals_match", "budget", {"budget": budget, "funding_sources": funding}) == []
    short = [{"source": "PRESUPUESTO GENERAL DE LA NACION", "total": "90.00"}]
    (said,) = problems(form, "totals_match", "budget", {"budget": short, "funding_sources": funding})
    assert "«PRESUPUESTO GENERAL DE LA NACION»" in said
    twice = [*funding, {"source": "Presupuesto general de la nacion", "amount": "1.00"}]
    assert len(problems(form, "unique_rows", "funding_sources", {"funding_sources": twice})) == 1


def test_an_indicator_is_one_however_it_is_spelt() -> None:
    form = FORMS["indicadores_y_metas"]
    twice = {"indicators": [{"name": "Índice de avance"}, {"name": "INDICE DE  AVANCE"}]}
    assert len(problems(form, "unique_rows", "indicators", twice)) == 1
    targets = {"indicators": twice["indicators"][:1], "targets": [{"indicator": "indice de avance", "year": "2026"}]}
    assert problems(form, "rows_refer_to_rows", "indicators", targets) == []
    astray = {**targets, "targets": [{"indicator": "Otro índice", "year": "2026"}]}
    assert len(problems(form, "rows_refer_to_rows", "indicators", astray)) == 1
