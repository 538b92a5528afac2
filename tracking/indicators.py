"""Indicators of a validated protocol: what each was measured to be per period, against its target of the year.

Sources: the capture format of the follow-up system (001, stage 2, step 6) and Política institucional de ATT (2022,
P020): captured as often as each indicator says. How achievements of a year add up is what the protocol says of each
(`accumulation`); that the percentage is achieved over target is ours, its own formula being free text.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from decimal import ROUND_HALF_UP
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import rows
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory.principal import Principal
from forms.likeness import likeness
from forms.numbers import NotANumber
from forms.numbers import parse
from forms.numbers import places
from forms.numbers import spoken
from notifications import early
from notifications import periods
from notifications.periods import Period
from tracking import attachments
from tracking import evidence
from tracking import facts
from tracking import overtaken
from tracking import products
from tracking import trace
from tracking.models import IndicatorCapture
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.sources import indicators as source

LONGEST = 2000
MOST_DECIMALS = 2
RECTIFIABLE = ("value", "captured_on", "source", "note", "files")


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator as the protocol in force describes it; `targets` go by year."""

    position: int
    name: str
    measure: str
    frequency: str
    accumulation: str
    formula: str
    progress_formula: str
    baseline: Decimal | None
    targets: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Year:
    """What was achieved in a year against its target; None where one of them is not known."""

    year: int
    achieved: Decimal | None
    target: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """Achieved over target, in hundredths; None without either, or for a target of zero."""
        if self.achieved is None or not self.target:
            return None
        return (self.achieved / self.target * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Series:
    """An indicator with its captures, the oldest first, and its years."""

    indicator: Indicator
    captures: Sequence[IndicatorCapture]
    years: Sequence[Year]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCapture:
    """What is said of an indicator in a period. `value` is a number as typed or sent."""

    indicator: str
    period: str
    value: Any
    captured_on: date
    source: str
    note: str = ""
    files: Sequence[str] = ()
    confirmed: bool = False  # they mean it although its period has not ended


def of_protocol(product: Product) -> list[Indicator]:
    """The indicators of the protocol in force, in its order."""
    targets: dict[str, dict[int, Decimal]] = {}
    for row in product.protocol.get("targets") or ():
        if row.get("target") is not None:
            targets.setdefault(likeness(row["indicator"]), {})[int(row["year"])] = Decimal(str(row["target"]))
    return [
        Indicator(
            position, str(one.get("name") or ""), str(one.get("measure") or ""), str(one.get("frequency") or ""),
            str(one.get("accumulation") or ""), str(one.get("formula") or ""), str(one.get("progress_formula") or ""),
            _number(one.get("baseline")), targets.get(likeness(one.get("name")), {}),
        )
        for position, one in enumerate(product.protocol.get("indicators") or ())
    ]  # fmt: skip


def series(session: Session, product: Product) -> list[Series]:
    """Every indicator of a product with what was captured of it; annulled captures are left out."""
    found: dict[str, list[IndicatorCapture]] = {}
    for row in _standing(session, product.id):
        found.setdefault(likeness(row.indicator), []).append(row)
    captured = [(one, found.get(likeness(one.name), [])) for one in of_protocol(product)]
    return [Series(one, rows, _years(one, rows)) for one, rows in captured]


def formerly(session: Session, product: Product) -> list[IndicatorCapture]:
    """The captures of indicators that the protocol in force does not name any more."""
    named = {likeness(one.name) for one in of_protocol(product)}
    return [row for row in _standing(session, product.id) if likeness(row.indicator) not in named]


def open_periods(indicator: Indicator, product: Product, taken: Sequence[str], *, now: datetime) -> list[Period]:
    """The periods of an indicator that began since the product was published and have no capture, newest first."""
    if indicator.frequency not in source.FREQUENCIES:
        return []
    today, since = local_date(now), local_date(product.published_at or product.created_at)
    first = periods.of(indicator.frequency, since)
    found = list(periods.starting(indicator.frequency, first.start, today))
    return [one for one in reversed(found) if one.key not in taken]


def may_capture(product: Product, by: Principal) -> bool:
    """Whether `by` captures the indicators of a product now."""
    ready = product.status == ProductStatus.ACTIVE and product.published_at is not None
    return ready and access.allowed(by, "indicator.capture", products.subject(product)) is not None


def get(session: Session, capture_id: int) -> IndicatorCapture:
    """The capture with this id. Raises NotFound."""
    return rows.get(session, IndicatorCapture, capture_id, "la captura")


def capture(session: Session, product_id: int, new: NewCapture, *, by: Principal, now: datetime) -> IndicatorCapture:
    """Register the value of an indicator in a period, which meets what is owed of it.

    Raises NotFound, NotAllowed but for who leads the product, Conflict when it is not active or not in the portfolio,
    InvalidData at the fields of NewCapture: at `confirmed` while its period has not ended.
    """
    product, actor = _writable(session, product_id, by)
    indicator, period = _about(session, product, new.indicator, new.period, now)
    said = _checked(session, {name: getattr(new, name) for name in RECTIFIABLE}, period, by=by, now=now)
    if not new.confirmed and (why := early.unfinished(period.end, local_date(now))):
        raise InvalidData({"confirmed": [early.asked("registro la captura", why)]})
    row = IndicatorCapture(
        product_id=product.id, indicator=indicator.name, subject_id=source.number(product.id, indicator.position),
        period=period.key, period_start=period.start, captured_by=by.person_id, registered_at=now, revision=1, **said,
    )  # fmt: skip
    session.add(row)
    session.flush()
    attachments.of_product(session, product.id, row.files, now=now)
    facts.indicator_captured(session, row, product.code, by=actor, now=now)
    summary = f"Capturó «{row.indicator}» de {period.label}: {_words(row.value)}."
    trace.record(session, product, "indicator.captured", summary, by=actor, now=now, details={"capture": row.id})
    return row


def rectify(
    session: Session, capture_id: int, changes: Mapping[str, Any], *, reason: str, revision: int | None = None,
    by: Principal, now: datetime,
) -> IndicatorCapture:  # fmt: skip
    """Correct a capture: `changes` has some of RECTIFIABLE; the history of the product keeps what it said before.

    Raises NotFound, NotAllowed, Conflict when it was annulled or changed since `revision`, InvalidData at the fields
    changed and at `reason`.
    """
    row, product, actor = _held(session, capture_id, revision, by, now)
    reason = trace.reasoned(reason, "Escriba por qué rectifica la captura.")
    unknown = set(changes) - set(RECTIFIABLE)
    if unknown:
        raise InvalidData({name: ["Este dato no se rectifica; anule la captura y regístrela."] for name in unknown})
    before = {name: getattr(row, name) for name in RECTIFIABLE}
    period = periods.of_key(row.period)
    assert period is not None, "a capture is of a regular period"
    said = _checked(session, {**before, **changes}, period, by=by, now=now)
    details = {name: [str(before[name]), str(value)] for name, value in said.items() if value != before[name]}
    if not details:
        raise InvalidData({"value": ["Escriba lo correcto: dice lo mismo que ya estaba."]})
    for name, value in said.items():
        setattr(row, name, value)
    row.revision += 1
    session.flush()
    attachments.of_product(session, product.id, row.files, now=now)
    was = f" (decía {_words(before['value'])})" if "value" in details else ""
    summary = f"Rectificó la captura de «{row.indicator}» de {period.label}: {_words(row.value)}{was}."
    told = {"capture": row.id, **details}
    trace.record(session, product, "indicator.rectified", summary, by=actor, now=now, details=told, reason=reason)
    return row


def annul(
    session: Session, capture_id: int, *, reason: str, revision: int | None = None, by: Principal, now: datetime
) -> IndicatorCapture:
    """Take a capture back: it stays written and counts no more; what it met is owed again.

    Raises NotFound, NotAllowed, Conflict when it was annulled or changed since `revision`, InvalidData (`reason`).
    """
    row, product, actor = _held(session, capture_id, revision, by, now)
    row.annulment_reason = trace.reasoned(reason, "Escriba por qué anula la captura.")
    row.annulled_at, row.revision = now, row.revision + 1
    session.flush()
    facts.indicator_taken_back(session, row, by=actor, now=now)
    summary = f"Anuló la captura de «{row.indicator}» de {_label(row.period)}: {_words(row.value)}."
    details = {"capture": row.id}
    trace.record(
        session, product, "indicator.annulled", summary, by=actor, now=now, details=details,
        reason=row.annulment_reason,
    )  # fmt: skip
    return row


def _writable(session: Session, product_id: int, by: Principal) -> tuple[Product, Any]:
    product = trace.active_product(session, product_id)
    actor = access.demand(by, "indicator.capture", products.subject(product))
    if product.published_at is None:
        raise Conflict("Los indicadores se capturan desde que el producto está en el portafolio.", code="not-yet")
    return product, actor


def _held(
    session: Session, capture_id: int, revision: int | None, by: Principal, now: datetime
) -> tuple[IndicatorCapture, Product, Any]:
    product, actor = _writable(session, get(session, capture_id).product_id, by)
    row = rows.held(session, IndicatorCapture, capture_id, "la captura")
    if row.annulled_at is not None:
        raise Conflict("Esta captura se anuló; no admite cambios.", code="capture_state")
    overtaken.demand_seen(
        session, revision, row.revision, "esta captura", trace.subject(product), about={"capture": row.id}, by=by,
        now=now,
    )  # fmt: skip
    return row, product, actor


def _about(session: Session, product: Product, name: str, key: str, now: datetime) -> tuple[Indicator, Period]:
    """The indicator and the period of a new capture. Raises InvalidData (`indicator`, `period`)."""
    indicator = next((one for one in of_protocol(product) if likeness(one.name) == likeness(name)), None)
    if indicator is None or indicator.frequency not in source.FREQUENCIES:
        raise InvalidData({"indicator": ["Elija un indicador del protocolo."]})
    period = periods.of_key(key)
    if period is None or periods.of(indicator.frequency, period.start) != period:
        raise InvalidData({"period": ["Elija un periodo de la lista, según la periodicidad del indicador."]})
    if period.start > local_date(now):
        raise InvalidData({"period": ["Este periodo no ha empezado."]})
    if any(likeness(row.indicator) == likeness(name) and row.period == key for row in _standing(session, product.id)):
        raise InvalidData({"period": ["Este periodo ya tiene su captura: rectifíquela si está mal."]})
    return indicator, period


def _checked(
    session: Session, said: Mapping[str, Any], period: Period, *, by: Principal, now: datetime
) -> dict[str, Any]:
    """What is said of a capture, as it is kept. Raises InvalidData with everything that is wrong."""
    errors: dict[str, list[str]] = {}
    kept = {**said, "source": str(said["source"] or "").strip(), "note": str(said["note"] or "").strip()}
    try:
        kept["value"] = parse(said["value"])
        if places(kept["value"]) > MOST_DECIMALS:
            raise NotANumber(said["value"])
    except NotANumber:
        errors["value"] = [f"Escriba el valor como un número, con {MOST_DECIMALS} decimales a lo sumo: 1.234,5."]
    if not kept["source"]:
        errors["source"] = ["Escriba de dónde sale el valor."]
    errors |= {name: [f"Escriba hasta {LONGEST} caracteres."] for name in ("source", "note")
               if len(kept[name]) > LONGEST}  # fmt: skip
    day = said["captured_on"]
    if not isinstance(day, date):
        errors["captured_on"] = ["Escriba la fecha de la captura."]
    elif day < period.start:
        errors["captured_on"] = ["La fecha no puede ser anterior al comienzo del periodo."]
    else:
        errors |= _wrong(lambda: evidence.check_past(day, "captured_on", now=now))
    errors |= _wrong(lambda: evidence.check_files(session, said["files"], "files", by=by))
    if errors:
        raise InvalidData(errors)
    return {**kept, "files": list(dict.fromkeys(said["files"]))}


def _wrong(check: Any) -> dict[str, list[str]]:
    try:
        check()
    except InvalidData as error:
        return dict(error.errors)
    return {}


def _standing(session: Session, product_id: int) -> list[IndicatorCapture]:
    statement = select(IndicatorCapture).where(
        IndicatorCapture.product_id == product_id, IndicatorCapture.annulled_at.is_(None)
    )
    return list(session.scalars(statement.order_by(IndicatorCapture.period_start, IndicatorCapture.id)))


def _years(indicator: Indicator, captures: Sequence[IndicatorCapture]) -> list[Year]:
    """The years that have a target or a capture."""
    values: dict[int, list[Decimal]] = {}
    for row in captures:
        values.setdefault(row.period_start.year, []).append(row.value)
    return [
        Year(year, _achieved(indicator.accumulation, values.get(year, [])), indicator.targets.get(year))
        for year in sorted({*values, *indicator.targets})
    ]


def _achieved(accumulation: str, values: Sequence[Decimal]) -> Decimal | None:
    """What the captures of a year, the oldest first, come to; the last one where the protocol says nothing else."""
    if not values:
        return None
    match accumulation:
        case "sum":
            return sum(values, Decimal(0))
        case "average":
            return (sum(values, Decimal(0)) / len(values)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        case "maximum":
            return max(values)
        case _:
            return values[-1]


def _label(key: str) -> str:
    period = periods.of_key(key)
    return period.label if period is not None else key


def _number(value: Any) -> Decimal | None:
    return Decimal(str(value)) if value not in (None, "") else None


def _words(value: Decimal) -> str:
    return spoken(value, decimals=MOST_DECIMALS)
