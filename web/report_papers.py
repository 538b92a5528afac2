"""Reports as documents: what was frozen when they were presented, with what their author added and who accepted it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from edge import names
from edge import words
from engine import tasks
from forms import display
from forms import document
from tracking.models import Report
from tracking.models import ReportStatus
from tracking.reports import composing
from tracking.reports import kinds
from tracking.reports import monthly
from tracking.reports import seta
from tracking.reports import store


def pdf(session: Session, row: Report) -> bytes:
    """The document of a report that was presented."""
    if kinds.kind(row.kind).process == kinds.REGIONAL_REPORT:
        return _form(session, row)
    assert row.presented_at is not None, "only what was presented has a document"
    content = {"title": kinds.kind(row.kind).title, "code": row.receipt or f"Informe {row.id}", **_head(session, row)}
    content |= _seta(row) if row.kind == kinds.SETA else _monthly(session, row)
    return document.compose("report.typ", content, at=row.presented_at.replace(microsecond=0))


def remarks_of(answers: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What its author wrote beside each obligation, difficulty and achievement: table → row → remark."""
    keys = {"obligations": "number", "found_difficulties": "difficulty", "found_achievements": "achievement"}
    return {
        table: {str(line.get(key)): str(line.get("remark") or "") for line in answers.get(table) or ()}
        for table, key in keys.items()
    }


def _head(session: Session, row: Report) -> dict[str, Any]:
    people = names.of_people(session, [row.person_id, row.presented_by, row.decided_by])
    region = names.of_regions(session, [row.region_id]).get(row.region_id or 0, "")
    period = kinds.period(kinds.kind(row.kind), row.period)
    facts = [
        ("Presentado por", _who(row, people)),
        ("Periodo", f"{period.label}: del {words.short_date(period.start)} al {words.short_date(period.end)}"),
        ("Región", region),
        *_presented(session, row),
        ("Radicado", row.receipt),
        ("Estado", store.LABELS[ReportStatus(row.status)]),
    ]
    return {
        "author": people.get(row.presented_by or 0, ""),
        "facts": [{"label": label, "value": value} for label, value in facts if value],
        "decision": _decision(row, people),
    }


def _who(row: Report, people: Mapping[int, str]) -> str:
    """Who presented it and, when that was somebody acting for them, whose report it is."""
    sender, own = row.presented_by or row.person_id, row.person_id
    behalf = f", en nombre de {people.get(own, '')}" if own is not None and sender != own else ""
    return f"{people.get(sender or 0, '')}{behalf}"


def _presented(session: Session, row: Report) -> list[tuple[str, str]]:
    """When it was presented; for a corrected one, when that was for the first time too."""
    first, last = store.first_presented(session, row), row.presented_at
    if first is None or last is None or first == last:
        return [("Fecha de presentación", _when(last) if last else "")]
    return [("Presentado por primera vez", _when(first)), ("Corregido y presentado de nuevo", _when(last))]


def _decision(row: Report, people: Mapping[int, str]) -> str:
    if row.decided_at is None:
        return ""
    how = "Aceptado" if row.status == ReportStatus.ACCEPTED else "Devuelto"
    said = f" {row.remarks}" if row.remarks else ""
    return words.ended(f"{how} por {people.get(row.decided_by or 0, '')} el {_when(row.decided_at)}") + said


def _when(at: datetime) -> str:
    """«5 de octubre de 2026 a las 9:40 a. m.»: a document outlives its year."""
    return f"{words.long_date(at).partition(' ')[2]} a las {words.clock_time(at)}"


def _monthly(session: Session, row: Report) -> dict[str, Any]:
    sent = composing.sent(session, row)
    answers = dict(sent.data) if sent is not None else {}
    remarks = remarks_of(answers)
    files = names.of_files(session, answers.get("annexes") or [])
    return {
        "obligations": [
            {
                "title": f"{one['number']}. {one['text']}" if one["number"] else one["text"],
                "remark": remarks["obligations"].get(str(one["number"]), ""),
                "rows": [_line(item) for item in one["activities"]],
            }
            for one in row.content["obligations"]
        ],
        "sections": [
            _points("Dificultades", "difficulty", "found_difficulties", "difficulties", answers),
            _points("Logros", "achievement", "found_achievements", "achievements", answers),
        ],
        "annexes": list(files.values()),
        "rows": [],
    }


def _line(one: Mapping[str, Any]) -> list[str]:
    return [monthly.day(one["on"]), monthly.words(one), "; ".join(item["label"] for item in one["evidence"])]


def _points(title: str, column: str, table: str, text: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    lines = [
        {"text": str(line.get(column) or ""), "remark": str(line.get("remark") or "")}
        for line in answers.get(table) or ()
    ]
    return {"title": title, "lines": lines, "said": str(answers.get(text) or "")}


def _seta(row: Report) -> dict[str, Any]:
    return {
        "obligations": [], "sections": [], "annexes": [],
        "rows": [
            [
                one["product"], one["entity"], _movement(one),
                f"{words.percent(float(one['reported']))} / {words.percent(float(one['verified']))}", one["remark"],
            ]
            for one in row.content["rows"]
        ],
    }  # fmt: skip


def _movement(one: Mapping[str, Any]) -> str:
    if not seta.moved(one):
        return "Sin novedad" if one["quiet"] else "Sin movimiento"
    parts = [words.counted(one["advisories"], "asesoría", "asesorías")] if one["advisories"] else []
    return "; ".join([*parts, *one["milestones"], *one.get("steps", ())])


def _form(session: Session, row: Report) -> bytes:
    sent = composing.sent(session, row)
    assert sent is not None, "what a process presented was sent with a form"
    form = tasks.form_of(session, sent)
    head = _head(session, row)
    told = [(one["label"], one["value"]) for one in head["facts"] if one["label"] in ("Periodo", "Región")]
    facts = [("Hora", words.clock_time(sent.at)), *told]
    return document.pdf(
        form, sent.data, at=sent.at.replace(microsecond=0), names=display.lookups(session, form, sent.data),
        code=sent.receipt, author=head["author"], facts=facts,
    )  # fmt: skip
