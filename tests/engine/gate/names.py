"""Names that are missing, repeated, odd or taken."""

from collections.abc import Iterator

from tests.engine import diagrams as d
from tests.engine.gate.cases import MESSAGE
from tests.engine.gate.cases import VARIABLES
from tests.engine.gate.cases import Case
from tests.engine.gate.cases import body
from tests.engine.gate.cases import spoiled
from tests.engine.gate.cases import whole

USER = "Activity_Uno"
ODD = ("", " ", "1a", "a b", "á", "a.b", "a-b", "a/b", "{x}", "${x}", "x" * 81, "Start", "END", "root", "typename",
       "self",
       "caso", "CASO", "x.EndJoin")  # fmt: skip


def cases() -> Iterator[Case]:
    """Every bundle that calls something by a name it must not have."""
    for name in ODD:
        yield _named(f"element {name!r}", name)
        yield spoiled(f"arrow {name!r}", "id", 'id="Flow_Sigue"', f'id="{name}"')
    for name in ("Event_Fin", "event_inicio", "ACTIVITY_ESCRIBIR"):
        yield spoiled(f"taken {name}", "id", 'id="Flow_Sigue"', f'id="{name}"')
    yield spoiled("element without a name", "id", '<bpmn:endEvent id="Event_Fin" />', "<bpmn:endEvent />")
    for name in ("", "Message_x y", "1"):
        yield spoiled(f"message id {name!r}", "id", f'id="Message_{MESSAGE}"', f'id="{name}"')
    for name in ("", "a b", "1", "á", "x;y"):
        yield spoiled(f"message {name!r}", "event-name", f'name="{MESSAGE}"', f'name="{name}"')
    yield spoiled("a property twice", "property-twice", 'name="role" value="technical_lead"',
                  'name="form" value="nota"')  # fmt: skip
    yield spoiled("not executable", "executable", 'isExecutable="true"', 'isExecutable="false"')
    yield spoiled("not said to be executable", "executable", ' isExecutable="true"', "")
    yield Case("another key", "key", {"otro.bpmn": d.diagram("otro", _line(USER))})
    yield Case("no process", "one-process", {"caso.bpmn": d.HEAD + "</bpmn:definitions>"})
    process = whole().removeprefix(d.HEAD).removesuffix("</bpmn:definitions>")
    second = process[process.index("<bpmn:process") :].replace('id="caso"', 'id="otro"')
    yield Case(
        "two processes in a file", "one-process", {"caso.bpmn": d.HEAD + process + second + "</bpmn:definitions>"}
    )
    yield Case("the same process twice", "process-twice", {"caso.bpmn": whole(), "copia.bpmn": whole()})
    yield body("nobody calls it", "uncalled", _line(USER), otro=_line(USER))
    yield body("calls what is not there", "called", _line("Activity_Llamar", d.call("Activity_Llamar", "otro")))
    yield body("calls itself", "recursion", _line("Activity_Llamar", d.call("Activity_Llamar", "caso")))
    calls = {key: _line("Activity_Llamar", d.call("Activity_Llamar", to)) for key, to in
             {"uno": "dos", "dos": "tres", "tres": "uno"}.items()}  # fmt: skip
    yield body(
        "calls itself in the end", "recursion", _line("Activity_Llamar", d.call("Activity_Llamar", "uno")), **calls
    )
    many = [f"Activity_{number}" for number in range(149)]
    yield body("too many elements", "too-many", d.start() + "".join(map(d.user, many)) + d.end()
               + d.chain("Event_Inicio", *many, "Event_Fin"))  # fmt: skip


def _named(name: str, identity: str) -> Case:
    return body(name, "id", _line(identity), variables=VARIABLES)


def _line(name: str, element: str = "") -> str:
    return d.start() + (element or d.user(name)) + d.end() + d.chain("Event_Inicio", name, "Event_Fin")
