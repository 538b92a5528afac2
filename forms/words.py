"""How questions are named inside a Spanish sentence: «la meta de 2027 del indicador 2»."""

import re
from collections.abc import Iterable
from collections.abc import Mapping
from datetime import date
from datetime import timedelta
from typing import Any

from babel.dates import format_date

from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.numbers import LOCALE


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip

_ARTICLES = ("el ", "la ", "los ", "las ")
_FEMININE_ENDINGS = tuple(_set("a as ción ciones sión siones stión stiones dad dades tad tades tud tudes umbre iz"))
_MASCULINE = _set(
    "día días problema problemas programa programas tema temas mapa mapas sistema sistemas ecosistema ecosistemas "
    "esquema esquemas área agua "
    "lema lemas idioma diagrama diagramas organigrama cronograma cronogramas"
)
_FEMININE = _set(
    "base bases fase fases clase clases fuente fuentes sede sedes red redes señal razón razones parte partes "
    "variable variables"
)
_SINGULAR_IN_S = _set("mes")
# Labels that begin like a sentence are not nouns: they are quoted.
_ORDERS = _set(
    "describa indique escriba explique mencione señale elija seleccione adjunte registre relacione defina cuente "
    "identifique responda marque qué cuál cuáles cómo cuándo cuánto cuántos cuántas dónde quién quiénes por para con "
    "si hay en a de desde hasta se no requiere tiene aplica es son"
)
_LONGEST_NOUN = 70


def named(field: Field) -> str:
    """The question with its article («el nombre», «la meta de 2027»), or its label in quotes when it is a sentence."""
    if field.ask:
        return field.ask
    label = field.label.strip().rstrip(":")
    first = label.split(" ", 1)[0].lower().strip("¿")
    if label.startswith("¿") or first in _ORDERS or len(label) > _LONGEST_NOUN:
        return f"«{label}»"
    lowered = _lowered(label)
    return lowered if lowered.startswith(_ARTICLES) else f"{_article(first)} {lowered}"


def item(table: Field) -> str:
    """What one row of `table` is called: «hito», «indicador»; «fila» when its label says nothing."""
    if table.item:
        return table.item
    word = table.label.strip().split(" ", 1)[0].lower()
    return _singular(word) if word.endswith("s") else "fila"


def item_with_article(table: Field) -> str:
    """«el hito», «la meta»."""
    noun = item(table)
    return f"{_article(noun.split(' ', 1)[0])} {noun}"


def place(table: Field, row: int, answers: Mapping[str, Any] | None = None) -> str:
    """«el hito 3», «la meta 1»; `row` counts from 0.

    Rows that carry a number of their own among the `answers` go by it: «el hito 7 (fila 3)»; rows that the case gives,
    by what their first column says: «el enlace 1 (Ana Lucía Mosquera)».
    """
    noun, position = item_with_article(table), str(row + 1)
    known = _row(table, row, answers or {})
    number, given = _own_number(table, known), _given_name(table, known)
    if given:
        return f"{noun} {position} ({given})"
    return f"{noun} {position}" if number in ("", position) else f"{noun} {number} (fila {position})"


def _row(table: Field, row: int, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = answers.get(table.name)
    known = rows[row] if isinstance(rows, list) and row < len(rows) else None
    return known if isinstance(known, Mapping) else {}


def _own_number(table: Field, row: Mapping[str, Any]) -> str:
    has_one = any(column.name == "number" and column.kind is Kind.INTEGER for column in table.columns)
    number = str(row.get("number", "")).strip() if has_one else ""
    return number if number.isdecimal() and len(number) < 10 else ""


def _given_name(table: Field, row: Mapping[str, Any]) -> str:
    first = table.columns[0]
    said = row.get(first.name) if first.fixed and first.kind is Kind.TEXT else None
    return said.strip() if isinstance(said, str) and len(said) <= _LONGEST_NOUN else ""


def one_item(table: Field) -> str:
    """«un hito», «una meta»."""
    noun = item(table)
    return f"{'una' if _article(noun.split(' ', 1)[0]) == 'la' else 'un'} {noun}"


def located(form: Form, path: str, answers: Mapping[str, Any] | None = None) -> str:
    """What stands at `path` of `form`, in words: «el nombre del hito 3»; «la respuesta» when nothing does.

    With the `answers`, rows that have a number of their own are named by it.
    """
    parts = path.split("/")
    try:
        field = form.field(parts[0])
    except KeyError:
        return "la respuesta"
    if len(parts) == 1 or not parts[1].isdigit():
        return named(field)
    row = int(parts[1])
    if field.kind is not Kind.TABLE:
        noun = "el renglón" if item(field) == "fila" else item_with_article(field)
        return f"{noun} {row + 1} de «{field.label}»"
    column = next((item for item in field.columns if len(parts) > 2 and item.name == parts[2]), None)
    where = place(field, row, answers)
    # «el hito 3» says it all: no «el hito del hito 3».
    if column is None or named(column) == item_with_article(field):
        return where
    return f"{named(column)} {of(where)}"


def listed(words: Iterable[str], last: str = "y") -> str:
    """«a, b y c»."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    joint = "e" if last == "y" and re.match(r"h?i(?!e)", items[-1], re.IGNORECASE) else last
    return f"{', '.join(items[:-1])} {joint} {items[-1]}"


def long_date(iso: str) -> str:
    """«24 de noviembre de 2026»."""
    return format_date(date.fromisoformat(iso), format="long", locale=LOCALE)


def long_month(value: str) -> str:
    """«noviembre de 2026»."""
    year, month = value.split("-")
    return f"{MONTHS[int(month) - 1]} de {int(year)}"


def elapsed(span: timedelta) -> str:
    """«hace un momento», «hace 2 minutos», «hace 3 horas», «hace 5 días»."""
    for seconds, one, many in ((86_400, "día", "días"), (3600, "hora", "horas"), (60, "minuto", "minutos")):
        count = int(span.total_seconds()) // seconds
        if count:
            return f"hace {count} {one if count == 1 else many}"
    return "hace un momento"


def capital(sentence: str) -> str:
    """`sentence` with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


def _lowered(label: str) -> str:
    """Acronyms and proper marks («NIT», «C2») keep their capitals."""
    return label if len(label) > 1 and not label[1].islower() and label[1] != " " else label[:1].lower() + label[1:]


def _article(word: str) -> str:
    plural = word.endswith("s") and word not in _SINGULAR_IN_S and not word.endswith(("ís", "és", "is"))
    feminine = word in _FEMININE or (word not in _MASCULINE and word.endswith(_FEMININE_ENDINGS))
    return ("las" if feminine else "los") if plural else ("la" if feminine else "el")


def _singular(word: str) -> str:
    for plural, singular in (("ciones", "ción"), ("siones", "sión"), ("iones", "ión"), ("trices", "triz")):
        if word.endswith(plural):
            return word[: -len(plural)] + singular
    if re.search(r"([rdn]|(?<!b)l)es$", word):
        return word[:-2]
    return word[:-1]


def of(noun: str) -> str:
    """«del hito», «de la meta»: «de» and what `noun` names, contracted."""
    return f"del {noun[3:]}" if noun.startswith("el ") else f"de {noun}"
