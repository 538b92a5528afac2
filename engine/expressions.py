"""Conditions of gateways: a small allow-listed language, evaluated by walking its syntax tree.

No eval, no attribute access, no calls but the few named here. Scalars are compared with scalars, so
neither time nor memory can be exhausted.
"""

import ast
import operator
from collections.abc import Callable
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from db.errors import DefinitionError

MAX_LENGTH = 500
MAX_NODES = 100
MAX_DEPTH = 20
MAX_NUMBER = 10**15

Scalar = str | bool | int | None

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


def evaluate(text: str, variables: Mapping[str, Scalar]) -> Scalar:
    """The value of `text` over `variables`. Raises DefinitionError for what the language does not allow."""
    found: Scalar = _value(parse(text), variables)
    return found


@lru_cache(maxsize=1024)
def parse(text: str) -> ast.expr:
    """The checked syntax tree of `text`. Raises DefinitionError."""
    if len(text) > MAX_LENGTH:
        raise DefinitionError(f"La condición pasa de {MAX_LENGTH} caracteres.", code="expression-too-long")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise DefinitionError(f"La condición «{text}» no se entiende.", code="expression-syntax") from error
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise DefinitionError("La condición tiene demasiadas partes.", code="expression-too-large")
    _check(tree, text, MAX_DEPTH)
    return tree


def names(text: str) -> frozenset[str]:
    """The variables that `text` reads."""
    return frozenset(node.id for node in ast.walk(parse(text)) if isinstance(node, ast.Name))


def constants(text: str) -> frozenset[Scalar]:
    """The values that `text` compares with."""
    found = (node.value for node in ast.walk(parse(text)) if isinstance(node, ast.Constant))
    return frozenset(value for value in found if value is None or isinstance(value, str | bool | int))


def _check(node: ast.expr, text: str, depth: int) -> None:
    if depth == 0 or not _permitted(node):
        raise DefinitionError(f"La condición «{text}» usa algo que no se permite.", code="expression-forbidden")
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            _check(child, text, depth - 1)


def _permitted(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return value is None or isinstance(value, str | bool) or (isinstance(value, int) and value <= MAX_NUMBER)
        case ast.Name(id=name):
            return not name.startswith("_")
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return all(isinstance(item, ast.Constant) for item in items)
        case ast.Compare(ops=ops, comparators=right):
            return all(
                isinstance(value, ast.List | ast.Tuple) == isinstance(op, ast.In | ast.NotIn)
                and isinstance(op, (ast.In, ast.NotIn, *_COMPARISONS))
                for op, value in zip(ops, right, strict=True)
            )
        case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return True
        case _:
            return False


def _value(node: ast.expr, variables: Mapping[str, Scalar]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return _read(name, variables)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item, variables) for item in items]
        case ast.BoolOp(op=op, values=values):
            found = (_value(item, variables) for item in values)
            return all(found) if isinstance(op, ast.And) else any(found)
        case ast.UnaryOp(operand=operand):
            return not _value(operand, variables)
        case ast.Compare():
            return _compared(node, variables)
    raise DefinitionError("La condición usa algo que no se permite.", code="expression-forbidden")


def _read(name: str, variables: Mapping[str, Scalar]) -> Scalar:
    if name not in variables:
        raise DefinitionError(f"La condición lee «{name}», que no existe.", code="expression-unknown-name")
    return variables[name]


def _compared(node: ast.Compare, variables: Mapping[str, Scalar]) -> bool:
    left = _value(node.left, variables)
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = _value(right_node, variables)
        if not _holds(op, left, right):
            return False
        left = right
    return True


def _holds(op: ast.cmpop, left: Any, right: Any) -> bool:
    if isinstance(op, ast.In):
        return left in right
    if isinstance(op, ast.NotIn):
        return left not in right
    try:
        return _COMPARISONS[type(op)](left, right)
    except TypeError as error:
        raise DefinitionError("La condición compara cosas de distinta clase.", code="expression-types") from error
