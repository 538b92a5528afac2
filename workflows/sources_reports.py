"""Reports of a period that the documents ask for. The numbers P001… are those of the inventory of terms."""

from workflows.sources_model import Step

STEPS = (
    Step(
        "INF-P001", "000, informes de actividades", "Informe mensual de actividades", "informe_mensual",
        "Activity_PrepararInforme", "informe_mensual", {"actividades del mes": "obligations"},
    ),
    Step(
        "INF-P001-DER", "000, informes de actividades", "Informe mensual de actividades de la coordinación",
        "informe_mensual", "Activity_PrepararInformeParaDer", "informe_mensual", {"actividades del mes": "obligations"},
    ),
    Step(
        "INF-P010", "000, monitoreo 360", "Formulario mensual de desempeño", "reporte_regional",
        "Activity_DiligenciarFormulario", "formulario_desempeno",
        {
            "1. Comunicación y articulación": "communication",
            "2. Efectividad de las capacitaciones": "training",
            "3. Puntualidad de los informes": "punctuality",
            "4. Calificación de cada asesor": "advisor_scores",
            "5. Dificultades técnicas": "technical_difficulties",
            "6. Explicación de la dificultad": "difficulty_detail",
            "7. Avances y casos de éxito": "technical_advances",
            "8. Explicación del caso de éxito": "success_detail",
            "9. Recomendaciones y lecciones": "lessons",
            "10. Informe de actividades frente a SETA": "report_analysis",
        },
    ),
    Step(
        "INF-P017", "003, Plan de Convergencia", "Reporte mensual de avance", "reporte_regional",
        "Activity_ReportarPlan", "reporte_convergencia",
        {"reporte en términos de avance": "overall_progress progress_detail plan_progress"},
    ),
    Step(
        "INF-P018", "003, Plan de Convergencia", "Balance intermedio trimestral", "reporte_regional",
        "Activity_ElaborarBalance", "balance_regional", {"informe de balance": "balance figures plan_progress"},
    ),
)  # fmt: skip
