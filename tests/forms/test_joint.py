"""One form for several cases: what was written goes along, what a case gave stays with it."""

from typing import Any

import pytest

from forms import joint
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Section

STATES = (
    Field(kind=Kind.INTEGER, name="number", label="Número", fixed=True),
    Field(kind=Kind.TEXT, name="name", label="Hito", fixed=True),
    Field(kind=Kind.DATE, name="due", label="Fecha"),
    Field(kind=Kind.TEXT, name="note", label="Nota"),
)
GROUPS = (Field(kind=Kind.TEXT, name="group", label="Grupo"), Field(kind=Kind.INTEGER, name="count", label="Cuántos"))
FORM = Form(
    "f",
    "F",
    (
        Section(
            "s",
            "S",
            (
                Field(kind=Kind.TEXT, name="text", label="Texto"),
                Field(kind=Kind.INTEGER, name="score", label="Calidad"),
                Field(kind=Kind.FILES, name="minutes", label="Actas"),
                Field(kind=Kind.TABLE, name="groups", label="Grupos", columns=GROUPS),
                Field(kind=Kind.TABLE, name="milestones", label="Hitos", columns=STATES),
            ),
        ),
    ),
)
A, B, C = "acta-de-san-carlos", "acta-del-taller", "acta-de-buenavista"
WOMEN, YOUTH, ELDERS = {"group": "Mujeres rurales", "count": 3}, {"group": "Jóvenes", "count": 5}, {"group": "Mayores"}


def milestone(number: int, **said: Any) -> dict[str, Any]:
    return {"number": number, "name": f"Hito {number}", **said}


CASES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    # written, what the first case gave, what this one gives, what is sent for this one
    ({"text": "Igual"}, {}, {}, {"text": "Igual"}),
    ({"text": "De uno"}, {"text": "De uno"}, {}, {}),
    ({"text": "De uno"}, {"text": "De uno"}, {"text": "De otro"}, {"text": "De otro"}),
    ({"score": "5"}, {"score": 5}, {"score": 2}, {"score": 2}),
    ({"score": "4"}, {"score": 5}, {"score": 2}, {"score": "4"}),
    ({"text": ""}, {"text": "De uno"}, {"text": "De otro"}, {"text": "De otro"}),
    ({"minutes": [A]}, {"minutes": [A]}, {}, {}),
    ({"minutes": [A, B]}, {"minutes": [A]}, {}, {"minutes": [B]}),
    ({"minutes": [A, B]}, {"minutes": [A]}, {"minutes": [C]}, {"minutes": [C, B]}),
    ({"minutes": [B]}, {"minutes": [A]}, {"minutes": [C]}, {"minutes": [C, B]}),
    ({"groups": [WOMEN]}, {"groups": [WOMEN]}, {"groups": [YOUTH]}, {"groups": [YOUTH]}),
    ({"groups": [WOMEN, ELDERS]}, {"groups": [WOMEN]}, {"groups": [YOUTH]}, {"groups": [YOUTH, ELDERS]}),
    ({"groups": [{**WOMEN, "count": "7"}]}, {"groups": [WOMEN]}, {"groups": [YOUTH]}, {"groups": [YOUTH]}),
    (
        {"groups": [{**WOMEN, "count": "7"}]},
        {"groups": [WOMEN]},
        {"groups": [WOMEN]},
        {"groups": [{**WOMEN, "count": 7}]},
    ),
    ({"groups": [YOUTH]}, {"groups": [WOMEN, YOUTH]}, {"groups": [WOMEN, YOUTH]}, {"groups": [YOUTH]}),
    (
        {"milestones": [milestone(1, due="2026-12-01", note="Todas"), milestone(2, due="2026-12-24")]},
        {"milestones": [milestone(1, due="2026-12-01"), milestone(2, due="2026-12-02")]},
        {"milestones": [milestone(1, due="2026-11-30"), milestone(2), milestone(3)]},
        {"milestones": [milestone(1, due="2026-11-30", note="Todas"), milestone(2, due="2026-12-24"), milestone(3)]},
    ),
]


@pytest.mark.parametrize(("written", "first", "own", "expected"), CASES)
def test_what_was_written_goes_along_and_what_was_given_does_not(
    written: dict[str, Any], first: dict[str, Any], own: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert joint.for_another(FORM, written, first, own) == expected


DRAFTS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    # joint, the draft, what the case gave, what is sent
    ({"text": "De todas"}, {"text": "Propio"}, {}, {"text": "Propio"}),
    ({"text": "De todas"}, {"text": ""}, {}, {"text": "De todas"}),
    ({"text": "De todas"}, {"text": "Dado"}, {"text": "Dado"}, {"text": "De todas"}),
    ({"score": 5}, {"score": "2", "text": "Dijo"}, {}, {"score": "2", "text": "Dijo"}),
    ({"minutes": [B]}, {"minutes": [C]}, {}, {"minutes": [C]}),
    ({"minutes": [C, B]}, {"minutes": []}, {"minutes": [C]}, {}),
    (
        {"milestones": [milestone(1, due="2026-12-01", note="Todas")]},
        {"milestones": [milestone(1, due="2026-11-30", note="")]},
        {"milestones": [milestone(1, due="2026-11-20")]},
        {"milestones": [milestone(1, due="2026-11-30", note="Todas")]},
    ),
]


@pytest.mark.parametrize(("together", "draft", "own", "expected"), DRAFTS)
def test_a_draft_of_ones_own_stays(
    together: dict[str, Any], draft: dict[str, Any], own: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert joint.keeping(FORM, together, draft, own) == expected
