"""The communications track: what is to be confirmed before images are handed over or shown, and before it ends."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.context import Context
from engine.registry import Hint
from tracking import products
from tracking.models import ProductStage

MATERIAL = "Activity_RecolectarElementos"
LAW = "la Ley 1581 de 2012 exige la autorización de quienes aparecen"


def material_doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """Photographs and videos of people who did not allow their use (001, comunicaciones, paso 5)."""
    if not _unauthorised(data):
        return []
    return [f"Entrego fotografías o videos sin la autorización de uso de imagen: no se pueden publicar, porque {LAW}"]


def production_doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """Whoever publishes says that none of those images went out."""
    if not _unauthorised(context.answers(MATERIAL)):
        return []
    return [f"Lo publicado no muestra a quienes no autorizaron el uso de su imagen: {LAW}"]


def what_may_be_shown(session: Session, context: Context, data: Mapping[str, Any]) -> list[Hint]:
    """Beside what is published: that the material came without the authorisation."""
    if not _unauthorised(context.answers(MATERIAL)):
        return []
    return [Hint("published_contents", f"No publique las fotografías ni los videos recogidos en terreno: se "
                 f"entregaron sin la autorización de uso de imagen, y {LAW}.")]  # fmt: skip


def ending_doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """«No» ends the weekly schedule for good: seldom meant of a product that has not been in the territory yet."""
    stage = products.get(session, context.ref("product_id")).stage
    if data.get("more_content") is not False or stage == ProductStage.FOLLOW_UP:
        return []
    name = products.STAGES[ProductStage(stage)]
    return [f"No harán falta más contenidos, aunque el producto está en «{name}»: ya no habrá más parrillas, y con las "
            "prácticas y la difusión de lecciones termina su comunicación"]  # fmt: skip


def _unauthorised(material: Mapping[str, Any]) -> bool:
    """Whether there are images, and it was said that their use was not allowed."""
    return material.get("image_authorised") is False and bool(material.get("photographs") or material.get("videos"))


DOUBTS = {
    "elementos_graficos": material_doubts,
    "produccion_de_contenidos": production_doubts,
    "retroalimentacion_de_usuarios": ending_doubts,
}
HINTS = {"produccion_de_contenidos": what_may_be_shown}
