"""A process as a net of places: where it can stand, and what can happen next.

A place is an arrow along which somebody is expected, or a sub-process that has begun. What is called is one step: it is
examined by itself. A message may interrupt at any time; a signal interrupts whoever listens when it is thrown.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.bundle import Bundle
from engine.bundle import Element
from engine.bundle import Flow
from engine.gate.refusal import refuse

Marking = frozenset[str]
BEGUN = "@"


@dataclass(frozen=True, slots=True)
class Move:
    """Something that happens: at which element, along which arrow of a decision, and where the process then stands."""

    element: Element
    chosen: Flow | None
    after: Marking


class Net:
    """One process of a bundle, of which arrows and degrees were found sound."""

    def __init__(self, bundle: Bundle, key: str) -> None:
        self.bundle, self.key = bundle, key
        self.elements = {one.id: one for one in bundle.elements[key]}
        self.flows = {flow.id: flow for flow in bundle.flows[key]}
        self.leaving: dict[str, list[Flow]] = defaultdict(list)
        self.coming: dict[str, list[Flow]] = defaultdict(list)
        for flow in bundle.flows[key]:
            self.leaving[flow.source].append(flow)
            self.coming[flow.target].append(flow)

    @cached_property
    def start(self) -> Marking:
        """Where the process stands when it begins."""
        return frozenset({self._entrance(self.key)})

    def at(self, place: str) -> Element:
        """The element at which a place waits."""
        return self.elements[place.removeprefix(BEGUN) if place.startswith(BEGUN) else self.flows[place].target]

    def sources(self, marking: Marking) -> Iterator[str]:
        """The elements from which the process came to stand at `marking`."""
        return (self.flows[place].source for place in marking if not place.startswith(BEGUN))

    def moves(self, marking: Marking, *, messages: bool) -> Iterator[Move]:
        """All that can happen at `marking`; without `messages`, nothing interrupts but what the process itself throws.

        Raises DefinitionError when something would happen twice at once.
        """
        for place in sorted(marking):
            element = self.at(place)
            if place.startswith(BEGUN):
                yield from self._leave(marking, element)
            else:
                yield from self._pass(marking, place, element)
            if messages:
                for boundary in self._listening(element):
                    if boundary.event == "message" and self._is_host(marking, place, element):
                        yield Move(boundary, None, self._interrupted(marking, boundary))

    def _pass(self, marking: Marking, place: str, element: Element) -> Iterator[Move]:
        rest = marking - {place}
        if element.kind == "end":
            yield Move(element, None, rest)
        elif element.kind == "choice":
            for flow in self.leaving[element.id]:
                yield Move(element, flow if len(self.leaving[element.id]) > 1 else None, self._with(rest, flow.id))
        elif element.kind == "parallel":
            needed = {flow.id for flow in self.coming[element.id]}
            if needed <= marking and place == min(needed):
                yield Move(element, None, self._with(marking - needed, *self._out(element)))
        elif element.kind == "sub_process":
            yield Move(element, None, self._with(rest, f"{BEGUN}{element.id}", self._entrance(element.id)))
        elif element.kind == "throw":
            yield Move(element, None, self._with(self._thrown(rest, element), *self._out(element)))
        else:
            yield Move(element, None, self._with(rest, *self._out(element)))

    def _leave(self, marking: Marking, element: Element) -> Iterator[Move]:
        if not any(self._within(place, element.id) for place in marking):
            yield Move(element, None, self._with(marking - {f"{BEGUN}{element.id}"}, *self._out(element)))

    def _thrown(self, marking: Marking, element: Element) -> Marking:
        """What stands after a signal has interrupted whoever listens."""
        for place in sorted(marking):
            if place not in marking:
                continue
            for boundary in self._listening(self.at(place)):
                heard = (boundary.event, boundary.event_name) == ("signal", element.event_name)
                if heard and self._is_host(marking, place, self.at(place)):
                    marking = self._interrupted(marking, boundary)
        return marking

    def _interrupted(self, marking: Marking, boundary: Element) -> Marking:
        host = boundary.attached_to
        gone = {place for place in marking if self.at(place).id == host or self._within(place, host)}
        return self._with(marking - gone, *self._out(boundary))

    def _is_host(self, marking: Marking, place: str, element: Element) -> bool:
        """Whether `element` has begun: a step as soon as it waits, a sub-process once it is entered."""
        return place.startswith(BEGUN) or element.kind in ("user", "call")

    def _listening(self, element: Element) -> list[Element]:
        return [one for one in self.elements.values() if one.kind == "boundary" and one.attached_to == element.id]

    def _entrance(self, scope: str) -> str:
        start = next(one for one in self.elements.values() if one.kind == "start" and one.scope == scope)
        return self.leaving[start.id][0].id

    def _out(self, element: Element) -> list[str]:
        return [flow.id for flow in self.leaving[element.id]]

    def _within(self, place: str, sub: str) -> bool:
        scope = self.elements[place.removeprefix(BEGUN)].scope if place.startswith(BEGUN) else self._scope_of(place)
        while scope != self.key:
            if scope == sub:
                return True
            scope = self.elements[scope].scope
        return False

    def _scope_of(self, place: str) -> str:
        return self.elements[self.flows[place].source].scope

    def _with(self, marking: Marking, *places: str) -> Marking:
        for place in places:
            if place in marking:
                refuse(self.bundle, self.at(place), "El paso se abriría dos veces a la vez.", "twice-at-once")
        return marking | set(places)
