"""The outbox: enqueued once, claimed with frozen bytes, tried with growing pauses, ended when it no longer matters."""

import email
import email.policy
import json
import re
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import notifications.absence_notices  # registers its source
import notifications.obligation_notices  # noqa: F401 - registers its source
from db import SYSTEM
from directory import absences
from directory.models import Absence
from directory.models import Delegation
from directory.models import Person
from directory.principal import load
from notifications import notices
from notifications import obligations
from notifications import outbox
from notifications import preferences
from notifications import reminders
from notifications import told
from notifications.models import DeliveryAttempt
from notifications.models import DueMove
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.models import ObligationStatus
from notifications.models import Preference
from notifications.models import Reminder
from notifications.notices import Item
from notifications.notices import Notice
from notifications.notices import Round
from notifications.obligations import Filters
from notifications.senders import Answer
from notifications.senders import Outcome
from notifications.senders import Parcel
from notifications.told import Told
from notifications.webhook_address import Checked
from tests.notifications.scene import Scene
from tests.tracking import factories

SENT = Answer(Outcome.SENT, "250")
LATER = Answer(Outcome.PASSING, "450", "Buzón ocupado")
NEVER = Answer(Outcome.PERMANENT, "554", "Contenido rechazado")
NOBODY = Answer(Outcome.PERMANENT, "550", "No existe", bad_address=True)
SILENT = Answer(Outcome.PASSING, "connection", "No responde", silent=True)


@pytest.fixture
def scene(session: Session, now: datetime) -> Scene:
    return Scene(session, now)


@pytest.fixture
def julio(scene: Scene) -> Person:
    return scene.person("Julio Peña")


def event(session: Session, person: Person, now: datetime, key: str = "uno", **values: object) -> Message:
    context = {"subject": "Su informe volvió", "paragraphs": ["Faltan los soportes."], "link": "/informes/1"}
    given = {"stale_at": None, **values}
    return outbox.enqueue(session, key, "event", "email", person.id, context, now=now, **given)


def claim(session: Session, now: datetime) -> list[Parcel]:
    return outbox.claim(session, outbox.due(session, "email", now=now, limit=20), now=now)


def digest(session: Session, now: datetime) -> None:
    turn = reminders.begin(session, now=now)
    assert turn is not None
    reminders.tell(session, turn, list(session.scalars(select(Person.id))))


def away(scene: Scene, person: Person) -> None:
    """Somebody else registers that `person` will be away: it is told them, and they have nothing to do."""
    by = load(scene.session, scene.person("Iván Sol", "administrator").id, now=scene.now)
    since, until = scene.today + timedelta(days=7), scene.today + timedelta(days=9)
    absences.register(scene.session, person.id, "otra", since, until, reason="Cita médica", by=by, now=scene.now)


@dataclass(frozen=True)
class Meeting:
    """A source of one task, of one person, that meets what stands on the page `within`."""

    holder_id: int
    within: str

    def due(self, session: Session, turn: Round, holders: Collection[int]) -> Iterable[Notice]:
        return [Notice("theirs", 1, 0, self.holder_id, ("new",))] if self.holder_id in holders else []

    def items(self, session: Session, reminders: Sequence[Reminder], *, now: datetime) -> dict[int, Item]:
        return {one.id: Item("Revisar el informe", "", "/tareas/1", "", within=self.within) for one in reminders}


def read(parcel: Parcel) -> EmailMessage:
    message = email.message_from_bytes(parcel.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(parcel: Parcel) -> str:
    body = read(parcel).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html_of(parcel: Parcel) -> str:
    body = read(parcel).get_body(("html",))
    assert body is not None
    return str(body.get_content())


class TestQueue:
    def test_a_key_is_enqueued_once(self, session: Session, julio: Person, now: datetime) -> None:
        first, second = event(session, julio, now), event(session, julio, now + timedelta(hours=1))
        assert first.id == second.id
        assert len(session.scalars(select(Message)).all()) == 1

    def test_the_message_id_and_the_date_are_fixed_when_it_is_enqueued(
        self, session: Session, julio: Person, now: datetime
    ) -> None:
        row = event(session, julio, now)
        (parcel,) = claim(session, now + timedelta(hours=2))
        assert read(parcel)["Message-ID"] == row.internet_id
        assert read(parcel)["Date"].datetime == now

    def test_a_claim_that_was_cut_off_gives_the_same_bytes(
        self, session: Session, julio: Person, now: datetime
    ) -> None:
        event(session, julio, now)
        (first,) = claim(session, now)
        session.flush()
        session.expire_all()
        (second,) = claim(session, now + timedelta(hours=1))
        assert first == second

    def test_a_second_attempt_gives_the_same_bytes(self, session: Session, julio: Person, now: datetime) -> None:
        event(session, julio, now)
        (first,) = claim(session, now)
        outbox.record(session, first, LATER, now=now)
        julio.name = "Otro Nombre"
        session.flush()
        session.expire_all()
        (second,) = claim(session, now + timedelta(minutes=1))
        assert first == second

    def test_what_is_stale_is_cancelled(self, session: Session, julio: Person, now: datetime) -> None:
        row = event(session, julio, now, stale_at=now + timedelta(hours=1))
        assert claim(session, now + timedelta(hours=1)) == []
        assert (row.status, row.error) == (MessageStatus.CANCELLED, outbox.STALE)

    @pytest.mark.parametrize("address", ["", "julio", "julio@", "julio peña@example.org", "peña@example.org"])
    def test_without_a_usable_address_it_fails(
        self, session: Session, julio: Person, now: datetime, address: str
    ) -> None:
        julio.email = address
        row = event(session, julio, now)
        assert claim(session, now) == []
        assert (row.status, row.error) == (MessageStatus.FAILED, outbox.NOWHERE)

    def test_what_waits_for_later_is_not_due(self, session: Session, julio: Person, now: datetime) -> None:
        event(session, julio, now)
        (parcel,) = claim(session, now)
        outbox.record(session, parcel, LATER, now=now)
        session.flush()
        assert outbox.due(session, "email", now=now, limit=20) == []

    def test_a_name_cannot_break_the_header(self, session: Session, julio: Person, now: datetime) -> None:
        julio.name = 'Julio\r\nBcc: otro@example.org, "Peña"'
        event(session, julio, now)
        (parcel,) = claim(session, now)
        assert read(parcel)["Bcc"] is None
        assert [one.addr_spec for one in read(parcel)["To"].addresses] == ["julio.pena@example.org"]


class TestAnswers:
    def test_sent(self, session: Session, julio: Person, now: datetime) -> None:
        row = event(session, julio, now)
        (parcel,) = claim(session, now)
        outbox.record(session, parcel, SENT, now=now)
        assert (row.status, row.sent_at, row.attempts) == (MessageStatus.SENT, now, 1)

    def test_passing_failures_wait_longer_each_time(self, session: Session, julio: Person, now: datetime) -> None:
        row, waits = event(session, julio, now), []
        for _ in range(9):
            (parcel,) = claim(session, row.next_at)
            at = row.next_at
            outbox.record(session, parcel, LATER, now=at)
            session.flush()
            waits.append(int((row.next_at - at).total_seconds() // 60))
        assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
        assert len(session.scalars(select(DeliveryAttempt)).all()) == 9

    def test_a_permanent_failure_ends_it_and_leaves_the_address_alone(
        self, session: Session, julio: Person, now: datetime
    ) -> None:
        row = event(session, julio, now)
        (parcel,) = claim(session, now)
        outbox.record(session, parcel, NEVER, now=now)
        assert (row.status, row.error) == (MessageStatus.FAILED, "Contenido rechazado")
        assert session.get(Preference, julio.id) is None

    def test_an_address_where_nobody_is_takes_no_other_message(
        self, session: Session, julio: Person, now: datetime
    ) -> None:
        event(session, julio, now)
        (parcel,) = claim(session, now)
        outbox.record(session, parcel, NOBODY, now=now)
        session.flush()
        assert preferences.of(session, julio.id).bounced_at == now
        second = event(session, julio, now, "dos")
        assert claim(session, now) == []
        assert second.status == MessageStatus.FAILED

    def test_while_the_server_is_silent_all_wait(self, session: Session, julio: Person, now: datetime) -> None:
        rows = [event(session, julio, now, key) for key in ("uno", "dos", "tres")]
        first, *_ = claim(session, now)
        outbox.record(session, first, SILENT, now=now)
        session.flush()
        session.expire_all()
        assert {row.status for row in rows} == {MessageStatus.QUEUED}
        assert outbox.due(session, "email", now=now, limit=20) == []
        assert len(outbox.due(session, "email", now=now + timedelta(minutes=1), limit=20)) == 3


class TestDigest:
    def test_it_says_what_is_due_and_why(self, scene: Scene, session: Session, julio: Person, now: datetime) -> None:
        row = scene.owes(julio, scene.today)
        digest(session, now)
        (parcel,) = claim(session, now)
        text = text_of(parcel)
        assert read(parcel)["Subject"] == "Sus pendientes: 1 vence hoy"
        assert "Informe mensual de noviembre" in text
        assert "Vence hoy a las 5:00 p. m." in text
        assert f"/plazos/{row.id}" in text
        assert "Se presenta ante: el articulador regional." in text
        assert "Plazo: último día del mes." in text
        assert "/mi-cuenta/avisos" in str(read(parcel)["List-Unsubscribe"])

    def test_what_was_met_meanwhile_is_left_out(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        met = scene.owes(julio, scene.today, title="Ya cumplida")
        scene.owes(julio, scene.today, subject_id=99, title="Sigue abierta")
        digest(session, now)
        met.status = ObligationStatus.MET
        session.flush()
        (parcel,) = claim(session, now)
        assert "Ya cumplida" not in text_of(parcel)
        session.flush()
        states = dict(session.execute(select(Reminder.source_id, Reminder.status).where(Reminder.rung == "D0")).all())
        assert states[met.id] == "dropped"

    def test_with_nothing_left_it_is_cancelled(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        met = scene.owes(julio, scene.today)
        digest(session, now)
        met.status = ObligationStatus.WAIVED
        session.flush()
        assert claim(session, now) == []
        row = session.scalars(select(Message)).one()
        assert (row.status, row.error) == (MessageStatus.CANCELLED, outbox.NOTHING_LEFT)

    def test_after_an_outage_each_thing_is_told_once(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        scene.owes(julio, scene.today)
        digest(session, now - timedelta(days=4))
        digest(session, now)
        (parcel,) = claim(session, now)
        assert text_of(parcel).count("Informe mensual de noviembre") == 1

    def test_what_came_back_goes_into_the_next_digest_once_the_address_is_corrected(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        scene.owes(julio, scene.today, title="Se perdió")
        scene.owes(julio, scene.today + timedelta(days=3), subject_id=99, title="Nueva")
        digest(session, now)
        (parcel,) = claim(session, now)
        outbox.record(session, parcel, NOBODY, now=now)
        julio.email = "otro@example.org"
        session.flush()
        digest(session, now + timedelta(days=1))
        (second,) = claim(session, now + timedelta(days=1))
        assert second.address == "otro@example.org"
        assert "Se perdió" in text_of(second)
        statuses = select(Message.status).order_by(Message.id)
        assert list(session.scalars(statuses)) == [MessageStatus.FAILED, MessageStatus.SENDING]

    def test_what_could_not_be_composed_spoils_no_other_digest(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        scene.owes(julio, scene.today + timedelta(days=7), title="Mala")
        scene.owes(julio, scene.today + timedelta(days=3), subject_id=99, title="Nueva")
        digest(session, now)
        outbox.break_off(session, session.scalars(select(Message.id)).one(), "ValueError: mala fila", now=now)
        session.flush()
        digest(session, now + timedelta(days=1))
        (parcel,) = claim(session, now + timedelta(days=1))
        assert "Nueva" in text_of(parcel)
        assert "Mala" not in text_of(parcel)

    def test_the_supervisor_reads_who_owes(self, scene: Scene, session: Session, julio: Person, now: datetime) -> None:
        marta = scene.coordinator("Marta Gil")
        scene.owes(julio, scene.today - timedelta(days=1))
        digest(session, now)
        parcels = {parcel.address: parcel for parcel in claim(session, now)}
        text = text_of(parcels[marta.email])
        assert "Lo debe Julio Peña" in text
        assert "porque usted supervisa" in text
        assert "Venció el lunes 23 de noviembre, hace 1 día hábil" in text

    def test_what_is_ones_own_comes_first_and_apart_from_what_others_owe(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        marta = scene.coordinator("Marta Gil")
        for number in range(18):
            scene.owes(julio, scene.today - timedelta(days=1), subject_id=1000 + number, title=f"Ajeno {number:02}")
        scene.owes(marta, scene.today + timedelta(days=3), title="Propio")
        digest(session, now)
        (parcel,) = [one for one in claim(session, now) if one.address == marta.email]
        text = text_of(parcel)
        assert read(parcel)["Subject"] == "Sus pendientes: 1 por vencer; 18 de otras personas"
        assert text.index("POR VENCER (1)") < text.index("- Propio") < text.index("LO QUE DEBEN OTROS")
        assert text.index("LO QUE DEBEN OTROS") < text.index("VENCIDO (18)") < text.index("- Ajeno 00")
        assert "- Informe mensual: 9 (9 vencidos, de otras personas)" in text
        assert "Lo que deben otros</h2>" in html_of(parcel)

    def test_what_another_owes_and_a_task_of_ones_own_meets_is_ones_own(
        self, scene: Scene, session: Session, julio: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        marta = scene.coordinator("Marta Gil")
        row = scene.owes(julio, scene.today - timedelta(days=1))
        monkeypatch.setitem(notices._SOURCES, "theirs", Meeting(marta.id, f"/plazos/{row.id}"))
        digest(session, now)
        (parcel,) = [one for one in claim(session, now) if one.address == marta.email]
        assert read(parcel)["Subject"] == "Sus pendientes: 1 vencido"
        assert "LO QUE DEBEN OTROS" not in text_of(parcel)

    def test_who_owes_nothing_reads_in_the_subject_what_others_owe(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        marta = scene.coordinator("Marta Gil")
        scene.owes(julio, scene.today - timedelta(days=1))
        digest(session, now)
        (parcel,) = [one for one in claim(session, now) if one.address == marta.email]
        assert read(parcel)["Subject"] == "Pendientes de otras personas: 1 vencido"

    def test_news_are_not_counted_as_pending(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        away(scene, julio)
        digest(session, now)
        (parcel,) = claim(session, now)
        text = text_of(parcel)
        assert read(parcel)["Subject"] == "Sus novedades: 1"
        assert "NOVEDADES (1)" in text
        assert "SIN FECHA LÍMITE" not in text

    def test_news_stand_after_what_is_to_be_done(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        away(scene, julio)
        scene.owes(julio, scene.today)
        digest(session, now)
        (parcel,) = claim(session, now)
        text = text_of(parcel)
        assert read(parcel)["Subject"] == "Sus pendientes: 1 vence hoy; 1 novedad"
        assert text.index("VENCE HOY (1)") < text.index("NOVEDADES (1)")

    def test_the_delegate_reads_on_whose_behalf(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        sara, today = scene.person("Sara Paz"), scene.today
        session.add(Delegation(from_id=julio.id, to_id=sara.id, role=None, since=today, until=None))
        session.add(Absence(person_id=julio.id, kind="vacaciones", since=today, until=today + timedelta(days=3)))
        scene.owes(julio, today)
        digest(session, now)
        (parcel,) = claim(session, now)
        assert parcel.address == sara.email
        text = " ".join(text_of(parcel).split())
        assert "Le corresponde a Julio Peña, que está ausente del 24 al 27 de noviembre de 2026." in text
        assert (
            "Se lo avisamos a usted porque Julio Peña le delegó todas sus funciones desde el 24 de noviembre de 2026."
            in text
        )
        assert "vacaciones" not in text.lower()

    def test_a_long_digest_tells_ten_in_full_and_counts_the_rest(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        scene.policy("registro", title="Registro de la asesoría")
        for number in range(12):
            scene.owes(julio, scene.today, subject_id=1000 + number, title=f"Informe {number:02}")
        for number in range(8):
            late = scene.today - timedelta(days=1)
            scene.owes(julio, late, key="registro", subject_id=2000 + number, title=f"Registro {number}")
        digest(session, now)
        (parcel,) = claim(session, now)
        text = text_of(parcel)
        assert "VENCIDO (8)" in text
        assert "VENCE HOY (12)" in text
        assert text.count("Se presenta ante:") == 10
        assert all(f"- Registro {number}" in text for number in range(8))
        assert "Y 10 MÁS" in text
        assert "Arriba están los 10 primeros de 20: lo suyo antes que lo ajeno" in text
        (line,) = re.findall(r"- (.+): 10 \(10 vencen hoy\)", text)
        assert line == "Informe mensual"

    def test_what_a_long_digest_counts_is_the_list_behind_its_link(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        for number in range(20):
            scene.owes(julio, scene.today, subject_id=1000 + number)
        digest(session, now)
        (parcel,) = claim(session, now)
        session.flush()
        (query,) = re.findall(r"/plazos\?politica=informe&(aviso=\S+)", text_of(parcel))
        parts = dict(part.split("=") for part in query.split("&"))
        assert (parts["entidad"], len(parts["menos"].split("."))) == ("0", 10)
        told_of = Told(int(parts["aviso"]), told.without(parts["menos"]))
        by = load(session, julio.id, now=now)
        rest = told.ids(session, by, "obligation", told_of)
        assert len(rest) == 10
        filters = Filters(policy="informe", entity_id=0, among=tuple(rest), open_only=True)
        assert sorted(row.id for row in obligations.mine(session, by, filters, limit=50).items) == rest
        other = load(session, scene.person("Sara Paz").id, now=now)
        assert told.ids(session, other, "obligation", told_of) == []

    def test_a_program_reads_the_counts_of_a_long_digest_too(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        address = Checked("https://sistema.example.org/avisos", "sistema.example.org")
        preferences.set_webhook(session, julio.id, address, by=SYSTEM, now=now)
        preferences.change(session, julio.id, 8, "webhook", now=now)
        for number in range(20):
            scene.owes(julio, scene.today, subject_id=1000 + number)
        digest(session, now)
        (parcel,) = outbox.claim(session, outbox.due(session, "webhook", now=now, limit=20), now=now)
        body = json.loads(parcel.content)
        assert (len(body["items"]), body["more"]) == (10, 10)
        ((title, count),) = [(one["title"], one["count"]) for one in body["rest"]]
        assert (title, count) == ("Informe mensual", 10)

    def test_fifteen_lines_are_told_in_full(self, scene: Scene, session: Session, julio: Person, now: datetime) -> None:
        for number in range(15):
            scene.owes(julio, scene.today, subject_id=1000 + number)
        digest(session, now)
        (parcel,) = claim(session, now)
        assert text_of(parcel).count("Se presenta ante:") == 15
        assert "MÁS" not in text_of(parcel)

    def test_too_many_entities_are_counted_together(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        factories.department(session)
        for number in range(50):
            entity = factories.entity(session, f"Municipio {number}", f"27{number:03}")
            scene.owes(julio, scene.today, subject_id=1000 + number, entity_id=entity.id)
        digest(session, now)
        (parcel,) = claim(session, now)
        text = text_of(parcel)
        assert "- Informe mensual: 40 (40 vencen hoy)" in text
        assert "entidad=" not in text

    def test_few_entities_are_counted_apart(self, scene: Scene, session: Session, julio: Person, now: datetime) -> None:
        factories.department(session)
        sites = [factories.entity(session, name, code) for name, code in (("Quibdó", "27001"), ("Istmina", "27361"))]
        for number in range(24):
            scene.owes(julio, scene.today, subject_id=1000 + number, title=f"I {number:02}",
                       entity_id=sites[number // 18].id)  # fmt: skip
        digest(session, now)
        (parcel,) = claim(session, now)
        text = text_of(parcel)
        assert "- Informe mensual · Quibdó, Chocó: 8 (8 vencen hoy)" in text
        assert "- Informe mensual · Istmina, Chocó: 6 (6 vencen hoy)" in text

    def test_a_moved_date_says_what_moved_it(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        row = scene.owes(julio, scene.today)
        session.add(
            DueMove(obligation_id=row.id, moved_at=now, old_due_at=row.due_at - timedelta(days=1),
                    new_due_at=row.due_at, calendar_version=1, policy_version=1, reason="Cambió el calendario: paro.")
        )  # fmt: skip
        digest(session, now)
        (parcel,) = claim(session, now)
        assert "Antes vencía el 23 de noviembre de 2026. Cambió el calendario: paro." in text_of(parcel)

    def test_the_page_loads_nothing_from_elsewhere(
        self, scene: Scene, session: Session, julio: Person, now: datetime
    ) -> None:
        scene.owes(julio, scene.today, title="Informe <b>de</b> noviembre")
        digest(session, now)
        (parcel,) = claim(session, now)
        page = html_of(parcel)
        assert "<img" not in page
        assert "src=" not in page
        assert "url(" not in page
        assert 'lang="es-CO"' in page
        assert "Informe &lt;b&gt;de&lt;/b&gt; noviembre" in page
        assert "Informe <b>de</b> noviembre" in text_of(parcel)
