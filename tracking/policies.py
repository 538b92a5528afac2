"""The policies that come with the program: what the DNP itself owes, as the sources say.

Where a source gives no number, the default is ours and `source_text` says so. The numbers P001… are those of the
inventory of terms in the sources. Validity begins when they are installed.
"""

from datetime import date
from typing import Any

import tracking.cuts  # noqa: F401 - registers its figures
from notifications import chains
from notifications import kinds
from notifications.chains import Step
from notifications.periods import Period
from notifications.policies import Shipped
from notifications.specs import BACKWARD
from notifications.specs import DEBTOR
from notifications.specs import DER
from notifications.specs import FORWARD
from notifications.specs import LADDER
from notifications.specs import REMINDING
from notifications.specs import PolicySpec
from notifications.specs import Rung
from tracking import facts
from tracking.sources import indicators

GP2020 = "Gobierno al Plan (2020)"
LIN2022 = "Política institucional de ATT (2022)"
REC2024 = "Recomendaciones 2023-2024"
CONPES = "CONPES 4091"
OURS_DAY = "El día límite es nuestro: la fuente no lo da."

STATEMENT = (kinds.STATEMENT,)
MONTHLY_DAY = {"rule": "working_day_of_next_month", "count": 5}
LADDER_OF_GATES = (Rung(-2, DEBTOR), Rung(0, DEBTOR), Rung(1, DEBTOR), Rung(1, DER))
FROM = date(2026, 1, 1)  # replaced by the day of installation


def _policy(key: str, title: str, *, enabled: bool = True, recommended: bool = False, **spec: Any) -> Shipped:
    """A policy; a recommendation only reminds whoever owes."""
    usual: dict[str, Any] = {"ladder": REMINDING if recommended else LADDER, "escalates": not recommended}
    return Shipped(key, PolicySpec(title=title, since=FROM, **{**usual, **spec}), enabled)


def _working(count: int) -> dict[str, Any]:
    return {"rule": "working_days_after", "count": count}


_FIELD = (
    _policy(
        "reporte_seta", "Reporte mensual en SETA",
        owes="El reporte del mes: una fila por plan, con el avance de sus hitos o «sin novedad».",
        to_whom="Articulación regional y monitoreo de la DER",
        source_text=f"{REC2024} (P014): «los reportes al SETA se realizan de manera mensual»; {GP2020} (P004). "
        f"{OURS_DAY}",
        subjects="advisors", frequency="monthly", due=MONTHLY_DAY, met_by=(facts.SETA_REPORTED,),
    ),
    _policy(
        "informe_actividades", "Informe mensual de actividades",
        owes="El informe de actividades del mes, por obligación del contrato.", to_whom="Articulación regional",
        source_text=f"{GP2020} (P001): «deben estar enviados antes del 10 de cada mes»; el 10 ya es tarde, por eso si "
        "el 9 no es hábil se adelanta. Quien lo recibe se infiere: la coordinación califica la puntualidad.",
        subjects="advisors", frequency="monthly", due={"rule": "day_of_next_month", "day": 9}, non_working=BACKWARD,
        met_by=(facts.ACTIVITIES_REPORTED,),
    ),
    _policy(
        "registro_asesoria", "Registro oportuno de la asesoría",
        owes="Registrar la asesoría a los pocos días de darla.", to_whom="SETA",
        source_text=f"{GP2020} (P003): se reprocha cargar «sólo hasta los últimos días del mes». Los cinco días "
        "hábiles son nuestros: la fuente no fija un tope.",
        subjects="advisories", frequency="event", due={"rule": "term", "term": "working_days:5"},
        met_by=(facts.ADVISORY_REGISTERED,),
    ),
    _policy(
        "soportes_asesoria", "Acta y planilla de la asesoría",
        owes="Completar la asesoría con su acta y su planilla de asistencia.", to_whom="Articulación regional",
        source_text=f"{GP2020} (P006): la planilla «para cada una de sus asesorías». Los diez días hábiles son "
        "nuestros.",
        subjects="advisories", frequency="event", due={"rule": "term", "term": "working_days:10"},
        met_by=(facts.ADVISORY_CLOSED,),
    ),
    _policy(
        "hitos_quincenales", "Monitoreo quincenal de hitos", enabled=False,
        owes="Revisar los hitos del plan y reportar los que avanzaron.", to_whom="Articulación regional",
        source_text=f"{GP2020} (P008): «monitoreo quincenal al cumplimiento de los hitos técnicos». Regla de 2020, "
        f"apagada: después el reporte es mensual. No nombra responsable. {OURS_DAY}",
        subjects="plans_in_execution", frequency="fortnightly", due=_working(2),
        met_by=(facts.MILESTONE_REPORTED, facts.MILESTONE_VERIFIED, facts.MONITORING_RECORDED),
    ),
    _policy(
        "monitoreo_trimestral", "Monitoreo trimestral del plan",
        owes="Registrar el monitoreo del plan (paso 5), con su reporte de avance.", to_whom="Articulación regional",
        source_text=f"{LIN2022}, cuadro 5 (P013): «por lo menos una vez cada trimestre»; exige consentimiento.",
        subjects="plans_in_execution", frequency="quarterly", due={"rule": "period_end"}, non_working=BACKWARD,
        met_by=(facts.MONITORING_RECORDED,),
    ),
    _policy(
        "evaluacion_plan", "Evaluación de la asistencia técnica del plan",
        owes="Evaluar las capacidades de la entidad frente a lo que el plan esperaba (paso 6).",
        to_whom="Dependencia técnica y DER",
        source_text=f"{LIN2022} (P023): la evaluación la define el plan de trabajo. Que sea al cierre de la vigencia "
        "es regla nuestra.",
        subjects="plans_of_year", frequency="yearly", due={"rule": "period_end"}, non_working=BACKWARD,
        met_by=(facts.EVALUATION_RECORDED,),
    ),
)  # fmt: skip

_REGIONS = (
    _policy(
        "informe_articulacion", "Informe mensual de actividades de la articulación",
        owes="El informe de actividades del mes de quien articula la región.", to_whom="Monitoreo de la DER",
        source_text=f"{GP2020} (P001), como el de los enlaces. Que quien articula también informe, y a la DER, es "
        "nuestro.",
        subjects="coordinators", frequency="monthly", due={"rule": "day_of_next_month", "day": 9},
        non_working=BACKWARD, met_by=(facts.ACTIVITIES_REPORTED,),
    ),
    _policy(
        "reunion_semanal", "Reunión semanal con los enlaces", recommended=True,
        owes="La reunión de seguimiento con los enlaces de la región, con su acta.", to_whom="Enlaces de la región",
        source_text=f"{GP2020} (P002): se recomienda reunión semanal y dejar trazabilidad. Es recomendación: recuerda "
        "y no escala. El viernes es nuestro.",
        subjects="regions", frequency="weekly", due={"rule": "weekday", "day": 5}, non_working=BACKWARD,
        ladder=(Rung(-2, DEBTOR), Rung(0, DEBTOR)), met_by=STATEMENT,
    ),
    _policy(
        "formulario_regional", "Formulario mensual de desempeño",
        owes="El formulario de diez preguntas sobre el desempeño de los enlaces en el mes.",
        to_whom="Monitoreo de la DER",
        source_text=f"{GP2020} (P010): se aplicó en julio de 2020 y evalúa «el mes». {OURS_DAY}",
        subjects="regions", frequency="monthly", due={"rule": "working_day_of_next_month", "count": 8},
        met_by=(facts.FORM_SENT, kinds.STATEMENT),
    ),
    _policy(
        "reporte_convergencia", "Reporte mensual del Plan de Convergencia",
        owes="El avance del Plan de Convergencia y Capacidades de la región.", to_whom="DER",
        source_text=f"{REC2024} (P017): «se reportan en términos de avance mensualmente»; la fuente es impersonal. "
        f"{OURS_DAY}",
        subjects="regions", frequency="monthly", due={"rule": "working_day_of_next_month", "count": 8},
        met_by=(facts.PLAN_REPORTED, kinds.STATEMENT),
    ),
    _policy(
        "balance_trimestral", "Balance trimestral del Plan de Convergencia",
        owes="El informe de balance intermedio de la región.", to_whom="DER",
        source_text=f"{REC2024} (P018): «informe de balance intermedio, cada trimestre». {OURS_DAY}",
        subjects="regions", frequency="quarterly", due=_working(10), met_by=(facts.BALANCE_PRESENTED, kinds.STATEMENT),
    ),
    _policy(
        "evaluacion_convergencia", "Evaluación anual del Plan de Convergencia",
        owes="La evaluación cuantitativa y cualitativa del logro del plan de la región.", to_whom="DER",
        source_text=f"{REC2024} (P019): «al finalizar la vigencia». {OURS_DAY}",
        subjects="regions", frequency="yearly", due=_working(15), met_by=STATEMENT,
    ),
)  # fmt: skip

_OFFICES = (
    _policy(
        "encuesta_mensual", "Encuesta mensual a usuarios",
        owes="La encuesta o entrevista a una muestra de las entidades asesoradas.",
        to_whom="Entidades territoriales asesoradas",
        source_text=f"{GP2020} (P007): «con una regularidad mensual se aplica»; el 90 % es significancia, no tamaño de "
        f"muestra. {OURS_DAY}",
        subjects="office_der_monitoring", frequency="monthly", due=MONTHLY_DAY, met_by=STATEMENT,
    ),
    _policy(
        "ranking_mensual", "Ranking mensual de desempeño",
        owes="El ranking de desempeño de enlaces y articulaciones.", to_whom="Articulaciones regionales y DER",
        source_text=f"{GP2020} (P009): «ranking mensual»; no nombra responsable. Después del informe de actividades; "
        f"{OURS_DAY[0].lower()}{OURS_DAY[1:]}",
        subjects="office_der_monitoring", frequency="monthly", due={"rule": "working_day_of_next_month", "count": 10},
        met_by=STATEMENT,
    ),
    _policy(
        "descarga_seta", "Descarga mensual de SETA", enabled=False,
        owes="La descarga de la base, los informes y los tableros del mes.", to_whom="Nivel directivo",
        source_text=f"{LIN2022} (P012): «mensualmente se hace el descargue de la base de datos». Apagada: aquí los "
        f"datos están al día. {OURS_DAY}",
        subjects="office_der_monitoring", frequency="monthly", due=MONTHLY_DAY, met_by=STATEMENT,
    ),
    _policy(
        "corte_trimestral", "Corte trimestral de seguimiento",
        owes="El corte de las cifras de seguimiento del trimestre.", to_whom="DER",
        source_text=f"{REC2024} (P015): «cada trimestre haya un corte de seguimiento»; no nombra responsable. "
        f"{OURS_DAY}",
        subjects="office_der_monitoring", frequency="quarterly", due=_working(5), met_by=(facts.CUT_TAKEN,),
    ),
    _policy(
        "informe_staff", "Informe trimestral de gestión",
        owes="El informe de avance de la gestión por entidad y dirección.", to_whom="Staff de la Dirección General",
        source_text=f"{LIN2022} (P031): «cada tres meses se hace un informe de avance»; que lo debe el Grupo de "
        f"Planeación se infiere. {OURS_DAY}",
        subjects="office_planning_group", frequency="quarterly", due=_working(10), met_by=STATEMENT,
    ),
    _policy(
        "parrilla_semanal", "Parrilla semanal de contenidos",
        owes="La parrilla de producción y difusión de contenidos de la semana.", to_whom="Líderes de producto",
        source_text=f"{LIN2022} (P044): «semanalmente el equipo designado elaborará una parrilla». El viernes es "
        "nuestro.",
        subjects="office_communications", frequency="weekly", due={"rule": "weekday", "day": 5}, non_working=BACKWARD,
        ladder=(Rung(-2, DEBTOR), Rung(0, DEBTOR), Rung(1, DEBTOR), Rung(2, DER)),
        met_by=(facts.CONTENT_SCHEDULED, kinds.STATEMENT),
    ),
    _policy(
        "encuentro_practicas", "Encuentro anual de buenas prácticas",
        owes="El encuentro de mejores prácticas de ATT, con ESAP, DAFP y MinHacienda.", to_whom="Comunidad de práctica",
        source_text=f"{CONPES} (P048): «mínimo una vez al año, un encuentro».",
        subjects="office_der_monitoring", frequency="yearly", due={"rule": "period_end"}, non_working=BACKWARD,
        met_by=STATEMENT,
    ),
)  # fmt: skip

_CLOSING = (
    _policy(
        "informe_gerencia", "Informe de gerencia",
        owes="La revisión de los objetivos y el informe consolidado de metas de la estrategia.",
        to_whom="Subdirección general y Dirección General",
        source_text=f"{LIN2022} (P035 y P036): «al cierre de cada vigencia deberá consolidarse un informe de "
        f"gerencia». El autor se infiere. {OURS_DAY}",
        subjects="strategies", frequency="yearly", due=_working(15), met_by=STATEMENT,
    ),
    _policy(
        "informe_final", "Informe final de asistencia",
        owes="El informe final, cuantitativo y cualitativo, de la asistencia prestada en la vigencia.", to_whom="DER",
        source_text=f"{REC2024} (P016): al cierre de la vigencia; no nombra responsable. {OURS_DAY}",
        subjects="products", frequency="yearly", due=_working(15),
        met_by=(facts.FINAL_REPORTED, kinds.STATEMENT),
    ),
)  # fmt: skip

_INDICATORS = tuple(
    _policy(
        f"captura_{word}", f"Captura {word} de indicadores",
        owes="Capturar, cargar y validar la medición del indicador.", to_whom="Sistema de seguimiento",
        source_text=f"{LIN2022} (P020): según la periodicidad de cada indicador del protocolo. {OURS_DAY}",
        subjects=f"indicators_{frequency}", frequency=frequency, due=_working(10),
        met_by=(facts.INDICATOR_CAPTURED, kinds.STATEMENT),
    )
    for frequency, word in indicators.FREQUENCIES.items()
)  # fmt: skip


def _sisgestion(key: str, title: str, owes: str, to_whom: str, said: str, subjects: str, day: int) -> Shipped:
    return _policy(
        key, title, owes=owes, to_whom=to_whom, subjects=subjects, frequency="monthly", met_by=STATEMENT,
        source_text=f"{LIN2022} ({said}): mensual, dentro de plazos que fija el DNP. {OURS_DAY}",
        due={"rule": "working_day_of_next_month", "count": day},
    )  # fmt: skip


_SISGESTION = (
    _sisgestion(
        "sisgestion_carga", "SISGESTIÓN, carga del avance", "El avance cualitativo del mes y sus soportes.",
        "Dirección técnica y Grupo de Planeación", "P027", "units_with_liaison", 3,
    ),
    _sisgestion(
        "sisgestion_presentacion", "SISGESTIÓN, presentación", "Avalar y presentar el seguimiento del mes.",
        "Grupo de Planeación", "P028, después de la carga", "units_with_director", 5,
    ),
    _sisgestion(
        "sisgestion_validacion", "SISGESTIÓN, validación", "Validar los mínimos de lo que se presentó, o devolverlo.",
        "Dependencia", "P029, tras la presentación", "units_validated", 8,
    ),
)  # fmt: skip


chains.declare("sisgestion_carga", Step(decided_by="technical_director"))
chains.declare(
    "sisgestion_presentacion",
    Step(
        after="sisgestion_carga",
        decided_by="planning_group",
        meets="sisgestion_validacion",
        reaches="la carga",
    ),
)
chains.declare("sisgestion_validacion", Step(after="sisgestion_presentacion", decided_by="planning_group"))
chains.declare("parrilla_semanal", Step(days_ahead=7))  # the schedule of a week is made before it begins


def _cut(year: int, half: int, label: str, day: int) -> Period:
    start, end = (date(year, 1, 1), date(year, 6, 30)) if half == 1 else (date(year, 7, 1), date(year, 12, 31))
    return Period(f"{year}-H{half}", start, end, label, end.replace(day=day))


_CUT_NAMES = ("Primer", "Segundo", "Tercer", "Cuarto", "Quinto", "Sexto", "Séptimo", "Octavo")


def _cuts(day_in_june: int, day_in_december: int) -> tuple[Period, ...]:
    """The eight cuts of the PAS, from December 2022 to June 2026, and its closing report in December 2026."""
    halves = [(2022 + (number + 1) // 2, 2 if number % 2 == 0 else 1) for number in range(8)]
    named = [
        _cut(year, half, f"{name} corte", day_in_june if half == 1 else day_in_december)
        for (year, half), name in zip(halves, _CUT_NAMES, strict=True)
    ]
    return (*named, _cut(2026, 2, "Informe de cierre", day_in_december))


_PAS = (
    _policy(
        "insumos_pas", "Información para el PAS",
        owes="La información del avance de las acciones, para cada corte.", to_whom="Grupo de Planeación",
        source_text=f"{CONPES} (P066): «de manera oportuna», según la sección de seguimiento; los meses son de la "
        "fuente, el día 15 es nuestro.",
        subjects="office_der_monitoring", frequency="dates", due={"rule": "dates"}, periods=_cuts(15, 15),
        non_working=BACKWARD, met_by=STATEMENT,
    ),
    _policy(
        "reporte_pas", "Reporte semestral al PAS",
        owes="El reporte consolidado del avance de las acciones.", to_whom="SISCONPES",
        source_text=f"{CONPES} (P050): «se realizará semestralmente», con nueve fechas. La fuente da mes y no día, "
        "salvo el cierre (31 de diciembre de 2026): el último día del mes es nuestro.",
        subjects="office_planning_group", frequency="dates", due={"rule": "dates"}, periods=_cuts(30, 31),
        non_working=BACKWARD, met_by=STATEMENT,
    ),
)  # fmt: skip

_GATES = (
    _policy(
        "compuertas_der", "Término de la DER en una compuerta",
        owes="La retroalimentación, el concepto, la parametrización o la publicación (C1 a C4).",
        to_whom="Dependencia técnica",
        source_text=f"{LIN2022} (P038): antes de pasar de etapa, sin días. El término de cada compuerta es nuestro y "
        "está en el procedimiento.",
        subjects="gates", frequency="event", due={"rule": "given"}, non_working=FORWARD, ladder=LADDER_OF_GATES,
        met_by=(facts.GATE_COMPLETED,),
    ),
)  # fmt: skip

SHIPPED: tuple[Shipped, ...] = (
    *_FIELD, *_REGIONS, *_OFFICES, *_CLOSING, *_INDICATORS, *_SISGESTION, *_PAS, *_GATES,
)  # fmt: skip
