"""Arrows that join what they must not, and decisions that decide nothing."""

from collections.abc import Iterator

from tests.engine import diagrams as d
from tests.engine.gate.cases import GOOD
from tests.engine.gate.cases import Case
from tests.engine.gate.cases import body
from tests.engine.gate.cases import spoiled

ONE, TWO = "Activity_Uno", "Activity_Dos"
LINE = d.start() + d.user(ONE) + d.user(TWO) + d.end() + d.chain("Event_Inicio", ONE, TWO, "Event_Fin")

FORBIDDEN = (
    "().__class__", "().__class__.__bases__[0].__subclasses__()", "__import__('os').system('id')",
    "open('/etc/passwd')",
    "eval('1')", "exec('1')", "verdict.__class__", "verdict.format(1)", "verdict.upper()", "len(verdict)", "print(1)",
    "lambda: 1", "[x for x in (1, 2)]", "{x for x in (1,)}", "{'a': 1}", "(x for x in (1,))", "f'{verdict}'",
    "verdict[0]",
    "verdict[::-1]", "count + 1", "count * 10 ** 9", "9 ** 9 ** 9", "'a' * 10 ** 9", "-count", "~count", "count % 2",
    "count << 99", "again if again else again", "(again := True)", "await again", "1.5 < count", "1j == count",
    "b'a' == verdict", "... == verdict", "_again", "__builtins__", "again == (1 < (2))[0]", "verdict @ verdict",
    "10 ** 16 < count", "10000000000000001 < count", "[again] == [again]", "verdict in verdict",
)  # fmt: skip
SYNTAX = ("again ==", "== True", "again == True;", "import os", "again = True", "def f(): pass", "(again", "again)",
          "'a",
          "verdict == «validated»", "again == True\nand", "\\", "{% x %}", "= 1", "again &&  count", "again || count",
          "!again", "return again", "*again")  # fmt: skip
TYPES = ("count < verdict", "verdict > count", "again < verdict", "count < None")


def cases() -> Iterator[Case]:
    """Every bundle whose arrows do not make a process."""
    yield from _arrows()
    yield from _decisions()
    yield from _conditions()


def _arrows() -> Iterator[Case]:
    for end in ("source", "target"):
        for name in ("Activity_Nadie", "", "Flow_Sigue"):
            real = 'sourceRef="Activity_Anotar"' if end == "source" else 'targetRef="Event_Fin"'
            yield spoiled(f"{end} {name!r}", "dangling", real, f'{end}Ref="{name}"')
    inner = d.sub(
        "Activity_Sub", d.start("Event_A") + d.user(TWO) + d.end("Event_B") + d.chain("Event_A", TWO, "Event_B")
    )
    outer = d.start() + d.user(ONE) + inner + d.end()
    yield body(
        "into a sub-process", "across", outer + d.chain("Event_Inicio", ONE, TWO) + d.flow("Activity_Sub", "Event_Fin")
    )
    yield body(
        "out of a sub-process",
        "across",
        outer + d.chain("Event_Inicio", ONE, "Activity_Sub") + d.flow(TWO, "Event_Fin"),
    )
    moved = inner.replace(d.flow(TWO, "Event_B"), "")
    yield body("written elsewhere", "across", d.start() + moved + d.end() + d.flow(TWO, "Event_B")
               + d.chain("Event_Inicio", "Activity_Sub", "Event_Fin"))  # fmt: skip
    yield body("twice the same", "arrow-twice", LINE + d.flow(ONE, TWO, name="Flow_Otra"))
    yield body("to itself", "arrow-twice", LINE + d.flow(ONE, ONE, name="Flow_Otra"))
    for name, code, text in (
        ("two ways out of a step", "arrows", LINE + d.end("Event_Z") + d.flow(ONE, "Event_Z")),
        ("two ways into a step", "arrows", LINE + d.flow(TWO, ONE)),
        ("into the start", "arrows", LINE.replace(d.flow(TWO, "Event_Fin"), d.flow(TWO, "Event_Inicio"))),
        ("out of the end", "arrows", LINE + d.user("Activity_Tres") + d.flow("Event_Fin", "Activity_Tres")),
        ("a step by itself", "arrows", LINE + d.user("Activity_Tres")),
        ("an end by itself", "arrows", LINE + d.end("Event_Z")),
        ("a start without arrow", "arrows", LINE.replace(d.flow("Event_Inicio", ONE), "")),
        ("nothing leads on", "arrows", LINE.replace(d.flow(ONE, TWO), "")),
        ("joins and splits at once", "arrows", LINE.replace(d.user(TWO), d.user(TWO) + d.parallel("Gateway_X"))
         + d.flow(ONE, "Gateway_X") + d.flow("Gateway_X", ONE)),
        ("two starts", "one-start", LINE + d.start("Event_Otro") + d.user("Activity_Tres") + d.end("Event_Z")
         + d.chain("Event_Otro", "Activity_Tres", "Event_Z")),
        ("no start", "one-start", d.user(ONE) + d.user(TWO) + d.chain(ONE, TWO, ONE)),
        ("no end", "no-end", d.start() + d.choice("Gateway_A") + d.user(ONE) + d.chain("Event_Inicio", "Gateway_A", ONE)
         + d.flow(ONE, "Gateway_A")),
        ("an empty sub-process", "one-start", d.start() + d.sub("Activity_Sub", "") + d.end()
         + d.chain("Event_Inicio", "Activity_Sub", "Event_Fin")),
        ("nothing at all", "one-start", ""),
        ("a sub-process without end", "no-end", d.start() + d.sub("Activity_Sub",
        d.start("Event_A") + d.choice("Gateway_A")
         + d.user(TWO) + d.chain("Event_A", "Gateway_A", TWO, "Gateway_A")) + d.end()
         + d.chain("Event_Inicio", "Activity_Sub", "Event_Fin")),
    ):  # fmt: skip
        yield body(name, code, text)


def _decisions() -> Iterator[Case]:
    yield spoiled("no default", "default", ' default="Flow_Otra"', "")
    yield spoiled(
        "default that is elsewhere", "default", ' default="Flow_Otra"', ' default="Flow_Activity_Anotar_Event_Fin"'
    )
    yield spoiled("default that is not there", "default", ' default="Flow_Otra"', ' default="Flow_Nadie"')
    yield spoiled("default with a condition", "default", ' default="Flow_Otra"', ' default="Flow_Sigue"')
    yield spoiled("a way without condition", "default", "<bpmn:conditionExpression>verdict == \"validated\""
                  "</bpmn:conditionExpression>", "")  # fmt: skip
    yield spoiled("a join with default", "join-decides", d.choice("Gateway_Union"),
                  d.choice("Gateway_Union", "Flow_Gateway_Union_Activity_Escribir"))  # fmt: skip
    told = d.flow("Gateway_Union", "Activity_Escribir")
    yield spoiled(
        "a join with a condition", "join-decides", told, d.flow("Gateway_Union", "Activity_Escribir", "again")
    )
    yield spoiled("a step with a condition", "condition-place", d.flow("Activity_Anotar", "Event_Fin"),
                  d.flow("Activity_Anotar", "Event_Fin", "again"))  # fmt: skip
    split = (d.start() + d.parallel("Gateway_A") + d.user(ONE) + d.user(TWO) + d.parallel("Gateway_B") + d.end()
             + d.chain("Event_Inicio", "Gateway_A", ONE, "Gateway_B", "Event_Fin")
             + d.flow(TWO, "Gateway_B"))  # fmt: skip
    yield body("a fork with a condition", "condition-place", split + d.flow("Gateway_A", TWO, "again"))


def _conditions() -> Iterator[Case]:
    for text in FORBIDDEN:
        yield _condition("expression-forbidden", text)
    for text in SYNTAX:
        yield _condition("expression-syntax", text)
    for text in TYPES:
        yield _condition("expression-types", text)
    for text in ("nobody == True", "os", "True and other", "engine == 1", "Verdict == 1", "globals"):
        yield _condition("condition", text)
    yield _condition("expression-too-long", "again == True" + " or again == True" * 40)
    yield _condition("expression-too-large", "1" + " < 1" * 60)
    yield _condition("expression-forbidden", "not " * 30 + "again")
    for text in ('verdict == "aprobado"', "False", 'verdict == "validated" and verdict == "returned"', "again is None",
                 'verdict in ["x", "y"]', "1 == 2"):  # fmt: skip
        yield _condition("never", text)
    for text in ("True", 'verdict != "x"', "again or not again", "count == count", "1 < 2"):
        yield _condition("always", text)
    second = d.flow("Gateway_Vale", "Event_Otro", 'verdict == "validated" and again', "Flow_Tapada")
    shadowed = GOOD.replace(d.end(), d.end() + d.end("Event_Otro")) + second
    yield body("a way behind another", "never", shadowed)


def _condition(code: str, text: str) -> Case:
    written = text.replace("&", "&amp;").replace("<", "&lt;")
    return spoiled(f"condition {text[:60]}", code, 'verdict == "validated"', written)
