"""`python -m tests.releases`: keep what the version in `pyproject.toml` stores, before it is released.

Every shipped process is walked by chance, the same chance each time, until a case has rested at every step; then a
small installation is filled in and backed up on each kind of database, which takes PostgreSQL and its programs.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from itertools import product
from random import Random
from typing import Any

import workflows
from engine import definitions
from engine.bundle import Bundle
from engine.registry import Process
from engine.spiff import Run
from engine.spiff import Specs
from engine.spiff import Work
from engine.spiff import parse
from forms.declaration import to_json
from tests.processes.walk import EFFECTS
from tests.processes.walk import STARTS
from tests.processes.walk import Walker
from tests.releases import installation
from tests.releases import kept
from tests.releases.kept import Released
from tests.releases.kept import Rest

WALKS = 400
STEPS = 250

Place = tuple[str, str, str]  # process, element, kind


@dataclass
class Keeper(Walker):
    """A walker who keeps the first state in which a case rested at each step."""

    found: dict[Place, Rest] = field(default_factory=dict)

    def settle(self) -> None:
        """Run the services that wait, keeping the state before each, and that in which only people are waited for."""
        while services := self.run.services():
            self._keep(services)
            self.variables.update(EFFECTS.get(services[0].element.operation, {}))
            self.run.complete(services[0].id)
        self._keep(self.run.tasks())

    def _keep(self, waiting: list[Work]) -> None:
        for work in waiting:
            place = work.process_key, work.element.id, work.element.kind
            if place not in self.found and not self.run.end:
                state = self.run.dump()
                self.found[place] = Rest(*place, state, dict(self.variables), tuple(self.run.passed))


def main() -> int:
    """Keep every shipped process; returns 1 when no walk came to some of its steps."""
    workflows.register()
    version, missing = kept.current_version(), []
    for process in workflows.ALL:
        bundle = definitions.bundle_of(process)
        found = rests(bundle)
        missing += sorted(steps(bundle) - found.keys())
        if not missing:
            path = kept.write(_released(version, process, bundle, found))
            print(f"{path.relative_to(kept.HERE)}: {len(found)} states")
    for place in missing:
        print("No walk came to", *place)
    for kind in () if missing else installation.KINDS:
        path = installation.keep(kind)
        print(f"{path.relative_to(kept.HERE)}: {path.stat().st_size // 1024} KB")
    return 1 if missing else 0


def steps(bundle: Bundle) -> set[Place]:
    """Every step of a bundle at which a case can rest."""
    every = (one for elements in bundle.elements.values() for one in elements)
    return {(one.process_key, one.id, one.kind) for one in every if one.kind in ("user", "service")}


def rests(bundle: Bundle) -> dict[Place, Rest]:
    """A state for each step of a bundle that some walk came to."""
    specs, found = parse(bundle), dict[Place, Rest]()
    starts = _starts(bundle)
    for number in range(WALKS):
        if steps(bundle) <= found.keys():
            break
        _walk(specs, starts[number % len(starts)], found, Random(number))  # chance, not a secret
    return found


def _starts(bundle: Bundle) -> list[Mapping[str, Any]]:
    """What may be decided from outside of a case of any of its processes."""
    choices = [STARTS[key] for key in bundle.elements if key in STARTS]
    return [{name: value for part in parts for name, value in part.items()} for parts in product(*choices)]


def _walk(specs: Specs, decided: Mapping[str, Any], found: dict[Place, Rest], chance: Random) -> None:
    variables = {**specs.bundle.variables, **decided}
    keeper = Keeper(_begun(specs, variables), variables, decided=decided, found=found)
    keeper.settle()
    for _ in range(STEPS):
        acts = list(keeper.acts(most=STEPS))
        if keeper.run.end or not acts:
            return
        steps_first = [act for act in acts if act.element] or acts
        keeper.do(chance.choice(steps_first if chance.random() < 0.9 else acts))


def _begun(specs: Specs, variables: dict[str, Any]) -> Run:
    return Run.start(specs, variables)


def _released(version: str, process: Process, bundle: Bundle, found: Mapping[Place, Rest]) -> Released:
    forms = {name: to_json(form) for name, form in process.forms.items()}
    return Released(version, bundle, forms, tuple(found[place] for place in sorted(found)))


if __name__ == "__main__":
    sys.exit(main())
