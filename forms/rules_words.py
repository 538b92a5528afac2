"""Rules about wording and addresses."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from forms.rules import Data
from forms.rules import Problem
from forms.rules import it
from forms.rules import rule
from forms.rules_rows import answers_named

_LACK = re.compile(
    r"\b(falta|ausencia|carencia|inexistencia|escasez|déficit|deficit) de\b"
    r"|\bno (existen?|hay|se cuenta|cuentan?|tienen?|disponen?)\b"
    r"|\binsuficien(te|tes|cia|cias)\b|\bcarecen?\b",
    re.IGNORECASE,
)


@rule("problem_not_lack_of_solution", version=1)
def problem_not_lack_of_solution(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """Warns when a problem is worded as the lack of a solution, which hides what happens and to whom.

    `fields`, or `table` and `column`.
    """
    for path, value in answers_named(data, params):
        found = _LACK.search(value) if isinstance(value, str) else None
        if found:
            said = found.group(0).lower()
            yield Problem(
                path,
                f"Revise la redacción: «{said}» describe la ausencia de una solución. "
                "Diga qué ocurre hoy, a quién afecta y con qué consecuencia.",
                warning=True,
            )


@rule("addresses", version=1)
def addresses(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """Every line of the list `field` is a web address."""
    field = params["field"]
    for index, text in enumerate(data.get(field, ())):
        if not _is_address(text):
            where = it(context, f"{field}/{index}")
            yield Problem(
                field, f"Escriba {where} como una dirección web completa, que empiece por https:// o http://."
            )


def _is_address(text: object) -> bool:
    try:
        parts = urlsplit(str(text))
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and "." in (parts.hostname or "") and not re.search(r"\s", str(text))
