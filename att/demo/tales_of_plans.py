"""The two phases of Gobierno al Plan (2020), told briefly; their milestones are those of the known templates."""

from att.demo.tale import Tale

PHASE_1 = Tale(
    name="Gobierno al Plan Fase I: formulación del plan de desarrollo",
    problems=(
        "Los equipos de gobierno entrantes formulan su plan de desarrollo con poco tiempo y poca experiencia",
        "El diagnóstico del plan no se apoya en la información disponible del municipio",
    ),
    gap="Los equipos de planeación no manejan la estructura del plan ni el Kit de Planeación Territorial.",
    gap_value="71",
    gap_measure="% de municipios",
    objective="Que las entidades acompañadas aprueben y publiquen su plan de desarrollo dentro de los términos de ley",
    criteria=("Municipios de categorías quinta y sexta", "Equipos de gobierno nuevos en planeación"),
    background="En cada cambio de gobierno la mayor parte de los municipios pide apoyo para formular su plan.",
    justification="El plan se formula en los primeros seis meses del gobierno y orienta la inversión de cuatro años.",
    coherence="Un plan bien formulado permite presupuestar, ejecutar y rendir cuentas con los mismos indicadores.",
    goal="Entidades acompañadas en la formulación de su plan de desarrollo",
    lines=("territorial_planning", "management_techniques"),
    moments=("planning",),
    contribution="Deja un plan aprobado, con plan plurianual de inversiones, listo para ejecutar.",
    chain=(
        "Asesores territoriales y Kit de Planeación Territorial",
        "Talleres de estructura del plan y asesoría semanal en cada fase",
        "Acompañamiento a la formulación del plan de desarrollo",
        "Los equipos municipales completaron diagnóstico, parte estratégica y plan de inversiones",
        "Planes de desarrollo aprobados y publicados dentro del término",
        "Inversión pública local orientada a resultados",
    ),
    indicator="Planes de desarrollo aprobados",
    summary="Acompañamos a su entidad, hito por hito, desde el diagnóstico hasta la publicación del plan aprobado. "
    "Muestra sintética de la demostración.",
    feedback="La ficha delimita bien el problema. Precise cómo se repartirán las entidades con otras instituciones.",
    answer="La concertación temprana con el concejo evita ajustes de última hora.",
    capacity="Formular el plan de desarrollo territorial",
    deliverable="Plan de desarrollo aprobado y publicado",
    modalities=("training", "advisory", "remote"),
)

PHASE_2 = Tale(
    name="Gobierno al Plan Fase II: del plan a la ejecución",
    problems=(
        "Los planes aprobados no tienen plan indicativo ni rutinas que permitan seguirlos",
        "El presupuesto no se armoniza con el plan de desarrollo recién aprobado",
    ),
    gap="Las entidades no cuentan con instrumentos ni responsables para seguir la ejecución de su plan.",
    gap_value="64",
    gap_measure="% de entidades",
    objective="Que las entidades acompañadas ejecuten su plan con instrumentos de seguimiento y presupuesto armonizado",
    criteria=("Entidades acompañadas en la primera fase", "Municipios con bajo desempeño fiscal"),
    background="La primera fase dejó planes aprobados; la mayoría de las entidades pidió seguir con la ejecución.",
    justification="Sin plan indicativo ni armonización, la ejecución del primer año se aparta de lo aprobado.",
    coherence="Continúa la primera fase y prepara la rendición de cuentas sobre los mismos indicadores.",
    goal="397 entidades acompañadas en la gerencia de su plan de desarrollo",
    lines=("territorial_planning", "public_investment", "fiscal_strengthening"),
    moments=("planning", "execution", "follow_up"),
    contribution="Lleva el plan aprobado al presupuesto, al banco de proyectos y a un sistema de seguimiento.",
    chain=(
        "Asesores territoriales, articuladores regionales y expertos temáticos",
        "Asesoría por hitos: plan indicativo, armonización, seguimiento, finanzas y compras",
        "Acompañamiento a la gerencia del plan de desarrollo",
        "Los equipos consolidaron su matriz indicativa y armonizaron el presupuesto",
        "Entidades que siguen su plan con rutinas propias y presupuesto armonizado",
        "Ejecución del plan con resultados verificables",
    ),
    indicator="Entidades con plan indicativo aprobado",
    summary="Veintidós hitos para pasar del plan aprobado a la ejecución: plan indicativo, presupuesto y seguimiento. "
    "Datos de demostración: el avance por entidad es sintético; del informe de 2020 sólo viene el promedio, 43,1 %.",
    feedback="Es clara la continuidad con la primera fase. Indique qué hará con las entidades que cambian de equipo.",
    answer="Designar responsables del seguimiento desde el inicio sostiene las rutinas.",
    capacity="Gerenciar el plan de desarrollo",
    deliverable="Plan indicativo aprobado y sistema de seguimiento adoptado",
)
