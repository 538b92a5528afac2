"""Files that are no diagrams, or carry what a diagram has no use for."""

from collections.abc import Iterator

from tests.engine import diagrams as d
from tests.engine.gate.cases import Case
from tests.engine.gate.cases import spoiled
from tests.engine.gate.cases import whole

NAMES = ("", "caso", "caso.xml", "../caso.bpmn", "/etc/passwd", "Caso.bpmn", "caso.bpmn.exe", "ca so.bpmn",
         "caso\n.bpmn",
         "cásó.bpmn", ".bpmn", "a/b.bpmn", "con:.bpmn", "caso.bpmn\x00", "_caso.bpmn", "x" * 70 + ".bpmn")  # fmt: skip
ENCODINGS = ("utf-16", "UTF-16LE", "latin-1", "ISO-8859-1", "cp1252", "utf-7", "ascii", "ebcdic-cp-us", "")
UNSEEN = (*range(0x09), 0x0B, 0x0C, 0x1B, 0x7F, 0x85, 0x9B, 0x200B, 0x200D, 0x200E, 0x200F, 0x202A, 0x202D, 0x202E,
          0x2060, 0x2066, 0x2069, 0xFEFF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF)  # fmt: skip
REFERENCED = (0x7F, 0x85, 0x200B, 0x202E, 0x2066, 0xFEFF)
DOCTYPES = (
    "<!DOCTYPE d>",
    "<!DOCTYPE d SYSTEM 'http://127.0.0.1/d.dtd'>",
    "<!DOCTYPE d PUBLIC '-//x//y' 'file:///etc/passwd'>",
    "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
    "<!DOCTYPE d [<!ENTITY e 'x'>]>",
    "<!DOCTYPE d [<!ENTITY % p SYSTEM 'http://127.0.0.1/p'> %p;]>",
    "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>",
    "<!DOCTYPE d [<!ATTLIST process isExecutable CDATA 'true'>]>",
    "<!DOCTYPE d [<!ELEMENT d ANY><!NOTATION n SYSTEM 'n'>]>",
)
BROKEN = ("", " ", "x", "<", "<a", "<a>", "<a></b>", "<a><b></a></b>", "<a/><a/>", "<a x=1/>", "<a x='1' x='2'/>",
          "<a>&nbsp;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<p:a/>", "{}", "PK\x03", "%PDF-1.7",
          "<a>" * 400 + "</a>" * 400)  # fmt: skip
ROOTS = ("<a/>", "<definitions/>", "<html><body/></html>", '<svg xmlns="http://www.w3.org/2000/svg"/>',
         '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>')  # fmt: skip
FOREIGN = (
    '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
    '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
    '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"/>',
    '<c:executionListener xmlns:c="http://camunda.org/schema/1.0/bpmn" class="java.lang.Runtime"/>',
    '<z:script xmlns:z="http://camunda.org/schema/zeebe/1.0"/>',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "<spiffworkflow:preScript>import os</spiffworkflow:preScript>",
    "<spiffworkflow:postScript>import os</spiffworkflow:postScript>",
    "<spiffworkflow:calledDecisionId>tabla</spiffworkflow:calledDecisionId>",
    "<spiffworkflow:variableName>x</spiffworkflow:variableName>",
    "<spiffworkflow:messageVariable>x</spiffworkflow:messageVariable>",
    "<spiffworkflow:payloadExpression>open('/etc/passwd')</spiffworkflow:payloadExpression>",
    "<spiffworkflow:unitTests/>",
    "<nothing/>",
)
INSTRUCTIONS = ("xml-stylesheet href='x.xsl'", "php system('id')", "include href='x'")
SHAPE = (
    '<bpmndi:BPMNShape xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" id="s">'
    '<dc:Bounds xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" {}/></bpmndi:BPMNShape>'
)
BOUNDS = ('x="1" y="2" width="3" height="a"', 'x="1"', 'x="1e9" y="0" width="1" height="1"',
          'x="NaN" y="0" width="1" height="1"', 'x="" y="0" width="1" height="1"')  # fmt: skip
ATTRIBUTES = {
    "userTask": ("startQuantity", "completionQuantity", "isForCompensation", "implementation", "onclick", "style"),
    "serviceTask": ("implementation", "operationRef", "class"),
    "sequenceFlow": ("isImmediate",),
    "startEvent": ("isInterrupting", "parallelMultiple"),
    "exclusiveGateway": ("href",),
    "process": ("processType", "isClosed", "definitionalCollaborationRef"),
    "conditionExpression": ("language", "evaluatesToTypeRef"),
    "message": ("itemRef",),
}


def cases() -> Iterator[Case]:
    """Every file that must not even be read further."""
    good = whole()
    yield Case("no file", "files", {})
    yield Case("too many files", "files", {f"a{number}.bpmn": good for number in range(21)})
    yield from (Case(f"name {name!r}", "file-name", {name: good}) for name in NAMES)
    for name, code, text in (*_written(good), *_hidden(good)):
        yield Case(name, code, {"caso.bpmn": text})
    yield from _within()


def _written(good: str) -> Iterator[tuple[str, str, str]]:
    for encoding in ENCODINGS:
        yield f"encoding {encoding!r}", "encoding", f'<?xml version="1.0" encoding="{encoding}"?>{good}'
    for doctype in DOCTYPES:
        yield f"doctype {doctype}", "doctype", doctype + good
    for text in BROKEN:
        yield f"broken {text[:20]!r}", "characters" if "\x03" in text else "xml", text
    for text in ROOTS:
        yield f"root {text[:30]}", "root", text
    for target in INSTRUCTIONS:
        yield f"instruction {target}", "instruction", good + f"<?{target}?>"
    yield "too large", "too-large", good.replace("</bpmn:process>", " " * 1_000_001 + "</bpmn:process>")


def _hidden(good: str) -> Iterator[tuple[str, str, str]]:
    def named(text: str) -> str:
        return good.replace('name="Activity_A', f'name="{text}A', 1)

    for point in UNSEEN:
        yield f"character {point:#x}", "characters", named(chr(point))
    for point in REFERENCED:
        yield f"reference {point:#x}", "characters", named(f"&#{point};")
    yield "text too long", "text-too-long", named("a" * 5_001)


def _within() -> Iterator[Case]:
    for bounds in BOUNDS:
        yield spoiled(f"picture {bounds}", "picture", d.end(), d.end() + SHAPE.format(bounds))
    for target in INSTRUCTIONS:
        yield spoiled(f"instruction within {target}", "instruction", d.end(), f"<?{target}?>{d.end()}")
    for text in FOREIGN:
        yield spoiled(f"foreign {text[:40]}", "foreign", d.end(), d.end() + text)
    for element, names in ATTRIBUTES.items():
        for name in names:
            yield spoiled(f"attribute {element} {name}", "attribute", f"<bpmn:{element}", f'<bpmn:{element} {name}="x"')
