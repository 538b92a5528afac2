"""Processes that get stuck, turn by themselves, or have parts that nothing reaches."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace

from tests.engine import diagrams as d
from tests.engine.gate.cases import MESSAGE
from tests.engine.gate.cases import SERVICE
from tests.engine.gate.cases import Case
from tests.engine.gate.cases import body

A, B, C = "Activity_A", "Activity_B", "Activity_C"
SPLIT = d.choice("Gateway_S", "Flow_D")


def cases() -> Iterator[Case]:
    """Every process that may not come to its end."""
    yield from _turning()
    yield from _stuck()
    yield from _held()
    yield from _unreached()


def _split(*, one: str, other: str) -> str:
    """The decision Gateway_S, towards `one` when again, else towards `other`."""
    return SPLIT + d.flow("Gateway_S", one, "again == True") + d.flow("Gateway_S", other, name="Flow_D")


def _turning() -> Iterator[Case]:
    join = d.choice("Gateway_J")
    for name, inner in {
        "service": d.service(A, SERVICE),
        "service twice": d.service(A, SERVICE) + d.service(B, SERVICE),
        "call": d.call(A, "otro"),
        "sub-process": d.sub(A, d.start("Event_A") + d.service(C, SERVICE) + d.end("Event_B")
                             + d.chain("Event_A", C, "Event_B")),
    }.items():  # fmt: skip
        steps = [A, B] if B in inner else [A]
        others = {"otro": d.start() + d.service("Activity_S", SERVICE) + d.end()
                  + d.chain("Event_Inicio", "Activity_S", "Event_Fin")} if name == "call" else {}  # fmt: skip
        text = (d.start() + join + inner + d.end() + d.chain("Event_Inicio", "Gateway_J", *steps, "Gateway_S")
                + _split(one="Gateway_J", other="Event_Fin"))  # fmt: skip
        yield body(f"turns alone through a {name}", "loop", text, **others)
    text = (d.start() + join + d.end() + d.user(A) + d.chain("Event_Inicio", A, "Gateway_J", "Gateway_S")
            + _split(one="Gateway_J", other="Event_Fin"))  # fmt: skip
    yield body("a decision that turns on itself", "loop", text)
    inner = (d.start("Event_A") + d.choice("Gateway_Y", "Flow_Y") + d.user(C) + d.end("Event_B") + d.end("Event_C")
             + d.chain("Event_A", "Gateway_Y") + d.flow("Gateway_Y", C, "again == True") + d.flow(C, "Event_B")
             + d.flow("Gateway_Y", "Event_C", name="Flow_Y"))  # fmt: skip
    text = (d.start() + join + d.sub(A, inner) + d.end() + d.chain("Event_Inicio", "Gateway_J", A, "Gateway_S")
            + _split(one="Gateway_J", other="Event_Fin"))  # fmt: skip
    yield body("a sub-process that need not wait", "loop", text)


def _fork(to: str, *steps: str) -> str:
    """Steps side by side between Gateway_P and the element `to`."""
    return d.parallel("Gateway_P") + "".join(
        d.user(step) + d.flow("Gateway_P", step) + d.flow(step, to) for step in steps
    )


def _stuck() -> Iterator[Case]:
    join = d.parallel("Gateway_J")
    text = (
        d.start()
        + d.end()
        + join
        + d.user(A)
        + d.user(B)
        + d.chain("Event_Inicio", "Gateway_S")
        + _split(one=A, other=B)
        + d.flow(A, "Gateway_J")
        + d.flow(B, "Gateway_J")
        + d.flow("Gateway_J", "Event_Fin")
    )
    yield body("waits for both after a decision", "stuck", text)
    text = (
        d.start()
        + d.end()
        + d.end("Event_Z")
        + join
        + d.user(C)
        + _fork("Gateway_J", A)
        + d.flow("Event_Inicio", "Gateway_P")
        + d.flow("Gateway_P", C)
        + d.flow(C, "Gateway_S")
        + _split(one="Gateway_J", other="Event_Z")
        + d.flow("Gateway_J", "Event_Fin")
    )
    yield body("a branch may end before the join", "stuck", text)
    text = (
        d.start()
        + d.end()
        + d.choice("Gateway_X")
        + d.user(C)
        + _fork("Gateway_X", A, B)
        + d.flow("Event_Inicio", "Gateway_P")
        + d.flow("Gateway_X", C)
        + d.flow(C, "Event_Fin")
    )
    yield body("two at once at a union", "twice-at-once", text)
    text = (
        d.start()
        + d.end()
        + d.choice("Gateway_X")
        + d.sub(
            C,
            d.start("Event_A") + d.user("Activity_D") + d.end("Event_B") + d.chain("Event_A", "Activity_D", "Event_B"),
        )
        + _fork("Gateway_X", A, B)
        + d.flow("Event_Inicio", "Gateway_P")
        + d.flow("Gateway_X", C)
        + d.flow(C, "Event_Fin")
    )
    yield body("twice at once in a sub-process", "twice-at-once", text)
    loop = (
        d.start()
        + d.end()
        + d.choice("Gateway_X")
        + join
        + _fork("Gateway_J", A, B)
        + d.chain("Event_Inicio", "Gateway_X", "Gateway_P")
        + d.flow("Gateway_J", "Gateway_S")
        + _split(one="Gateway_X", other="Event_Fin")
    )
    yield body("a join within a loop", "join-in-loop", loop)
    inside = loop.replace(d.start(), d.start("Event_A")).replace(d.end(), d.end("Event_B"))
    inside = inside.replace("Event_Inicio", "Event_A").replace("Event_Fin", "Event_B")
    outer = d.start() + d.sub("Activity_Sub", inside) + d.end() + d.chain("Event_Inicio", "Activity_Sub", "Event_Fin")
    yield body("a join within a loop of a sub-process", "join-in-loop", outer)
    text = (
        d.start()
        + d.end()
        + d.choice("Gateway_X")
        + d.choice("Gateway_Z")
        + d.user(A)
        + d.user(B)
        + d.chain("Event_Inicio", "Gateway_X", A, "Gateway_S")
        + _split(one="Gateway_Z", other="Event_Fin")
        + d.chain("Gateway_Z", B)
        + d.flow(B, "Gateway_Z")
    )
    yield body("a loop without a way out", "stuck", text)
    edge = d.boundary("Event_X", A, MESSAGE) + d.flow("Event_X", "Event_Y") + d.end("Event_Y")
    trap = (
        d.start()
        + d.choice("Gateway_Z")
        + d.sub(
            A,
            d.start("Event_A")
            + d.choice("Gateway_W")
            + d.user(B)
            + d.user(C)
            + d.end("Event_B")
            + d.chain("Event_A", C, "Gateway_S")
            + _split(one="Gateway_W", other="Event_B")
            + d.chain("Gateway_W", B)
            + d.flow(B, "Gateway_W"),
        )
        + edge
        + d.end()
        + d.chain("Event_Inicio", "Gateway_Z", A, "Event_Fin")
    )
    yield body("only a message would end it", "stuck", trap)


def _round(*steps: str, before: Sequence[str] = ()) -> str:
    """`steps` again and again while again, after those of `before`."""
    way = d.chain("Event_Inicio", *before, "Gateway_X", *steps, "Gateway_S")
    return d.start() + d.choice("Gateway_X") + d.end() + way + _split(one="Gateway_X", other="Event_Fin")


def _held() -> Iterator[Case]:
    """Loops whose way out hangs on what nobody in them can change."""
    asked, said = d.user(A), d.user(B, outputs="again=again")
    yield body("what its beginning said turns it for ever", "stuck", _round(A) + asked)
    yield body("what was said before turns it for ever", "stuck", _round(A, before=[B]) + asked + said)
    alike = body("its service always says the same", "stuck", _round(A, C) + asked + d.service(C, SERVICE))
    yield replace(alike, begun_with=frozenset(), supplies={SERVICE: {"again": frozenset({True})}})
    other = d.start() + d.user(C) + d.end() + d.chain("Event_Inicio", C, "Event_Fin")
    yield body("what it calls says nothing", "stuck", _round(A) + d.call(A, "otro"), otro=other)
    called = d.start() + d.call(C, "otro") + d.end() + d.chain("Event_Inicio", C, "Event_Fin")
    yield body("what calls it says nothing meanwhile", "stuck", called, otro=_round(A) + asked)


def controls() -> Iterator[Case]:
    """Loops out of which somebody in them can lead."""
    asked, said = d.user(A), d.user(B, outputs="again=again")
    yield body("who is in it says it", "", _round(A, B) + asked + said)
    served = body("its service may say otherwise", "", _round(A, C) + asked + d.service(C, SERVICE))
    yield replace(served, begun_with=frozenset(), supplies={SERVICE: {"again": frozenset({True, False})}})
    other = d.start() + said + d.end() + d.chain("Event_Inicio", B, "Event_Fin")
    yield body("what it calls may say otherwise", "", _round(A) + d.call(A, "otro"), otro=other)


def _unreached() -> Iterator[Case]:
    text = (
        d.start()
        + d.end()
        + d.user(A)
        + d.chain("Event_Inicio", A, "Event_Fin")
        + d.choice("Gateway_X")
        + d.user(B)
        + d.chain("Gateway_X", B)
        + d.flow(B, "Gateway_X")
    )
    yield body("an island", "unreached", text)
    joined = (
        d.start()
        + d.end()
        + d.user(A)
        + d.choice("Gateway_X")
        + d.choice("Gateway_Z")
        + d.user(B)
        + d.chain("Event_Inicio", A, "Gateway_X", "Event_Fin")
        + d.chain("Gateway_Z", B, "Gateway_S")
        + _split(one="Gateway_Z", other="Gateway_X")
    )
    yield body("a loop that only leads in", "unreached", joined)
    signal = (
        '<bpmn:boundaryEvent id="Event_X" attachedToRef="Activity_A"><bpmn:signalEventDefinition id="x" '
        'signalRef="Signal_fin" /></bpmn:boundaryEvent>'
    )
    text = (
        d.start()
        + d.end()
        + d.end("Event_Y")
        + d.user(A)
        + signal
        + d.chain("Event_Inicio", A, "Event_Fin")
        + d.flow("Event_X", "Event_Y")
    )
    case = body("a signal that nobody throws", "unreached", text)
    declared = {
        name: one.replace("<bpmn:process", '<bpmn:signal id="Signal_fin" name="fin" /><bpmn:process')
        for name, one in case.files.items()
    }
    yield Case(case.name, case.code, declared)
