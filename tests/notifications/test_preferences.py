"""How a person wants to be told, said for the first time by two at once."""

from datetime import datetime

from db import reading
from db import transaction
from directory.models import Person
from notifications import preferences
from tests.meanwhile import during


def test_a_refused_address_and_a_wish_of_the_same_moment_both_count(database: None, now: datetime) -> None:
    with transaction() as session:
        person = Person(name="Julio Peña", search_name="julio pena", email="julio@example.org", created_at=now)
        session.add(person)
        session.flush()
        person_id, address = person.id, person.email
    during(
        lambda session: preferences.change(session, person_id, 10, preferences.NONE, now=now),
        lambda session: preferences.mark_bounced(session, person_id, address, now=now),
    )
    with reading() as session:
        wish = preferences.of(session, person_id)
        assert preferences.bounced_since(session, [person_id]) == {person_id: now}
    assert (wish.digest_hour, wish.channel, wish.bounced_at) == (10, preferences.NONE, now)
