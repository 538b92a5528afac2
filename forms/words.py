"""How questions are named inside a Spanish sentence: «la meta de 2027 del indicador 2»."""

import re
from collections.abc import Iterable
from datetime import date

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
_FEMININE_ENDINGS = tuple(_set("a as ción ciones sión siones dad dades tad tud tudes umbre iz"))
_MASCULINE = _set(
    "día días problema problemas programa programas tema temas mapa mapas sistema sistemas esquema esquemas área agua "
    "lema lemas idioma diagrama diagramas organigrama cronograma cronogramas"
)
_FEMININE = _set("base bases fase fases clase clases fuente fuentes sede sedes red redes señal razón razones")
# Labels that begin like a sentence are not nouns: they are quoted.
_ORDERS = _set(
    "describa indique escriba explique mencione señale elija seleccione adjunte registre relacione defina cuente "
    "identifique responda marque qué cuál cuáles cómo cuándo cuánto cuántos cuántas dónde quién quiénes por para con "
    "si hay en a de se no requiere tiene aplica es"
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


def of_item(table: Field, row: int) -> str:
    """«del hito 3», «de la meta 1»; `row` counts from 0."""
    return _of(item_with_article(table)) + f" {row + 1}"


def one_item(table: Field) -> str:
    """«un hito», «una meta»."""
    noun = item(table)
    return f"{'una' if _article(noun.split(' ', 1)[0]) == 'la' else 'un'} {noun}"


def located(form: Form, path: str) -> str:
    """What stands at `path` of `form`, in words: «el nombre del hito 3»; «la respuesta» when nothing does."""
    parts = path.split("/")
    try:
        field = form.field(parts[0])
    except KeyError:
        return "la respuesta"
    if len(parts) == 1 or not parts[1].isdigit():
        return named(field)
    row = int(parts[1])
    if field.kind is not Kind.TABLE:
        return f"el elemento {row + 1} de «{field.label}»"
    column = next((item for item in field.columns if len(parts) > 2 and item.name == parts[2]), None)
    return f"{named(column)} {of_item(field, row)}" if column else f"{item_with_article(field)} {row + 1}"


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


def capital(sentence: str) -> str:
    """`sentence` with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


def _lowered(label: str) -> str:
    """Acronyms and proper marks («NIT», «C2») keep their capitals."""
    return label if len(label) > 1 and not label[1].islower() and label[1] != " " else label[:1].lower() + label[1:]


def _article(word: str) -> str:
    plural = word.endswith("s") and not word.endswith(("ís", "és", "is"))
    feminine = word in _FEMININE or (word not in _MASCULINE and word.endswith(_FEMININE_ENDINGS))
    return ("las" if feminine else "los") if plural else ("la" if feminine else "el")


def _singular(word: str) -> str:
    for plural, singular in (("ciones", "ción"), ("siones", "sión"), ("iones", "ión"), ("ces", "z")):
        if word.endswith(plural):
            return word[: -len(plural)] + singular
    if re.search(r"[rldn]es$", word):
        return word[:-2]
    return word[:-1]


def _of(noun: str) -> str:
    return f"del {noun[3:]}" if noun.startswith("el ") else f"de {noun}"
