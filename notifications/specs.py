"""What a policy says, checked field by field.

Its JSON form is the table of docs/obligations.md. Every problem names its field: `ladder/1/days`.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from typing import Any

from db.errors import InvalidData
from directory.roles import ROLES
from notifications import calendar
from notifications import kinds
from notifications import periods
from notifications import sources
from notifications.periods import Period

DEBTOR, SUPERVISOR, DER = "debtor", "supervisor", "der"
KEEP, BACKWARD, FORWARD = "keep", "backward", "forward"

NON_WORKING = {
    KEEP: "Se queda en ese día",
    BACKWARD: "Se adelanta al día hábil anterior",
    FORWARD: "Pasa al día hábil siguiente",
}

RULES = {
    "period_end": "El último día del periodo",
    "day_of_next_month": "Un día del mes siguiente",
    "working_day_of_next_month": "Un día hábil del mes siguiente",
    "working_days_after": "Días hábiles después del periodo",
    "weekday": "Un día de la semana",
    "dates": "Las fechas fijadas",
    "term": "Un término desde lo ocurrido",
    "given": "La que trae cada caso",
}

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
"""What lies before or beyond is a slip of the hand; near the end of all dates no reminder can be counted any more."""

LONGEST_LADDER = 12
FARTHEST_RUNG = 120
_NUMBERS = {
    "day_of_next_month": ("day", 1, 31, "Escriba un día del 1 al 31."),
    "working_day_of_next_month": ("count", 1, 20, "Escriba un número de 1 a 20."),
    "working_days_after": ("count", 0, 250, "Escriba un número de 0 a 250."),
    "weekday": ("day", 1, 7, "Escriba un día del 1 (lunes) al 7 (domingo)."),
}


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder: `days` working days before (negative) or after the due day, and who is told."""

    days: int
    to: str

    @property
    def key(self) -> str:
        """How it is named: D-5, D0, D+1."""
        return f"D{self.days:+d}" if self.days else "D0"


LADDER = (
    Rung(-5, DEBTOR), Rung(-2, DEBTOR), Rung(0, DEBTOR), Rung(1, DEBTOR), Rung(1, SUPERVISOR), Rung(5, DER),
)  # fmt: skip
"""The default ladder: ours; the sources only say that people have to be reminded."""

AGAIN = 5
"""Working days after which who owes is told again of what is overdue, from the last rung on: each week. Ours."""

REMINDING = LADDER[:3]
"""The ladder of a recommendation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySpec:
    """Who owes what to whom, how often and by when."""

    title: str
    owes: str
    to_whom: str
    source_text: str
    subjects: str
    frequency: str
    due: Mapping[str, Any]
    since: date
    until: date | None = None
    periods: tuple[Period, ...] = ()
    non_working: str = FORWARD
    grace: int = 0
    ladder: tuple[Rung, ...] = LADDER
    escalates: bool = True
    met_by: tuple[str, ...] = field(default=(kinds.STATEMENT,))

    @property
    def rule(self) -> str:
        """Name of the due rule."""
        return str(self.due["rule"])

    def belongs(self, period: Period) -> bool:
        """Whether a period lies wholly in the validity of the policy."""
        return self.since <= period.start and (self.until is None or period.end <= self.until)

    def between(self, first: date, last: date) -> list[Period]:
        """The periods of the policy that start by `last` and end on or after `first`, in order; none for events."""
        if self.frequency == periods.EVENT:
            return []
        if self.frequency == periods.DATES:
            found: Sequence[Period] = self.periods
        else:
            earliest = max(self.since, periods.of(self.frequency, first).start)
            found = list(periods.starting(self.frequency, earliest, last))
        return [period for period in found if self.belongs(period) and period.start <= last and period.end >= first]


def to_json(spec: PolicySpec) -> dict[str, Any]:
    """`spec` as it is kept."""
    return {
        "title": spec.title, "owes": spec.owes, "to_whom": spec.to_whom, "source_text": spec.source_text,
        "subjects": spec.subjects, "frequency": spec.frequency, "due": dict(spec.due),
        "periods": [
            {"key": one.key, "label": one.label, "start": one.start.isoformat(), "end": one.end.isoformat(),
             "due": one.due.isoformat() if one.due else None}
            for one in spec.periods
        ],
        "non_working": spec.non_working, "grace": spec.grace,
        "ladder": [{"days": rung.days, "to": rung.to} for rung in spec.ladder],
        "escalates": spec.escalates, "met_by": list(spec.met_by), "since": spec.since.isoformat(),
        "until": spec.until.isoformat() if spec.until else None,
    }  # fmt: skip


def difference(before: PolicySpec, after: PolicySpec) -> dict[str, list[Any]]:
    """Field → what it said and what it says, as they are kept, for each one that changed."""
    old, new = to_json(before), to_json(after)
    return {name: [old[name], value] for name, value in new.items() if old[name] != value}


def fits(kind: str, subjects: str) -> bool:
    """Whether facts of `kind` may be about what the source `subjects` lists, so that they can meet what is owed."""
    found = sources.known().get(subjects)
    listed, told = found.about if found is not None else "", kinds.about(kind)
    return not listed or not told or listed == told


def stored(data: Mapping[str, Any]) -> PolicySpec:
    """The spec that `to_json` wrote, without looking whether its names are still known."""
    return PolicySpec(
        title=data["title"], owes=data["owes"], to_whom=data["to_whom"], source_text=data["source_text"],
        subjects=data["subjects"], frequency=data["frequency"], due=data["due"],
        periods=tuple(_stored_period(one) for one in data["periods"]),
        non_working=data["non_working"], grace=data["grace"],
        ladder=tuple(Rung(one["days"], one["to"]) for one in data["ladder"]), escalates=data["escalates"],
        met_by=tuple(data["met_by"]), since=date.fromisoformat(data["since"]),
        until=date.fromisoformat(data["until"]) if data["until"] else None,
    )  # fmt: skip


def from_json(data: Mapping[str, Any]) -> PolicySpec:
    """The spec that `data` says. Raises InvalidData with a path per problem."""
    reader = _Reader(data)
    spec = reader.spec()
    if reader.problems:
        raise InvalidData(reader.problems)
    return spec


def with_since(spec: PolicySpec, day: date) -> PolicySpec:
    """`spec` valid from the beginning of the period in which `day` lies."""
    if spec.frequency in periods.REGULAR:
        return replace(spec, since=periods.of(spec.frequency, day).start)
    running = [one.start for one in spec.periods if one.holds(day)]
    return replace(spec, since=min([day, *running]))


class _Reader:
    """Reads the fields one by one and keeps what is wrong with each."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.problems: dict[str, list[str]] = {}

    def spec(self) -> PolicySpec:
        unknown = sorted(set(self._data) - set(PolicySpec.__dataclass_fields__))
        for name in unknown:
            self._wrong(name, f"La política no tiene un campo llamado «{name}».")
        frequency = self._choice("frequency", periods.FREQUENCIES, "Elija cada cuánto se debe.")
        escalates = self._flag("escalates")
        return PolicySpec(
            title=self._text("title", "Escriba el nombre de la política.", 120),
            owes=self._text("owes", "Escriba qué se debe.", 400),
            to_whom=self._text("to_whom", "Escriba a quién se le debe.", 200),
            source_text=self._text("source_text", "Escriba de qué documento sale, o que la regla es propia.", 1000),
            subjects=self._choice("subjects", sources.known(), "Elija sobre qué se debe."),
            frequency=frequency,
            due=self._due(frequency),
            periods=self._periods(frequency),
            non_working=self._choice("non_working", NON_WORKING, "Elija qué pasa si el día no es hábil."),
            grace=self._number(self._data.get("grace"), "grace", 0, 60, "Escriba un número de días de 0 a 60."),
            ladder=self._ladder(escalates),
            escalates=escalates,
            met_by=self._met_by(str(self._data.get("subjects"))),
            since=self._day("since") or date.min,
            until=self._until(),
        )

    def _wrong(self, path: str, message: str) -> None:
        self.problems.setdefault(path, []).append(message)

    def _text(self, name: str, message: str, longest: int) -> str:
        value = self._data.get(name)
        text = value.strip() if isinstance(value, str) else ""
        if not text:
            self._wrong(name, message)
        elif len(text) > longest:
            self._wrong(name, f"Escriba como máximo {longest} caracteres.")
        return text

    def _choice(self, name: str, options: Mapping[str, Any], message: str) -> str:
        value = self._data.get(name)
        if not isinstance(value, str) or value not in options:
            self._wrong(name, message)
            return ""
        return value

    def _flag(self, name: str) -> bool:
        value = self._data.get(name)
        if not isinstance(value, bool):
            self._wrong(name, "Responda sí o no.")
        return bool(value)

    def _number(self, value: Any, path: str, least: int, most: int, message: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self._wrong(path, message)
            return least
        return value

    def _day(self, path: str, value: Any = None, message: str = "Escriba una fecha, por ejemplo 2026-11-24.") -> date:
        given: Any = self._data.get(path) if value is None else value
        try:
            day = date.fromisoformat(given)
        except (TypeError, ValueError):
            self._wrong(path, message)
            return date.min
        if not FIRST <= day <= LAST:
            self._wrong(path, f"Escriba una fecha entre los años {FIRST.year} y {LAST.year}.")
        return day

    def _until(self) -> date | None:
        if self._data.get("until") is None:
            return None
        until = self._day("until")
        if "since" not in self.problems and until < self._day("since"):
            self._wrong("until", "La fecha final debe ser igual o posterior a la inicial.")
        return until

    def _due(self, frequency: str) -> dict[str, Any]:
        given = self._data.get("due")
        rule = given.get("rule") if isinstance(given, Mapping) else None
        if not isinstance(given, Mapping) or rule not in RULES:
            self._wrong("due", "Elija cómo se calcula el día en que vence.")
            return {"rule": "period_end"}
        fitting = _fitting(frequency)
        if frequency and rule not in fitting:
            names = ", ".join(f"«{RULES[one].lower()}»" for one in fitting)
            self._wrong("due", f"Con esa frecuencia la fecha sólo puede ser: {names}.")
        if rule in _NUMBERS:
            name, least, most, message = _NUMBERS[rule]
            return {"rule": rule, name: self._number(given.get(name), f"due/{name}", least, most, message)}
        if rule == "term":
            term = given.get("term")
            if not isinstance(term, str) or not calendar.known(term):
                self._wrong("due/term", "Escriba cuántos y elija de qué: por ejemplo, 5 días hábiles (working_days:5).")
            return {"rule": rule, "term": term}
        return {"rule": rule}

    def _periods(self, frequency: str) -> tuple[Period, ...]:
        given = self._data.get("periods") or []
        if frequency != periods.DATES:
            if given:
                self._wrong("periods", "Sólo las políticas de fechas fijas llevan periodos propios.")
            return ()
        if not isinstance(given, Sequence) or isinstance(given, str) or not given:
            self._wrong("periods", "Escriba al menos un periodo con su fecha.")
            return ()
        found = tuple(self._period(one, f"periods/{number}") for number, one in enumerate(given))
        if len({one.key for one in found}) < len(found):
            self._wrong("periods", "Cada periodo debe tener una clave distinta.")
        return tuple(sorted(found, key=lambda one: one.start))

    def _period(self, given: Any, path: str) -> Period:
        one = given if isinstance(given, Mapping) else {}
        key, label = str(one.get("key") or "").strip(), str(one.get("label") or "").strip()
        if not key or len(key) > 20:
            self._wrong(f"{path}/key", "Escriba una clave de hasta 20 caracteres, por ejemplo 2026-H2.")
        if not label:
            self._wrong(f"{path}/label", "Escriba cómo se llama el periodo.")
        start, end, due = (self._day(f"{path}/{name}", one.get(name) or "") for name in ("start", "end", "due"))
        if end < start:
            self._wrong(f"{path}/end", "El periodo debe terminar después de empezar.")
        return Period(key, start, end, label, due)

    def _ladder(self, escalates: bool) -> tuple[Rung, ...]:
        given = self._data.get("ladder")
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > LONGEST_LADDER:
            self._wrong("ladder", f"Escriba la lista de avisos, como máximo {LONGEST_LADDER}.")
            return ()
        rungs = [self._rung(one, f"ladder/{number}", escalates) for number, one in enumerate(given)]
        if len(set(rungs)) < len(rungs):
            self._wrong("ladder", "Hay dos avisos iguales.")
        return tuple(sorted(rungs, key=lambda rung: rung.days))

    def _rung(self, given: Any, path: str, escalates: bool) -> Rung:
        one = given if isinstance(given, Mapping) else {}
        message = f"Escriba un número de días de -{FARTHEST_RUNG} a {FARTHEST_RUNG}."
        days = self._number(one.get("days"), f"{path}/days", -FARTHEST_RUNG, FARTHEST_RUNG, message)
        to = one.get("to")
        role = to.removeprefix("role:") if isinstance(to, str) and to.startswith("role:") else ""
        if to not in (DEBTOR, SUPERVISOR, DER) and role not in ROLES:
            self._wrong(f"{path}/to", "Elija a quién se avisa.")
        elif not escalates and (days > 0 or to != DEBTOR):
            self._wrong(path, "Una recomendación sólo avisa a quien debe, y sólo hasta el día en que vence.")
        return Rung(days, str(to))

    def _met_by(self, subjects: str) -> tuple[str, ...]:
        given = self._data.get("met_by")
        if not isinstance(given, Sequence) or isinstance(given, str) or not given:
            self._wrong("met_by", "Elija al menos un hecho que cumpla la obligación.")
            return ()
        for number, kind in enumerate(given):
            if kind not in kinds.known():
                self._wrong(f"met_by/{number}", f"No se conoce el hecho «{kind}».")
            elif not fits(kind, subjects):
                whose = f"«{kinds.words(kind)}» no es de «{sources.title(subjects)}»"
                self._wrong("met_by", f"El hecho {whose}: no cumpliría ninguno de sus plazos.")
        return tuple(dict.fromkeys(str(kind) for kind in given))


def _fitting(frequency: str) -> tuple[str, ...]:
    """The due rules that make sense with a frequency."""
    if frequency == periods.EVENT:
        return ("term", "given")
    if frequency == periods.DATES:
        return ("dates", "period_end", "working_days_after")
    usual = ("period_end", "day_of_next_month", "working_day_of_next_month", "working_days_after")
    return (*usual, "weekday") if frequency == periods.WEEKLY else usual


def _stored_period(one: Mapping[str, Any]) -> Period:
    due = date.fromisoformat(one["due"]) if one["due"] else None
    return Period(one["key"], date.fromisoformat(one["start"]), date.fromisoformat(one["end"]), one["label"], due)
