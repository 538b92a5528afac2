"""People who owe things, for tests of who is told what."""

from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import timedelta

from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory.models import Encargo
from directory.models import Person
from directory.models import Region
from directory.models import RegionScheme
from directory.models import RoleGrant
from directory.names import normalise
from notifications import specs
from notifications.calendar import LAW
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Policy
from notifications.models import PolicyVersion
from notifications.specs import PolicySpec

LONG_AGO = date(2020, 1, 1)


def spec(**changes: object) -> PolicySpec:
    """A monthly policy with the default ladder."""
    values: dict[str, object] = {
        "title": "Informe mensual",
        "owes": "El informe mensual de actividades",
        "to_whom": "el articulador regional",
        "source_text": "Prueba",
        "subjects": "people",
        "frequency": "monthly",
        "due": {"rule": "period_end"},
        "since": LONG_AGO,
    }
    return PolicySpec(**{**values, **changes})  # type: ignore[arg-type]


@dataclass
class Scene:
    """A region with its coordinator, the DER, and whoever a test adds."""

    session: Session
    now: datetime
    policies: dict[str, Policy] = field(default_factory=dict)
    region_id: int = 0

    def person(
        self, name: str, role: str = "thematic_expert", scope: str = "national", scope_id: int | None = None
    ) -> Person:
        """Somebody with an address and a role: who holds none is not reminded of what stayed in their name."""
        email = normalise(name).replace(" ", ".") + "@example.org"
        row = Person(name=name, search_name=normalise(name), email=email, email_key=email, created_at=self.now)
        self.session.add(row)
        self.session.flush()
        if role:
            grant = RoleGrant(person_id=row.id, role=role, scope_kind=scope, scope_id=scope_id, since=LONG_AGO)
            self.session.add(grant)
            self.session.flush()
        return row

    def region(self) -> int:
        """The only region."""
        if not self.region_id:
            scheme = RegionScheme(key="una", name="Una", region_count=1, current=True)
            self.session.add(scheme)
            self.session.flush()
            row = Region(scheme_id=scheme.id, name="Caribe")
            self.session.add(row)
            self.session.flush()
            self.region_id = row.id
        return self.region_id

    def coordinator(self, name: str = "Marta Gil") -> Person:
        """The coordinator of the region."""
        return self.person(name, "regional_coordinator", "region", self.region())

    def policy(self, key: str = "informe", **changes: object) -> Policy:
        """A policy in force."""
        if key not in self.policies:
            row = Policy(key=key, enabled=True, version=1)
            self.session.add(row)
            self.session.flush()
            data = specs.to_json(spec(**changes))
            version = PolicyVersion(policy_id=row.id, number=1, spec=data, reason="Prueba", created_at=self.now)
            self.session.add(version)
            self.session.flush()
            self.policies[key] = row
        return self.policies[key]

    def owes(self, debtor: Person | None, due_on: date, key: str = "informe", **values: object) -> Obligation:
        """Something that `debtor` owes by a day, in the region."""
        at = LAW.at_cut_off(due_on)
        given: dict[str, object] = {
            "policy_id": self.policy(key).id, "policy_version": 1, "subject_kind": "person",
            "subject_id": debtor.id if debtor else 0, "period": due_on.isoformat(),
            "period_start": due_on - timedelta(days=30), "period_end": due_on, "title": "Informe mensual de noviembre",
            "subject_label": debtor.name if debtor else "Cargo sin titular", "debtor_id": debtor.id if debtor else None,
            "region_id": self.region(), "due_on": due_on, "due_at": at, "limit_at": at,
            "explanation": "último día del mes", "calendar_version": 0, "status": ObligationStatus.PENDING,
            "created_at": self.now, "changed_at": self.now,
        }  # fmt: skip
        row = Obligation(**{**given, **values})
        self.session.add(row)
        self.session.flush()
        return row

    def acting(self, person: Person, role: str) -> None:
        """Give a national encargo."""
        row = Encargo(person_id=person.id, role=role, scope_kind="national", since=LONG_AGO)
        self.session.add(row)
        self.session.flush()

    @property
    def today(self) -> date:
        return local_date(self.now)


def crowd(session: Session, now: datetime, count: int) -> None:
    """So many people, each owing one thing today: written in a few statements."""
    scene = Scene(session, now)
    model = scene.owes(scene.person("Persona 0"), scene.today)
    first = model.debtor_id or 0
    people = [
        {
            "id": first + n, "name": f"Persona {n}", "search_name": f"persona {n}", "email": f"persona.{n}@example.org",
            "email_key": f"persona.{n}@example.org", "position": "", "created_at": now,
        }
        for n in range(1, count)
    ]  # fmt: skip
    session.execute(insert(Person), people)
    post = session.scalars(select(RoleGrant).where(RoleGrant.person_id == first)).one()
    held = {column.key: getattr(post, column.key) for column in RoleGrant.__table__.c if column.key != "id"}
    session.execute(insert(RoleGrant), [{**held, "person_id": row["id"]} for row in people])
    same = {column.key: getattr(model, column.key) for column in Obligation.__table__.c if column.key != "id"}
    owed = [{**same, "subject_id": row["id"], "debtor_id": row["id"]} for row in people]
    session.execute(insert(Obligation), owed)
