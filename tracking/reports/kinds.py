"""The kinds of report: about whom, how often, which fact their presentation is, and which process carries them.

Sources: Gobierno al Plan (2020) for the activity report (P001) and the ten questions (P010); Recomendaciones 2023-2024
for SETA (P014), the Plan de Convergencia (P017) and its balance (P018).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from db.errors import InvalidData
from notifications import periods
from notifications.periods import Period
from tracking import facts

ACTIVITIES, SETA = "activities", "seta"
FORM, PLAN, BALANCE = "regional_form", "plan_report", "balance"

MONTHLY_REPORT = "informe_mensual"
REGIONAL_REPORT = "reporte_regional"

PERSON, REGION = "person", "region"


@dataclass(frozen=True, slots=True)
class ReportKind:
    """One kind of report; `process` is empty where it is filled in on a page of its own."""

    key: str
    title: str
    fact: str
    subject_kind: str
    frequency: str
    process: str = ""


KINDS = {
    one.key: one
    for one in (
        ReportKind(
            ACTIVITIES, "Informe mensual de actividades", facts.ACTIVITIES_REPORTED, PERSON, periods.MONTHLY,
            MONTHLY_REPORT,
        ),
        ReportKind(SETA, "Reporte mensual en SETA", facts.SETA_REPORTED, PERSON, periods.MONTHLY),
        ReportKind(
            FORM, "Formulario mensual de desempeño", facts.FORM_SENT, REGION, periods.MONTHLY, REGIONAL_REPORT
        ),
        ReportKind(
            PLAN, "Reporte mensual del Plan de Convergencia", facts.PLAN_REPORTED, REGION, periods.MONTHLY,
            REGIONAL_REPORT,
        ),
        ReportKind(
            BALANCE, "Balance trimestral de la región", facts.BALANCE_PRESENTED, REGION, periods.QUARTERLY,
            REGIONAL_REPORT,
        ),
    )
}  # fmt: skip

BY_FACT = {one.fact: one for one in KINDS.values()}


def kind(key: str) -> ReportKind:
    """The kind called `key`. Raises InvalidData (`kind`)."""
    if key not in KINDS:
        raise InvalidData({"kind": ["Elija un tipo de informe de la lista."]})
    return KINDS[key]


def of_facts(met_by: Iterable[str]) -> ReportKind | None:
    """The kind of report that meets a policy which lists these facts, if one does."""
    return next((BY_FACT[fact] for fact in met_by if fact in BY_FACT), None)


def period(of: ReportKind, key: str) -> Period:
    """The period `key` of a kind of report. Raises InvalidData (`period`) for one of another frequency."""
    found = periods.of_key(key)
    if found is None or periods.of(of.frequency, found.start) != found:
        raise InvalidData({"period": ["Elija un periodo de la lista."]})
    return found
