"""A policy as a form: the fields people change, from what is kept and back."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request

from db.errors import InvalidData
from db.types import dumps
from directory.names import normalise
from directory.roles import ROLES
from directory.roles import Role
from edge import words
from forms.dates import iso_day
from notifications import kinds
from notifications import periods
from notifications import sources
from notifications import specs
from notifications.calendar import in_words as in_words_of
from notifications.periods import Period
from notifications.policies import Held
from notifications.specs import AGAIN
from notifications.specs import DEBTOR
from notifications.specs import PolicySpec
from notifications.specs import Rung

PARTS = {"key": "clave", "label": "nombre", "start": "desde", "end": "hasta", "due": "vence"}  # of a line
DAYS = ("start", "end", "due")
KEY_LENGTH = 50
EMPTY_RUNGS = 2  # lines left free for more reminders
NAMES = {specs.DEBTOR: "Quien debe", specs.SUPERVISOR: "Quien supervisa", specs.DER: "Monitoreo de la DER"}


def recipients(roles: Mapping[str, Role]) -> dict[str, str]:
    """Whom a rung may be for."""
    return {**NAMES, **{f"role:{key}": role.label for key, role in roles.items()}}


def posted(spec: PolicySpec) -> dict[str, Any]:
    """What was typed, as JSON; what the form does not ask stays as it is."""
    form = request.form
    rungs = zip(form.getlist("rung_days"), form.getlist("rung_to"), strict=False)
    return {
        **specs.to_json(spec),
        "title": form.get("title", ""),
        "owes": form.get("owes", ""),
        "to_whom": form.get("to_whom", ""),
        "source_text": form.get("source_text", ""),
        "subjects": form.get("subjects", ""),
        "frequency": form.get("frequency", ""),
        "due": _due(form.get("rule", ""), form.get("number", ""), _typed_term()),
        "non_working": form.get("non_working", ""),
        "grace": _number(form.get("grace", "")),
        "ladder": [{"days": _number(days), "to": to} for days, to in rungs if days.strip() or to],
        "escalates": form.get("escalates") == "1",
        "met_by": form.getlist("met_by"),
        "since": form.get("since", ""),
        "until": form.get("until") or None,
        **({"periods": _periods(form["periods"])} if form.get("frequency") == periods.DATES and "periods" in form else
           {} if form.get("frequency") == periods.DATES else {"periods": []}),
    }  # fmt: skip


def applies_from() -> date | None:
    """From which period the change that was typed rules; None leaves it to the next one. Raises InvalidData."""
    text = request.form.get("applies_from", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidData({"applies_from": ["Elija un periodo de la lista."]}) from None


def digest(data: Mapping[str, Any], since: date | None = None) -> str:
    """What stands for a change that was previewed, so that only that one is saved.

    Args: the policy as JSON (`posted`) and from when it rules. Returns a hexadecimal digest.
    """
    return hashlib.sha256(dumps({"policy": data, "since": since and since.isoformat()}).encode()).hexdigest()


def blank(today: date) -> PolicySpec:
    """What the form of a new policy starts with."""
    return PolicySpec(
        title="", owes="", to_whom="", source_text="", subjects="", frequency=periods.MONTHLY,
        due={"rule": "working_day_of_next_month", "count": 5}, since=today.replace(day=1),
    )  # fmt: skip


def key_of(title: str) -> str:
    """The key of a new policy called `title`: «informe_de_cierre»."""
    return re.sub(r"[^a-z0-9]+", "_", normalise(title)).strip("_")[:KEY_LENGTH].strip("_") or "politica"


def typed(policy: Held) -> dict[str, Any]:
    """The values that the form shows: what was typed, or what is in force."""
    spec, form = policy.spec, request.form
    if form:
        rungs = list(zip(form.getlist("rung_days"), form.getlist("rung_to"), strict=False))
        values: dict[str, Any] = {**form.to_dict(), "met_by": form.getlist("met_by")}
    else:
        rungs = [(str(rung.days), rung.to) for rung in spec.ladder]
        values = {
            "title": spec.title, "owes": spec.owes, "to_whom": spec.to_whom, "source_text": spec.source_text,
            "subjects": spec.subjects, "frequency": spec.frequency, "rule": spec.rule,
            "number": spec.due.get("day", spec.due.get("count", "")), **_term_parts(str(spec.due.get("term", ""))),
            "non_working": spec.non_working, "grace": spec.grace, "escalates": "1" if spec.escalates else "0",
            "met_by": list(spec.met_by), "since": spec.since.isoformat(),
            "until": spec.until.isoformat() if spec.until else "", "version": policy.version, "reason": "",
            "periods": "\n".join(_period_line(one) for one in spec.periods), "applies_from": "",
        }  # fmt: skip
    filled = [rung for rung in rungs if rung[0].strip() or rung[1]]
    return {**values, "rungs": [*filled, *[("", "")] * EMPTY_RUNGS]}


def changed(before: PolicySpec, after: PolicySpec) -> list[tuple[str, str, str]]:
    """What two versions of a policy say each its own way: the label, what it said and what it says."""
    pairs = zip(_all_in_words(before), _all_in_words(after), strict=True)
    return [(label, old, new) for (label, old), (_, new) in pairs if old != new]


def _all_in_words(spec: PolicySpec) -> list[tuple[str, str]]:
    own = "; ".join(f"{one.label}, vence el {in_words_of(one.due or one.end)}" for one in spec.periods)
    return [("Nombre", spec.title), *in_words(spec), ("Periodos con fecha fija", own)]


def in_words(spec: PolicySpec) -> list[tuple[str, str]]:
    """What a policy says, label by label."""
    count = spec.grace
    grace = "No hay" if not count else words.counted(count, "día hábil", "días hábiles")
    return [
        ("Qué se debe", spec.owes),
        ("A quién", spec.to_whom),
        ("Sobre qué", sources.title(spec.subjects)),
        ("Cada cuánto", periods.FREQUENCIES[spec.frequency]),
        ("Cuándo vence", rule_in_words(spec)),
        ("Si ese día no es hábil", specs.NON_WORKING[spec.non_working] if spec.rule != "given" else ""),
        ("Días de gracia", grace),
        ("Se cumple con", "; ".join(kinds.words(kind) for kind in spec.met_by)),
        ("Avisos", "; ".join(rung_in_words(rung) for rung in spec.ladder)),
        ("Clase", "Obligación" if spec.escalates else "Recomendación: recuerda y no escala"),
        ("Vale desde", in_words_of(spec.since)),
        ("Vale hasta", in_words_of(spec.until) if spec.until else ""),
        ("De dónde sale", spec.source_text),
    ]


def rule_in_words(spec: PolicySpec) -> str:
    """«El día 9 del mes siguiente»."""
    number = spec.due.get("day", spec.due.get("count"))
    named = {
        "day_of_next_month": f"El día {number} del mes siguiente",
        "working_day_of_next_month": f"El día hábil número {number} del mes siguiente",
        "working_days_after": f"{number} días hábiles después del periodo",
        "weekday": f"El {_WEEK[(int(number or 1) - 1) % 7]} de cada semana",
        "term": f"A los {_term(str(spec.due.get('term', '')))} de lo ocurrido",
    }
    return named.get(spec.rule, specs.RULES[spec.rule])


def rung_in_words(rung: Rung) -> str:
    """«5 días hábiles antes, a quien debe»."""
    to = NAMES.get(rung.to) or ROLES[rung.to.removeprefix("role:")].label
    again = f" y después cada {AGAIN} días hábiles" if rung.to == DEBTOR and rung.days > 0 else ""
    return f"{when_in_words(rung.days)}{again}, a {to[:1].lower()}{to[1:]}"


def when_in_words(days: int) -> str:
    """«5 días hábiles antes»: how far a rung is from the due day, before it when negative."""
    if not days:
        return "el día en que vence"
    when = "antes" if days < 0 else "después"
    return f"{words.counted(abs(days), 'día hábil', 'días hábiles')} {when}"


_WEEK = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
UNITS = {"working_days": "días hábiles", "calendar_days": "días calendario", "months": "meses", "years": "años"}
QUARTER = "quarter_end"
TERMS = {**UNITS, QUARTER: "hasta el fin del trimestre"}


def _term_parts(term: str) -> dict[str, str]:
    """The unit and how many of it, as the page asks for them."""
    unit, _, count = term.partition(":")
    return {"term_unit": unit if unit in TERMS else "", "term_count": count}


def _typed_term() -> str:
    """What was chosen of a term, as policies keep it: `working_days:5`; empty while a part is missing."""
    unit, count = request.form.get("term_unit", ""), request.form.get("term_count", "").strip()
    if unit == QUARTER:
        return QUARTER
    return f"{unit}:{count}" if unit in UNITS and count else ""


def _term(term: str) -> str:
    kind, _, count = term.partition(":")
    return f"{count} {UNITS.get(kind, kind)}".strip()


def _due(rule: str, number: str, term: str) -> dict[str, Any]:
    if rule in ("day_of_next_month", "weekday"):
        return {"rule": rule, "day": _number(number)}
    if rule in ("working_day_of_next_month", "working_days_after"):
        return {"rule": rule, "count": _number(number)}
    return {"rule": rule, "term": term.strip()} if rule == "term" else {"rule": rule}


def _periods(text: str) -> list[dict[str, Any]]:
    """One period per line: «2026-H2; Corte de diciembre; 2026-07-01; 2026-12-31; 2026-12-15»."""
    lines = [[part.strip() for part in line.split(";")] for line in text.splitlines() if line.strip()]
    found = [dict(zip(PARTS, [*line, "", "", "", "", ""][:5], strict=True)) for line in lines]
    return [{name: (name in DAYS and iso_day(part)) or part for name, part in one.items()} for one in found]


def by_line(problems: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """`problems` with those of the periods at their box, each with the line and the part that it is about."""
    told: dict[str, list[str]] = {}
    periods = _periods(request.form.get("periods", ""))
    for path, messages in problems.items():
        name, _, rest = path.partition("/")
        number, _, part = rest.partition("/")
        if name != "periods" or part not in PARTS:
            told.setdefault(path, []).extend(messages)
            continue
        at = f"Renglón {int(number) + 1}, {PARTS[part]}: "
        if part in DAYS and not periods[int(number)][part]:
            messages = ["falta la fecha."]
        elif part in DAYS and not iso_day(periods[int(number)][part]):
            messages = [f"«{periods[int(number)][part][:40]}» no es una fecha; escriba una como 24/11/2026."]
        told.setdefault(name, []).extend(at + said for said in messages)
    return told


def _period_line(one: Period) -> str:
    due = one.due.isoformat() if one.due else ""
    return "; ".join((one.key, one.label, one.start.isoformat(), one.end.isoformat(), due))


def _number(typed: str) -> int | str:
    """The whole number typed; anything else stays as it is, for the check to name it."""
    text = typed.strip().replace("\u2212", "-")
    return int(text) if text.lstrip("+-").isdecimal() and len(text) < 6 else typed
