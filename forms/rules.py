"""Rules across fields, by name and version. The rules themselves stand in forms/rules_*.py.

A rule gets the sound answers, its parameters and a context (`form` and `answers` in it are what is judged), and yields
problems. It says nothing about answers that are missing: requiring them is the declaration's business.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from forms.declaration import Form
from forms.words import located


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule found at `path` (empty: the whole form). A warning is shown and does not stop anybody."""

    path: str
    message: str
    warning: bool = False


Data = Mapping[str, Any]
RuleFunction = Callable[[Data, Data, Data], Iterable[Problem]]

FillFunction = Callable[[Form, dict[str, Any], Data], None]

_RULES: dict[tuple[str, int], RuleFunction] = {}
_FILLS: dict[tuple[str, int], FillFunction] = {}
_MODULES = ("forms.rules_numbers", "forms.rules_rows", "forms.rules_words")


def rule(name: str, *, version: int = 1) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function. A rule that accepts something else gets a new version."""

    def register(function: RuleFunction) -> RuleFunction:
        _RULES[name, version] = function
        return function

    return register


def find(name: str, version: int = 1) -> RuleFunction:
    """The rule registered under `name` and `version`. Raises KeyError."""
    for module in _MODULES:  # they register themselves when imported, and import `rule` from here
        import_module(module)
    if (name, version) not in _RULES:
        raise KeyError(f"there is no rule {name} version {version}")
    return _RULES[name, version]


def fills(name: str, *, version: int = 1) -> Callable[[FillFunction], FillFunction]:
    """Register what writes, into answers as they were sent, the empty ones that this rule lets be reckoned."""

    def register(function: FillFunction) -> FillFunction:
        _FILLS[name, version] = function
        return function

    return register


def fill(form: Form, raw: dict[str, Any]) -> None:
    """Reckon in `raw`, in place, what was left empty and follows from the rest."""
    for declared in form.rules:
        if reckon := _FILLS.get((declared.name, declared.version)):
            reckon(form, raw, declared.params)


def run(form: Form, data: Data, context: Data | None = None, failed: Iterable[str] = ()) -> Iterator[Problem]:
    """What the rules of `form` find in `data`.

    A rule about a question that already `failed` (paths) is left for when that is corrected.
    """
    broken = [frozenset(part for part in path.split("/") if not part.isdigit()) for path in failed]
    surroundings = {**(context or {}), "form": form, "answers": data}
    for declared in form.rules:
        about = frozenset(_strings(declared.params))
        if not any(names and names <= about for names in broken):
            yield from find(declared.name, declared.version)(data, declared.params, surroundings)


def it(context: Data, path: str) -> str:
    """What stands at `path` of the form under judgement, in words."""
    return located(context["form"], path, context["answers"])


def labels(context: Data, names: Iterable[str], table: str = "") -> list[str]:
    """The labels of questions, or of columns of `table`, in quotes."""
    form: Form = context["form"]
    known = form.field(table).columns if table else tuple(form.fields())
    by_name = {field.name: field.label for field in known}
    return [f"«{by_name.get(name, name)}»" for name in names]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from value.split("/")
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
