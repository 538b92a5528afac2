"""Acts in any order: what was made is found, what ended is not, what is stale or repeated is told apart.

A machine does by chance what programs do one after another, and knows what must be there afterwards.
"""

from collections.abc import Callable
from datetime import date
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import settings
from hypothesis import strategies
from hypothesis.stateful import Bundle
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import consumes
from hypothesis.stateful import invariant
from hypothesis.stateful import rule
from hypothesis.stateful import run_state_machine_as_test

from tests.api.callers import Caller
from tests.api.fuzzing import values
from tests.api.fuzzing.world import World
from tests.api.office import Office

pytestmark = pytest.mark.xdist_group("fuzzing")  # they share a world that takes a while to build

NAMING = "Activity_NombrarProducto"
words = strategies.sampled_from((values.ALPHABET, *values.NAMES))
yes_or_no = strategies.booleans()


class Acts(RuleBasedStateMachine):
    """Contacts, people, absences, advisories and the first step of products, on the office as it was."""

    contacts: Bundle[int] = Bundle("contacts")
    people: Bundle[int] = Bundle("people")
    absences: Bundle[int] = Bundle("absences")
    advisories: Bundle[int] = Bundle("advisories")
    waiting: Bundle[dict[str, Any]] = Bundle("waiting")
    done: Bundle[dict[str, Any]] = Bundle("done")

    def __init__(self, office: Office, plan: dict[str, Any], put_back: Callable[[], None]) -> None:
        super().__init__()
        put_back()
        self.office, self.plan_id = office, plan["id"]
        rows = self.all(office.reader, f"/instances/{plan['instance_id']}/submissions")
        sent = next(row["id"] for row in rows if row["element"] == "Activity_SocializarPlan")
        self.socialised = f"/instances/{plan['instance_id']}/submissions/{sent}"
        self.advisor, self.lead, self.root = (office.callers[name] for name in ("asesora", "lider", "admin"))
        self.topics: dict[int, str] = {row["id"]: row["topic"] for row in self.all(self.advisor, "/contacts")}
        self.names: dict[int, str] = {}
        self.away = {row["id"] for row in self.all(self.advisor, "/absences")}
        self.names_of_products: dict[str, str] = {}
        self.number = 0

    def all(self, caller: Caller, path: str) -> list[dict[str, Any]]:
        return list(caller("GET", path, query_string={"limit": 200}).json["items"])

    def key(self) -> dict[str, str]:
        self.number += 1
        return {"Idempotency-Key": f"clave-{self.number}"}

    def twice(self, caller: Caller, path: str, body: dict[str, Any], status: int = 201, **headers: str) -> Any:
        """What an act answers, done once and asked for twice under its key; another body under it is refused."""
        sent = {"headers": {**self.key(), **headers}, "_expected_status": status}
        first = caller("POST", path, json=body, **sent).json
        assert caller("POST", path, json=body, **sent).json == first
        name = next(name for name in body if name in ("name", "topic", "summary", "note", "data"))
        other = {"data": {}} if name == "data" else {name: "otra cosa"}
        caller("POST", path, json={**body, **other}, **{**sent, "_expected_status": 422})
        return first

    @rule(target=contacts, topic=words)
    def contact(self, topic: str) -> int:
        body = {"topic": topic, "entity_id": self.office.entities[0]["id"], "channel": "call", "minutes": 5,
                "occurred_on": "2026-11-20", "confirmed": True}  # fmt: skip
        made = self.twice(self.advisor, "/contacts", body)
        self.topics[made["id"]] = topic
        return int(made["id"])

    @rule(contact=consumes(contacts))
    def annul_contact(self, contact: int) -> None:
        path, why = f"/contacts/{contact}/annul", {"reason": "Se repitió."}
        self.advisor("POST", path, json=why)
        self.advisor("POST", path, json=why, _expected_status=409)
        assert self.advisor("GET", f"/contacts/{contact}").json["annulment_reason"] == "Se repitió."
        del self.topics[contact]

    @rule(target=people, name=words)
    def person(self, name: str) -> int:
        made = self.twice(self.root, "/people", {"name": name})
        self.names[made["id"]] = name
        return int(made["id"])

    @rule(person=people, name=words, stale=yes_or_no)
    def rename(self, person: int, name: str, stale: bool) -> None:
        path = f"/people/{person}"
        read = {"If-Match": self.root("GET", path).headers["ETag"]}
        if stale:
            self.root(
                "PATCH", path, json={"position": f"Cargo {self.number}", "name": self.names[person]}, headers=read
            )
            self.number += 1
            changed = self.root("GET", path).headers["ETag"] != read["If-Match"]
            self.root("PATCH", path, json={"name": name}, headers=read, _expected_status=412 if changed else 200)
        else:
            self.root("PATCH", path, json={"name": name}, headers=read)
        self.names[person] = self.names[person] if stale and changed else name

    @rule(target=absences)
    def absence(self) -> int:
        day = (date(2027, 1, 1) + timedelta(days=self.number)).isoformat()
        body = {"kind": "comision", "since": day, "until": day, "note": "Viaje"}
        made = self.twice(self.advisor, "/absences", body)
        self.advisor("POST", "/absences", json=body, _expected_status=422)
        self.away.add(made["id"])
        return int(made["id"])

    @rule(absence=consumes(absences))
    def back(self, absence: int) -> None:
        self.lead("DELETE", f"/absences/{absence}", _expected_status=404)
        for _ in range(2):  # saying it again changes nothing
            self.advisor("DELETE", f"/absences/{absence}", _expected_status=204)
        self.away.discard(absence)

    @rule(target=advisories, summary=words)
    def advise(self, summary: str) -> int:
        body = {"summary": summary, "occurred_on": "2026-11-20", "modality": "remote", "plans": [self.plan_id],
                "confirmed": True}  # fmt: skip
        return int(self.twice(self.advisor, "/advisories", body)["id"])

    @rule(advisory=advisories, place=words)
    def correct_advisory(self, advisory: int, place: str) -> None:
        path = f"/advisories/{advisory}"
        read = {"If-Match": self.advisor("GET", path).headers["ETag"]}
        change = {"place": place, "summary": f"Resumen {self.number}", "reason": "Faltaba."}
        self.number += 1
        assert self.advisor("PATCH", path, json=change, headers=read).json["place"] == place
        self.advisor("PATCH", path, json=change, headers=read, _expected_status=412)
        assert self.advisor("GET", path).json["place"] == place

    @rule(advisory=consumes(advisories))
    def annul_advisory(self, advisory: int) -> None:
        path = f"/advisories/{advisory}"
        self.advisor("POST", f"{path}/annul", json={"reason": "No fue."})
        self.advisor("POST", f"{path}/annul", json={"reason": "No fue."}, _expected_status=409)
        self.advisor("PATCH", path, json={"place": "Quibdó", "reason": "Tarde."}, _expected_status=409)
        assert self.advisor("GET", path).json["status"] == "annulled"

    @rule(target=waiting, name=words)
    def begin(self, name: str) -> dict[str, Any]:
        body = {"name": name, "unit_id": self.office.unit_id, "lead_id": self.office.id_of("lider")}
        product = self.twice(self.lead, "/products", body)
        self.names_of_products[product["code"]] = name
        return {**product, "task": self.office.task(product["instance_id"], NAMING)["id"]}

    @rule(product=waiting, name=words)
    def draft(self, product: dict[str, Any], name: str) -> None:
        path, key = f"/tasks/{product['task']}", {"data": {"name": name}}
        kept = self.lead("GET", path).json["draft"]
        revision = kept["revision"] if kept else 0
        self.lead("PUT", f"{path}/draft", json={**key, "revision": revision})
        self.lead("PUT", f"{path}/draft", json={**key, "revision": revision}, _expected_status=409)
        assert self.lead("GET", path).json["draft"]["data"]["name"] == name

    @rule(target=done, product=consumes(waiting), name=words)
    def complete(self, product: dict[str, Any], name: str) -> dict[str, Any]:
        path = f"/tasks/{product['task']}"
        shown = self.lead("GET", path)
        body = {"data": self.office.answers(self.lead, shown.json, {"name": name})}
        for match, status in (("", 428), ('"99"', 412), ("x", 422)):
            headers = {"If-Match": match} if match else {}
            self.lead("POST", f"{path}/complete", json=body, headers=headers, _expected_status=status)
        match = {"If-Match": shown.headers["ETag"]}
        receipt = self.twice(self.lead, f"{path}/complete", body, 200, **match)
        self.lead("POST", f"{path}/complete", json=body, headers={"If-Match": "*"}, _expected_status=409)
        self.lead("PUT", f"{path}/draft", json={"data": {"name": name}}, _expected_status=409)
        assert NAMING not in self.office.waiting(product["instance_id"])
        self.names_of_products[product["code"]] = name
        return {**product, "path": f"/instances/{product['instance_id']}/submissions/{receipt['submission_id']}"}

    @rule(product=done, name=words)
    def correct_what_is_carried(self, product: dict[str, Any], name: str) -> None:
        """The product carries that name: it is not corrected where it was first said."""
        body = {"reason": "Se escribió mal.", "changes": [{"path": "name", "value": name}], "confirmed": True}
        sent = {"json": body, "headers": {"If-Match": "*"}, "_expected_status": 422}
        before = self.lead("GET", product["path"]).json
        self.lead("POST", f"{product['path']}/rectifications", **sent)
        assert self.lead("GET", product["path"]).json == before

    @rule(party=words)
    def correct(self, party: str) -> None:
        before = self.advisor("GET", self.socialised)
        said = before.json["in_force"]["responsibilities"][0]["party"]
        change = {"path": "responsibilities/0/party", "value": party}
        body = {"reason": "Se escribió mal.", "changes": [change], "confirmed": True}
        sent = {"json": body, "headers": {"If-Match": before.headers["ETag"]}}
        self.advisor(
            "POST", f"{self.socialised}/rectifications", **sent, _expected_status=422 if said == party else 201
        )
        after = self.advisor("GET", self.socialised).json
        assert (after["data"], after["in_force"]["responsibilities"][0]["party"]) == (before.json["data"], party)
        if said != party:
            self.advisor("POST", f"{self.socialised}/rectifications", **sent, _expected_status=412)

    @rule(product=consumes(done))
    def withdraw(self, product: dict[str, Any]) -> None:
        path, why = f"/products/{product['code']}", {"reason": "Se fusiona con otro."}
        assert self.lead("POST", f"{path}/withdraw", json=why).json
        self.lead("POST", f"{path}/withdraw", json=why, _expected_status=409)
        assert self.lead("GET", path).json["status"] == "withdrawn"
        assert self.office.waiting(product["instance_id"]) == []

    @invariant()
    def what_is_there_is_found_and_nothing_else(self) -> None:
        found = {row["id"]: row["topic"] for row in self.all(self.advisor, "/contacts")}
        assert found == self.topics
        away = self.all(self.advisor, "/absences")
        assert {row["id"] for row in away if row["revoked_at"] is None} == self.away
        assert self.names.items() <= {row["id"]: row["name"] for row in self.all(self.root, "/people")}.items()


@pytest.mark.hypothesis
def test_what_programs_do_in_any_order_holds_together(
    office: Office, world: World, plans: list[dict[str, Any]], put_back: Callable[[], None]
) -> None:
    long = settings().max_examples >= settings.get_profile("soak").max_examples
    count, steps = (60, 30) if long else (2, 14)
    quiet = settings(suppress_health_check=list(HealthCheck), database=None, deadline=None, phases=[Phase.generate])
    run_state_machine_as_test(
        lambda: Acts(office, plans[0], put_back),
        settings=settings(quiet, max_examples=count, stateful_step_count=steps),
    )
