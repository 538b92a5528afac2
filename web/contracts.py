"""Obligaciones del contrato: one's own, or somebody else's for whoever runs the system."""

from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import access
from directory import people
from directory.access import Subject
from edge import identity
from edge.permission import permission
from tracking.reports import contract
from tracking.reports.contract import Clause
from web import once
from web import reports
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.picking import picker
from web.reading_forms import Reader

blueprint = Blueprint("web_contracts", __name__)

SPARE = 1
"""Empty obligations offered after the last one; saving gives another."""

GONE = "La lista propia se borró: desde ahora vale la que propone el sistema."


@blueprint.get("/informes/obligaciones")
@permission("contract.change")
def show() -> Response:
    return _page(_whose())


@blueprint.post("/informes/obligaciones")
@permission("contract.change")
def write() -> Response:
    """Replace the list; lines without words are dropped, and a list without lines is the default again."""
    person_id, read = _whose(), Reader()
    typed = {} if "restore" in request.form else {i: line for i in range(_count()) if (line := _line(read, i))}
    clauses = [_clause(line) for line in typed.values()]
    try:
        read.check()
        with transaction() as session:
            contract.write(session, person_id, clauses, by=identity.current(), now=clock.now())
    except InvalidData as error:
        places = list(typed)
        return _page(person_id, _as_typed(), read.errors or _in_places(error.errors, places))
    once.got_through(f"obligaciones-{person_id}", identity.current())
    flash("Las obligaciones quedaron guardadas." if clauses else GONE, "success")
    return go("/informes/obligaciones" if person_id == identity.current().person_id else _address(person_id))


def _in_places(errors: dict[str, list[str]], places: list[int]) -> dict[str, list[str]]:
    """`errors` of the lines with words, at the lines of the page: those that were emptied stand between them."""
    found = {}
    for path, messages in errors.items():
        name, _, index = path.partition("-")
        found[f"{name}-{places[int(index)]}" if index else path] = messages
    return found


def _as_typed() -> list[dict[str, Any]]:
    """Every line as it was sent, the emptied ones too: each comes back where its reader left it."""
    names = ("number", "text", "since", "until")
    return [
        {name: request.form.get(f"{name}-{index}", "") for name in names}
        | {"activities": request.form.getlist(f"activities-{index}")}
        for index in range(_count())
    ]


def _address(person_id: int) -> str:
    return f"/informes/obligaciones?persona={person_id}"


def _whose() -> int:
    """The person whose contract it is: oneself, unless another one was asked for."""
    return request.args.get("persona", type=int) or identity.current().person_id


def _count() -> int:
    return min(request.form.get("count", type=int) or 0, contract.MOST + SPARE)


def _line(read: Reader, index: int) -> dict[str, Any] | None:
    text = read.text(f"text-{index}")
    if not text:
        return None
    return {
        "number": read.number(f"number-{index}", "Escriba el número de la obligación."),
        "text": text,
        "activities": tuple(request.form.getlist(f"activities-{index}")),
        "since": read.day(f"since-{index}"),
        "until": read.day(f"until-{index}"),
    }


def _clause(line: dict[str, Any]) -> Clause:
    return Clause(**{**line, "number": line["number"] or 0})


def _page(
    person_id: int, typed: list[dict[str, Any]] | None = None, problems: dict[str, list[str]] | None = None
) -> Response:
    by = identity.current()
    access.demand(by, "contract.change", Subject(people=frozenset({person_id})))
    anybody = access.allowed(by, "contract.change") is not None
    with reading() as session:
        person = people.get(session, person_id)
        own = contract.written(session, person_id)
        chooser = picker("persona", people.active(session), person_id) if anybody else None
    return page(
        "contract.html", "Obligaciones del contrato", crumbs=[HOME, reports.LIST], whose=person,
        clauses=typed if typed is not None else own or list(contract.OURS), own=len(own),
        kinds=list(contract.ACTIVITIES.items()), spare=SPARE if typed is None else 0, chooser=chooser,
        address=_address(person_id), problems=problems or {}, code=422 if problems else 200,
        tabs=reports.tabs(by, "/informes/obligaciones"),
    )  # fmt: skip
