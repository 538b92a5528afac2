"""What the processes of ATT are: one module per process binds the names in its diagram to what they do."""

from engine import registry
from engine.registry import Process
from workflows import accion_correctiva
from workflows import apoyo_experto
from workflows import catalogues
from workflows import ciclo_de_vida
from workflows import gobernanza
from workflows import informe_mensual
from workflows import procedimiento_att
from workflows import reporte_regional

ALL: tuple[Process, ...] = (
    ciclo_de_vida.PROCESS,
    gobernanza.PROCESS,
    procedimiento_att.PROCESS,
    accion_correctiva.PROCESS,
    informe_mensual.PROCESS,
    reporte_regional.PROCESS,
    apoyo_experto.PROCESS,
)


def register() -> None:
    """Make the processes of ATT known to the engine, and their vocabularies to the forms."""
    catalogues.register()
    for process in ALL:
        registry.register(process)
