"""How the arrows join the elements of each process, and what their conditions say."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from itertools import islice
from itertools import product

from db.errors import DefinitionError
from engine import expressions
from engine.bundle import BPMN
from engine.bundle import Bundle
from engine.bundle import Element
from engine.bundle import Flow
from engine.gate.refusal import refuse
from engine.registry import Process
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind

MAX_CASES = 5_000
"""How many combinations of answers a condition may be tried with."""

Values = Mapping[str, frozenset[expressions.Scalar]]


def check(bundle: Bundle, forms: Mapping[str, Form]) -> None:
    """Raise DefinitionError for an arrow that leads nowhere, or a decision that is none."""
    for key in bundle.elements:
        _check_ends(bundle, key)
        for element in bundle.elements[key]:
            _check_degree(bundle, element)
        _check_scopes(bundle, key)
        for flow in bundle.flows[key]:
            _check_condition(bundle, flow)
        for element in bundle.elements[key]:
            if element.kind == "choice":
                _check_choice(bundle, element, values(bundle, forms))


def check_told(bundle: Bundle, process: Process) -> None:
    """Raise DefinitionError for a condition on something that nobody gives: it would always lead the same way.

    Forms of its process give variables, and of those that it calls; so do the services of `process`, and whoever
    starts a case.
    """
    supplied = process.begun_with.union(*process.supplies.values())
    for key in bundle.elements:
        given = supplied | told_in(bundle, key)
        for flow in bundle.flows[key]:
            untold = expressions.names(flow.condition) - given if flow.condition else set()
            if untold:
                refuse(bundle, flow, f"La condición lee «{min(untold)}», que ahí nadie deja dicho.", "never-told")


def told_by(element: Element) -> set[str]:
    """The variables in which the answers to a form are kept."""
    return {pair.partition("=")[0] for pair in element.words("outputs")}


def told_in(bundle: Bundle, key: str) -> set[str]:
    """The variables that forms give in a process, and in those that it calls."""
    elements = bundle.elements.get(key, [])
    told = {name for one in elements for name in told_by(one)}
    return told.union(*(told_in(bundle, one.called) for one in elements if one.called))


def values(bundle: Bundle, forms: Mapping[str, Form]) -> Values:
    """What each variable can hold: its first value and what the forms can give it; none where that is not bounded."""
    given = _given(bundle, forms)
    return {name: _held(first, given.get(name, [])) for name, first in bundle.variables.items()}


def beside(compared: Iterable[expressions.Scalar], first: expressions.Scalar) -> frozenset[expressions.Scalar]:
    """Enough values of the kind of `first` for all that comparing it with `compared` can tell apart."""
    if isinstance(first, str):
        return frozenset({*(one for one in compared if isinstance(one, str)), "otro valor"})
    return frozenset({0, *(one + by for one in compared if isinstance(one, int) for by in (-1, 0, 1))})


def _held(first: expressions.Scalar, fields: list[Field]) -> frozenset[expressions.Scalar]:
    if isinstance(first, bool):
        return frozenset({True, False})
    bounded = fields and all(field.kind is Kind.CHOICE and field.options for field in fields)
    if not bounded:  # what somebody types, or a service or whoever starts the case gives
        return frozenset()
    return frozenset({first, *(option.value for field in fields for option in field.options)})


def _given(bundle: Bundle, forms: Mapping[str, Form]) -> dict[str, list[Field]]:
    """The questions that are kept in each variable."""
    found: dict[str, list[Field]] = {}
    for element in (one for elements in bundle.elements.values() for one in elements):
        for pair in element.words("outputs"):
            variable, _, name = pair.partition("=")
            fields = forms[element.properties["form"]].fields()
            found.setdefault(variable, []).append(next(one for one in fields if one.name == name))
    return found


def _check_ends(bundle: Bundle, key: str) -> None:
    seen: set[tuple[str, str]] = set()
    for flow in bundle.flows[key]:
        source, target = bundle.find(key, flow.source), bundle.find(key, flow.target)
        if source is None or target is None:
            refuse(bundle, flow, "La flecha no une dos elementos del proceso.", "dangling")
        if not source.scope == target.scope == _holder(bundle, flow):
            refuse(bundle, flow, "La flecha cruza el borde de un subproceso.", "across")
        if (flow.source, flow.target) in seen or flow.source == flow.target:
            refuse(bundle, flow, "La flecha sobra: une lo mismo que otra, o un elemento consigo.", "arrow-twice")
        seen.add((flow.source, flow.target))


def _holder(bundle: Bundle, flow: Flow) -> str:
    """The process or sub-process in which the arrow is written."""
    tree = bundle.trees[bundle.file_of(flow.process_key)]
    node = next(one for one in tree.iter(f"{BPMN}sequenceFlow") if one.get("id") == flow.id)
    return str(node.getparent().get("id"))


def _check_degree(bundle: Bundle, element: Element) -> None:
    flows = bundle.flows[element.process_key]
    came = sum(flow.target == element.id for flow in flows)
    went = sum(flow.source == element.id for flow in flows)
    good = {
        "start": came == 0 and went == 1,
        "boundary": came == 0 and went == 1,
        "end": came == 1 and went == 0,
        "choice": min(came, went) == 1,
        "parallel": min(came, went) == 1,
    }.get(element.kind, came == went == 1)
    if not good:
        refuse(bundle, element, f"No admite {came} flechas de entrada y {went} de salida.", "arrows")


def _check_scopes(bundle: Bundle, key: str) -> None:
    """One beginning and at least one end in the process and in each of its sub-processes."""
    elements = bundle.elements[key]
    for scope in (key, *(one.id for one in elements if one.kind == "sub_process")):
        kinds = Counter(one.kind for one in elements if one.scope == scope)
        if kinds["start"] != 1:
            message = "Cada proceso y subproceso empieza en un solo evento."
            raise DefinitionError(message, file=bundle.file_of(key), element=scope, code="one-start")
        if not kinds["end"]:
            message = "El proceso o subproceso no termina."
            raise DefinitionError(message, file=bundle.file_of(key), element=scope, code="no-end")


def _check_condition(bundle: Bundle, flow: Flow) -> None:
    source = bundle.find(flow.process_key, flow.source)
    assert source is not None, "both ends were found before"
    if not flow.condition:
        return
    if source.kind != "choice":
        refuse(bundle, flow, "Solo lo que sale de una decisión lleva condición.", "condition-place")
    try:
        unknown = expressions.names(flow.condition) - set(bundle.variables)
    except DefinitionError as error:
        refuse(bundle, flow, error.message, error.code)
    if unknown:
        refuse(bundle, flow, f"La condición lee «{min(unknown)}», que no está declarada.", "condition")


def _check_choice(bundle: Bundle, element: Element, held: Values) -> None:
    ways = [flow for flow in bundle.flows[element.process_key] if flow.source == element.id]
    default = _default_of(bundle, element)
    if len(ways) == 1:
        if ways[0].condition or default:
            refuse(bundle, element, "Una unión no decide nada.", "join-decides")
        return
    if default is None or default not in {flow.id for flow in ways}:
        refuse(bundle, element, "La decisión no tiene camino por defecto.", "default")
    for flow in ways:
        if (flow.id == default) == bool(flow.condition):
            refuse(bundle, flow, "Solo el camino por defecto va sin condición.", "default")
    _check_taken(bundle, [flow for flow in ways if flow.condition], held)


def _default_of(bundle: Bundle, element: Element) -> str | None:
    tree = bundle.trees[bundle.file_of(element.process_key)]
    decision = next(one for one in tree.iter(f"{BPMN}exclusiveGateway") if one.get("id") == element.id)
    return str(decision.get("default", "")) or None


def _check_taken(bundle: Bundle, ways: list[Flow], held: Values) -> None:
    """Every way of a decision can be taken: for each there are answers with which it is the first that holds."""
    names = sorted(set[str]().union(*(expressions.names(flow.condition) for flow in ways)))
    taken: set[str] = set()
    for case in _cases(bundle, ways, names, held):
        try:
            came = next((flow.id for flow in ways if expressions.evaluate(flow.condition, case)), "")
        except DefinitionError as error:
            refuse(bundle, ways[0], error.message, error.code)
        taken.add(came)
    for flow in ways:
        if flow.id not in taken:
            refuse(bundle, flow, "Ninguna respuesta lleva por este camino.", "never")
    if "" not in taken:
        refuse(bundle, ways[-1], "Ninguna respuesta lleva por el camino por defecto.", "always")


def _cases(bundle: Bundle, ways: list[Flow], names: list[str], held: Values) -> Iterator[dict[str, expressions.Scalar]]:
    """The combinations of what the variables can hold; of those without bounds, what the conditions compare with."""
    compared = frozenset[expressions.Scalar]().union(*(expressions.constants(flow.condition) for flow in ways))
    several = [held[name] or beside(compared, bundle.variables[name]) for name in names]
    for case in islice(product(*(sorted(some, key=repr) for some in several)), MAX_CASES):
        yield dict(zip(names, case, strict=True))
