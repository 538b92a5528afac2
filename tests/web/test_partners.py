"""Partners on the pages: who leads adds one, its people report, and they see nothing else."""

import re

import pytest

from db import SYSTEM
from db import clock
from db import files
from db import history
from db import reading
from db import transaction
from directory import accounts
from directory import grants
from directory import people
from directory import units
from directory.models import PersonalReading
from directory.models import RoleGrant
from directory.models import Unit
from directory.principal import load
from engine import instances
from forms.words import long_date
from tests.processes.office import PDF
from tests.web import sheets
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import LONG_AGO
from tests.web.world import PASSWORD
from tests.web.world import World
from tracking import life
from tracking.models import PartnerAdvance
from tracking.models import StrategyPartner


@pytest.fixture
def strategy(world: World) -> int:
    """A strategy that the lead leads, beside another one."""
    now = clock.now()
    with transaction() as session:
        lead = people.change(session, world.people["lider"], email="lider@dnp.example", by=SYSTEM, now=now)
        by = load(session, lead.id, now=now)
        made = [
            life.start_strategy(
                session, name=name, objective="Ordenar las finanzas", unit_id=world.unit_id, lead_id=lead.id, by=by,
                now=now,
            ).id
            for name in ("Finanzas", "Ajena")
        ]  # fmt: skip
    return made[0]


def partner(browse: Browse, strategy: int) -> int:
    """The lead adds a new entity; its number."""
    lider, place = browse("lider"), f"/estrategias/{strategy}/socias/nueva"
    assert f'href="{place}"' in lider.get(f"/estrategias/{strategy}?parte=socias")
    page = lider.get(place)
    said = {"key": _key(page), "contribution": "Formación", "since": "2026-01-05", "code": "ESAP", "name": "Escuela"}
    assert "Elija una entidad" in lider.post(place, {**said, "code": "", "name": ""}, 422).text
    lider.post(place, said)
    with reading() as session:
        return session.query(StrategyPartner).one().id


def join(name: str, kind: str = "unit") -> str:
    """Somebody who acts for that entity; their username."""
    with transaction() as session:
        unit = units.find(session, "ESAP")
        assert unit
        person = people.add(session, name, by=SYSTEM, now=clock.now())
        accounts.create(session, person.id, name.lower(), PASSWORD, by=SYSTEM, now=clock.now())
        grants.add(session, person.id, "partner_entity", kind, unit.id, since=LONG_AGO, by=SYSTEM, now=clock.now())
    return name.lower()


def _key(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


def _report(socia: Browser, partner_id: int, **said: str | list[str]) -> int:
    place = f"/socias/{partner_id}/avances/nuevo"
    typed = {"key": _key(socia.get(place)), "occurred_on": "2026-02-01", "text": "Curso de presupuesto", **said}
    socia.post(place, typed)
    with reading() as session:
        return session.query(PartnerAdvance).order_by(PartnerAdvance.id.desc()).first().id  # type: ignore[union-attr]


def test_the_menu_of_a_partner_holds_its_strategies(browse: Browse, world: World, strategy: int) -> None:
    partner(browse, strategy)
    socia = browse(join("Pía"))
    assert socia.client.get("/").location == "/estrategias"
    page = socia.get("/estrategias")
    assert "Finanzas" in page
    assert "Ajena" not in page
    menu = re.findall(r'<li><a href="(/[^"]+)"', page.partition("</header>")[0])
    assert set(menu) <= {"/bandeja", "/estrategias"}
    for closed in ("/personas", f"/personas/{world.people['lider']}", "/politicas", "/cobertura", "/productos",
                   "/planes", "/procesos", "/calendario", "/plazos"):  # fmt: skip
        socia.get(closed, 403)
    assert f"/estrategias/{strategy + 1}" not in socia.get("/buscar?que=Ajena")


def test_who_is_part_of_nothing_is_told_whom_to_ask(browse: Browse, strategy: int) -> None:
    with transaction() as session:
        units.add(session, "ESAP", "Escuela", by=SYSTEM, now=clock.now())
    page = browse(join("Pía")).get("/estrategias")
    assert "Pida a quien lidera la estrategia" in page
    assert "Finanzas" not in page


def test_a_partner_is_told_that_who_led_its_strategy_is_gone(browse: Browse, world: World, strategy: int) -> None:
    partner(browse, strategy)
    socia = browse(join("Pía"))
    with transaction() as session:
        people.disable(session, world.people["lider"], reason="Se fue.", by=SYSTEM, now=clock.now())
    shown = socia.get(f"/estrategias/{strategy}")
    assert "(ya no ingresa al sistema)" in shown
    assert "mailto:lider@dnp.example" not in shown
    assert "mientras se nombra a otra persona, diríjase a" in shown


def test_a_partner_reads_its_strategy_and_whom_to_write_to(browse: Browse, world: World, strategy: int) -> None:
    partner(browse, strategy)
    socia = browse(join("Pía"))
    shown = socia.get(f"/estrategias/{strategy}")
    assert "mailto:lider@dnp.example" in shown
    assert "lider@dnp.example" not in browse("der").get(f"/estrategias/{strategy}"), "the staff has its directory"
    with reading() as session:
        told = session.query(PersonalReading).filter_by(person_id=world.people["lider"], kind="person").all()
    assert len(told) == 1
    assert socia.client.get(f"/estrategias/{strategy + 1}").status_code == 404


def test_governance_is_read_of_its_strategies_alone(browse: Browse, strategy: int) -> None:
    partner(browse, strategy)
    with reading() as session:
        own, other = (
            instances.listed(session, ref=("strategy_id", key), limit=1).items[0].id for key in (strategy, strategy + 1)
        )
    socia = browse(join("Pía"))
    statuses = [socia.client.get(f"/api/v1/instances/{key}/submissions").status_code for key in (own, other)]
    assert statuses == [200, 404]


def test_an_advance_is_reported_seen_corrected_and_taken_back(browse: Browse, world: World, strategy: int) -> None:
    key = partner(browse, strategy)
    socia, place = browse(join("Pía")), f"/socias/{key}/avances/nuevo"
    assert f'href="{place}"' in socia.get(f"/estrategias/{strategy}?parte=socias")
    assert "Escriba qué se hizo" in socia.post(place, {"occurred_on": "2026-02-01", "text": ""}, 422).text
    wrong = socia.post(place, {"occurred_on": "2026-02-01", "text": "x", "entities": "Nadalandia"}, 422).text
    assert "No se encontró «Nadalandia»" in wrong
    several = socia.post(place, {"occurred_on": "", "text": "", "entities": "Nadalandia"}, 422).text
    for told in ("Escriba qué día ocurrió", "Escriba qué se hizo", "No se encontró «Nadalandia»"):
        assert told in several, "all that is wrong is told at once"
    one = _report(socia, key, entities="05002")
    colleague, lider = browse(join("Paz")), browse("lider")
    for browser in (socia, colleague, lider, browse("monitoreo")):
        shown = browser.get(f"/estrategias/{strategy}?parte=socias")
        assert "Curso de presupuesto" in shown
        assert "Escuela · Pía · Abejorral" in shown
    assert "Abejorral" in lider.get(f"/avances-de-socias/{one}")
    assert "Curso de presupuesto" not in lider.get(f"/estrategias/{strategy}?parte=socias&buscar=mesa")
    assert "Curso de presupuesto" not in browse("asesor").get(f"/estrategias/{strategy}?parte=socias")
    browse("asesor").get(f"/avances-de-socias/{one}", 403)
    act = f"/avances-de-socias/{one}/rectificacion"
    said = {"revision": "1", "occurred_on": "2026-02-02", "text": "Dos cursos", "entities": ""}
    refused = socia.post(act, {**said, "text": ""}, 422).text
    assert "Escriba por qué rectifica" in refused
    assert "Escriba qué se hizo" in refused
    socia.post(act, {**said, "reason": "Eran dos"})
    overtaken = socia.post(act, {**said, "reason": "Otra"}, 409).text
    assert "Usted cambió este avance hace un momento, desde otra ventana u otro dispositivo." in overtaken
    assert f'<a href="/avances-de-socias/{one}">abra la página de nuevo</a>' in overtaken
    assert 'name="revision" value="2"' not in overtaken  # sent again it would undo what it has not seen
    assert 'name="revision" value="2"' in socia.get(f"/avances-de-socias/{one}")
    assert "Rectificar" not in colleague.get(f"/avances-de-socias/{one}")
    colleague.post(act, {**said, "revision": "2", "reason": "Otra"}, 403)
    colleague.post(act, {"revision": "2", "reason": "Otra"}, 403)
    socia.post(f"/avances-de-socias/{one}/anulacion", {"revision": "2", "why": "Se repitió"})
    assert "Se repitió" in socia.get(f"/avances-de-socias/{one}")
    assert "Sin avances todavía" in lider.get(f"/estrategias/{strategy}?parte=socias")
    assert "Dos cursos" in lider.get(f"/estrategias/{strategy}?parte=socias&anulados=1")


def test_the_history_says_what_was_corrected(browse: Browse, strategy: int) -> None:
    key = partner(browse, strategy)
    lider, socia = browse("lider"), browse(join("Pía"))
    one = _report(socia, key, entities="05002")
    said = {"revision": "1", "occurred_on": "2026-02-03", "text": "Dos cursos", "entities": "", "reason": "Eran dos"}
    socia.post(f"/avances-de-socias/{one}/rectificacion", said)
    shown = lider.get(f"/avances-de-socias/{one}")
    for before in ("Qué día ocurrió: decía «1 de febrero de 2026»", "Qué se hizo: decía «Curso de presupuesto»",
                   "Entidades alcanzadas: decía «Abejorral, Antioquia»"):  # fmt: skip
        assert before in shown
    assert "Soportes: decía" not in shown, "what stayed is not told"
    said = {"revision": "1", "contribution": "Instructores", "since": "2026-01-05", "reason": "Cambió"}
    lider.post(f"/socias/{key}/correccion", said)
    assert "Qué aportaba: decía «Formación»" in lider.get(f"/socias/{key}")


def test_an_advance_reported_again_is_asked_about(browse: Browse, strategy: int) -> None:
    key = partner(browse, strategy)
    socia, place = browse(join("Pía")), f"/socias/{key}/avances/nuevo"
    one = _report(socia, key)
    said = {"key": _key(socia.get(place)), "occurred_on": "2026-02-01", "text": "curso de presupuesto"}
    asked, today = socia.post(place, said, 422).text, long_date(clock.local_date(clock.now()).isoformat())
    assert f"ya reportó un avance igual el {today} (n.º {one})." in asked
    assert f'<a href="/avances-de-socias/{one}">Ver el que ya reportó</a>' in asked
    socia.post(place, {**said, "confirmed": "si"})


def test_its_files_are_read_with_it(browse: Browse, strategy: int) -> None:
    key = partner(browse, strategy)
    socia = browse(join("Pía"))
    with transaction() as session:
        by = load(session, accounts.find(session, "pía").person_id, now=clock.now())  # type: ignore[union-attr]
        token = files.save(session, "lista.pdf", PDF, by=by.actor(), now=clock.now()).token
    _report(socia, key, files_kept=token)
    assert browse("lider").client.get(f"/archivos/{token}").status_code == 200
    assert browse("asesor").client.get(f"/archivos/{token}").status_code == 404


def test_a_support_that_was_a_mistake_is_taken_off_and_read_no_more(browse: Browse, strategy: int) -> None:
    key = partner(browse, strategy)
    socia, lider = browse(join("Pía")), browse("lider")
    with transaction() as session:
        by = load(session, accounts.find(session, "pía").person_id, now=clock.now())  # type: ignore[union-attr]
        good, wrong = (
            files.save(session, name, PDF, by=by.actor(), now=clock.now()).token for name in ("bien.pdf", "cedulas.pdf")
        )
    one = _report(socia, key, files_kept=[good, wrong])
    act, page = f"/avances-de-socias/{one}/rectificacion", socia.get(f"/avances-de-socias/{one}")
    for token in (good, wrong):
        assert re.search(rf'name="files_kept" value="{token}"[^>]* checked', page)
    said = {"revision": "1", "occurred_on": "2026-02-01", "text": "Curso de presupuesto", "files_kept": good}
    refused = socia.post(act, {**said, "reason": ""}, 422).text
    assert re.search(rf'name="files_kept" value="{good}"[^>]* checked', refused)
    assert not re.search(rf'name="files_kept" value="{wrong}"[^>]* checked', refused), "what was taken off stays off"
    socia.post(act, {**said, "reason": "Traía cédulas"})
    shown = lider.get(f"/avances-de-socias/{one}")
    assert f'href="/archivos/{good}"' in shown
    assert f"/archivos/{wrong}" not in shown
    assert "Soportes: decía «bien.pdf» y «cedulas.pdf»" in shown
    assert [lider.client.get(f"/archivos/{token}").status_code for token in (good, wrong)] == [200, 404]
    assert socia.client.get(f"/archivos/{wrong}").status_code == 200, "it is still whose it is"


def test_the_list_of_advances_is_taken_out_as_a_workbook(browse: Browse, strategy: int) -> None:
    key = partner(browse, strategy)
    _report(browse(join("Pía")), key)
    grid = sheets.downloaded(browse("lider"), f"/estrategias/{strategy}?parte=socias&formato=xlsx")
    assert [(row["Entidad socia"], row["Qué se hizo"]) for row in sheets.rows(grid)] == [
        ("Escuela", "Curso de presupuesto")
    ]


def test_a_participation_is_corrected_and_ended(browse: Browse, strategy: int) -> None:
    key = partner(browse, strategy)
    lider, socia = browse("lider"), browse(join("Pía"))
    said = {"revision": "1", "contribution": "Instructores", "since": "2026-01-05", "reason": "Cambió"}
    refused = lider.post(f"/socias/{key}/correccion", {**said, "since": "ayer", "until": "mañana", "reason": ""}, 422)
    for told in ("Escriba desde qué día participa", "Escriba una fecha como", "Escriba por qué corrige"):
        assert told in refused.text, "all that is wrong is told at once"
    lider.post(f"/socias/{key}/correccion", said)
    assert "Instructores" in socia.get(f"/socias/{key}")
    assert "Terminar su participación" not in socia.get(f"/socias/{key}")
    today = clock.local_date(clock.now()).isoformat()
    lider.post(f"/socias/{key}/fin", {"revision": "2", "from_day": today, "why": ""}, 422)
    lider.post(f"/socias/{key}/fin", {"revision": "2", "from_day": today, "why": "Venció el convenio"})
    assert "Terminó" in lider.get(f"/socias/{key}")
    assert socia.client.get(f"/estrategias/{strategy}").status_code == 404
    assert "no participa hoy" in socia.get("/estrategias")
    with reading() as session:
        acts = [act.action for act in history.of(session, history.Subject("strategy_partner", key))]
    assert acts == ["partner.added", "partner.corrected", "partner.ended"]


def test_who_was_writing_when_it_ended_is_told_by_whom_and_copies_what_they_wrote(
    browse: Browse, strategy: int
) -> None:
    key = partner(browse, strategy)
    socia, place = browse(join("Pía")), f"/socias/{key}/avances/nuevo"
    opened, today = socia.get(place), clock.local_date(clock.now())
    browse("lider").post(f"/socias/{key}/fin", {"revision": "1", "from_day": today.isoformat(), "why": "Venció"})
    typed = {"key": _key(opened), "occurred_on": "2026-02-01", "text": "Curso de presupuesto\nen dos días"}
    late = socia.post(place, typed, 409).text
    assert "Ana Ruiz terminó hace un momento la participación de Escuela en «Finanzas»" in late
    assert f"desde el {long_date(today.isoformat())}" in late
    assert "Curso de presupuesto\nen dos días" in late
    assert "Venció" not in late, "why it ended is not theirs to read"
    with reading() as session:
        assert session.query(PartnerAdvance).count() == 0


def test_of_the_end_of_another_partner_nothing_is_told(browse: Browse, world: World, strategy: int) -> None:
    key, name = partner(browse, strategy), join("Pía")
    today = clock.local_date(clock.now()).isoformat()
    browse("lider").post(f"/socias/{key}/fin", {"revision": "1", "from_day": today, "why": "Venció"})
    with transaction() as session:
        grant = session.query(RoleGrant).filter_by(role="partner_entity").one()
        grant.scope_id = units.add(session, "CAF", "Banco", by=SYSTEM, now=clock.now()).id
    browse(name).post(f"/socias/{key}/avances/nuevo", {"text": "Curso", "occurred_on": "2026-02-01"}, 404)


def test_who_was_correcting_when_it_ended_copies_what_they_wrote_too(browse: Browse, strategy: int) -> None:
    key = partner(browse, strategy)
    socia, today = browse(join("Pía")), clock.local_date(clock.now()).isoformat()
    one = _report(socia, key)
    browse("lider").post(f"/socias/{key}/fin", {"revision": "1", "from_day": today, "why": "Venció"})
    typed = {"revision": "1", "occurred_on": "2026-02-01", "text": "Curso de tesorería", "reason": "Era otro"}
    late = socia.post(f"/avances-de-socias/{one}/rectificacion", typed, 409).text
    assert "Ana Ruiz terminó" in late
    assert "Curso de tesorería" in late
    assert "Era otro" in late


def test_an_end_on_a_wrong_day_is_corrected_and_who_ended_comes_again(browse: Browse, strategy: int) -> None:
    key = partner(browse, strategy)
    lider = browse("lider")
    _report(browse(join("Pía")), key)
    ended = {"revision": "1", "from_day": "2026-01-05", "why": "Fue un error"}
    assert "Reportó un avance de un día fuera" in lider.post(f"/socias/{key}/fin", ended, 422).text
    lider.post(f"/socias/{key}/fin", {**ended, "confirmed": "si"})
    shown = lider.get(f"/socias/{key}")
    assert "No llegó a participar" in shown
    again = re.search(r'href="(/estrategias/\d+/socias/nueva\?entidad=\d+)">Agregarla de nuevo', shown)
    assert again
    assert re.search(r"<option[^>]* selected>Escuela", lider.get(again[1]))
    lider.post(f"/socias/{key}/correccion", {"revision": "2", "since": "2026-01-07", "until": "", "reason": "Siguió"})
    shown = lider.get(f"/socias/{key}")
    assert "Terminar su participación" in shown
    assert "Participaba desde: decía «5 de enero de 2026»" in shown
    assert "Agregarla de nuevo" not in shown


def test_a_second_entity_of_one_name_is_asked_about(browse: Browse, world: World, strategy: int) -> None:
    partner(browse, strategy)
    lider, place = browse("lider"), f"/estrategias/{strategy + 1}/socias/nueva"
    said = {"key": _key(lider.get(place)), "contribution": "", "since": "", "code": "EAP", "name": "ESCUELA"}
    asked = lider.post(place, said, 422).text
    assert "Escriba qué aporta" in asked
    assert "Escriba desde qué día participa" in asked
    said |= {"contribution": "Formación", "since": "2026-01-05"}
    asked = lider.post(place, said, 422).text
    assert "«Escuela» (ESAP) ya existe. Use la que existe" in asked
    offered = re.search(r'name="existing" value="(\d+)"', asked)
    assert offered
    lider.post(place, {**said, "existing": offered[1]})
    with reading() as session:
        rows = session.query(StrategyPartner).order_by(StrategyPartner.id).all()
        assert [row.strategy_id for row in rows] == [strategy, strategy + 1]
        assert len({row.unit_id for row in rows}) == 1


def test_whoever_adds_an_entity_is_told_of_its_role_only_where_nobody_has_it(browse: Browse, strategy: int) -> None:
    partner(browse, strategy)
    with reading() as session:
        unit = session.query(StrategyPartner).one().unit_id
    lider, said = browse("lider"), {"contribution": "Formación", "since": "2026-01-05"}
    place, other = (f"/estrategias/{key}/socias/nueva" for key in (strategy, strategy + 1))
    told = lider.client.get(
        lider.post(place, {**said, "key": _key(lider.get(place)), "code": "ART", "name": "Agencia"}).location
    ).text
    assert "Quien administra el sistema da el rol" in told
    join("Pía")
    told = lider.client.get(
        lider.post(other, {**said, "key": _key(lider.get(other)), "unit_id": str(unit)}).location
    ).text
    assert "Las personas que ya tienen el rol en ella ven la estrategia" in told
    assert "Quien administra el sistema" not in told


def test_an_entity_that_takes_part_already_is_shown_where_it_does(browse: Browse, strategy: int) -> None:
    key = partner(browse, strategy)
    lider, place = browse("lider"), f"/estrategias/{strategy}/socias/nueva"
    said = {"key": _key(lider.get(place)), "contribution": "Formación", "since": "2026-01-05"}
    for typed, told in (
        (
            {"code": "EAP", "name": "Escuela"},
            "«Escuela» (ESAP) ya participa en esta estrategia. Confirme",
        ),
        ({"code": "EAP", "name": "Escuelas"}, "«Escuela» (ESAP), de nombre parecido, ya participa en esta estrategia."),
        ({"code": "esap", "name": "Otra"}, "La sigla ESAP es la de «Escuela», que ya participa en esta estrategia."),
    ):
        asked = lider.post(place, said | typed, 422).text
        assert told in asked
        assert "Use la que existe" not in asked, "it is not in the list"
        assert 'name="existing"' not in asked
        assert f'<a href="/socias/{key}">Ver la participación de «Escuela»</a>' in asked


def test_a_role_that_reaches_no_strategy_says_so_where_it_is_given(browse: Browse, world: World) -> None:
    with transaction() as session:
        for kind, place in (("region", world.region_id), ("unit", session.query(Unit).first().id)):  # type: ignore[union-attr]
            person = people.add(session, f"Socia {kind}", by=SYSTEM, now=clock.now())
            grants.add(session, person.id, "partner_entity", kind, place, since=LONG_AGO, by=SYSTEM, now=clock.now())
            world.people[kind] = person.id
    said = "Así no ve ninguna estrategia"
    assert said in browse("admin").get(f"/personas/{world.people['region']}")
    assert said not in browse("admin").get(f"/personas/{world.people['unit']}")
