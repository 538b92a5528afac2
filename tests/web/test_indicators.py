"""Indicators of a product, captured and corrected through the pages."""

import re
from datetime import timedelta

import pytest

from db import clock
from db import history
from db import reading
from db import transaction
from notifications import periods
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World
from tracking.models import IndicatorCapture
from tracking.models import Product

YEAR = clock.local_date(clock.now()).year
PERIOD = periods.of(periods.MONTHLY, clock.local_date(clock.now()))


@pytest.fixture
def code(world: World) -> str:
    """A product in the portfolio whose protocol has an indicator of each month."""
    code = desk.product(world, "Activity_NombrarProducto")
    with transaction() as session:
        row = session.query(Product).filter_by(code=code).one()
        row.published_at = clock.now() - timedelta(days=1)
        row.protocol = {
            "indicators": [{"name": "Bancos", "measure": "Número", "frequency": "monthly", "accumulation": "sum"}],
            "targets": [{"indicator": "Bancos", "year": YEAR, "target": "40"}],
        }
    return code


def typed(page: str, **said: str) -> dict[str, str]:
    hidden = dict(re.findall(r'name="(key|revision)" value="([^"]*)"', page))
    today = clock.local_date(clock.now()).isoformat()
    return {**hidden, "value": "12,5", "captured_on": today, "source": "Reporte de bancos", **said}


def test_the_lead_captures_and_corrects(code: str, browse: Browse) -> None:
    lider, place = browse("lider"), f"/productos/{code}/indicadores/captura"
    assert f'href="{place}"' in lider.get(f"/productos/{code}?parte=indicadores")
    page = lider.get(place)
    about = f"Bancos|{PERIOD.key}"
    assert f'value="{about}"' in page
    assert "Escriba de dónde sale" in lider.post(place, typed(page, about=about, source=""), 422).text
    assert "Elija el indicador" in lider.post(place, typed(page, about=""), 422).text
    assert "su periodo no ha terminado" in lider.post(place, typed(page, about=about), 422).text
    lider.post(place, typed(page, about=about, confirmed="si"))
    shown = lider.get(f"/productos/{code}?parte=indicadores")
    for said in ("12,5", "40", "31,3\u00a0%", "Reporte de bancos"):
        assert said in shown
    with reading() as session:
        row = session.query(IndicatorCapture).one()
    # What is owed links by the number of the product.
    assert lider.client.get(f"/productos/{row.product_id}/indicadores").location.endswith("?parte=indicadores")
    one = f"/indicadores/{row.id}"
    page = lider.get(one)
    lider.post(f"{one}/rectificacion", typed(page, value="14"), 422)  # without a reason
    lider.post(f"{one}/rectificacion", typed(page, value="14", reason="Faltaba Istmina"))
    overtaken = lider.post(f"{one}/rectificacion", typed(page, value="1", reason="Otra"), 409).text
    assert "Usted cambió esta captura hace un momento" in overtaken
    assert f'<a href="{one}">abra la página de nuevo</a>' in overtaken
    lider.post(f"{one}/anulacion", {"revision": "2", "reason": "Era de otro producto"})
    assert "Era de otro producto" in lider.get(one)
    with reading() as session:
        acts = [act.summary for act in history.of(session, history.Subject("product", row.product_id))]
    assert any("14 (decía 12,5)" in said for said in acts)
    assert "Sin capturas todavía" in lider.get(f"/productos/{code}?parte=indicadores")


def test_others_read_and_do_not_write(code: str, browse: Browse) -> None:
    lider, monitor = browse("lider"), browse("monitoreo")
    place = f"/productos/{code}/indicadores/captura"
    lider.post(place, typed(lider.get(place), about=f"Bancos|{PERIOD.key}", confirmed="si"))
    with reading() as session:
        row = session.query(IndicatorCapture).one()
    assert "Capturar un indicador" not in monitor.get(f"/productos/{code}?parte=indicadores")
    assert "Rectificar" not in monitor.get(f"/indicadores/{row.id}")
    monitor.get(place, 403)
