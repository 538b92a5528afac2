"""Where the subjects of policies come from: functions of the rooms above, registered by name."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from notifications.calendar import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something about which somebody owes, and who.

    `since` and `until` (None: for ever) bound when it exists. `event_on` and `period` (a key) are for the frequency
    `event`; `due` is for the rule `given`. `debtor_id` is None while nobody holds the role.
    """

    kind: str
    id: int
    label: str
    debtor_id: int | None
    since: date
    until: date | None = None
    unit_id: int | None = None
    region_id: int | None = None
    entity_id: int | None = None
    product_id: int | None = None
    plan_id: int | None = None
    period: str = ""
    event_on: date | None = None
    due: Due | None = None


Lister = Callable[[Session, date], Iterable[Subject]]
"""The subjects that exist on a day. One of events lists at least every event that is still open."""


@dataclass(frozen=True, slots=True)
class Source:
    """A registered source; `title` says in Spanish what it lists.

    `about` names the subjects that it lists as kinds of facts do (`person`, `plan`, `office:1`); empty: they may be
    anything.
    """

    name: str
    title: str
    list: Lister
    about: str = ""


_sources: dict[str, Source] = {}


def source(name: str, title: str = "", *, about: str = "") -> Callable[[Lister], Lister]:
    """Register a function as the source `name`."""

    def register(lister: Lister) -> Lister:
        _sources[name] = Source(name, title or name, lister, about)
        return lister

    return register


def known() -> dict[str, Source]:
    """Every source by its name."""
    return dict(_sources)


def title(name: str) -> str:
    """What the source `name` lists, in words; the name itself when no room registers it any more."""
    found = _sources.get(name)
    return found.title if found is not None else name


def subjects(session: Session, name: str, on: date) -> Iterable[Subject]:
    """The subjects of the source `name` on a day; none when no room registers it any more."""
    found = _sources.get(name)
    return found.list(session, on) if found is not None else ()


Ender = Callable[[Session, Collection[int]], Mapping[int, str]]
"""Of these ids, those of subjects that ended before their time, so that nothing can be done about them: and why."""

_enders: dict[str, Ender] = {}


def ended(kind: str) -> Callable[[Ender], Ender]:
    """Register what says which subjects of a kind ended before their time."""

    def register(ender: Ender) -> Ender:
        _enders[kind] = ender
        return ender

    return register


def endings(session: Session, kind: str, ids: Collection[int]) -> Mapping[int, str]:
    """Why those of `ids` ended that did, in a sentence."""
    found = _enders.get(kind)
    return found(session, ids) if found is not None and ids else {}
