"""Reading DANE's DIVIPOLA: its JSON or CSV file, checked whole before anything is believed.

Columns (dataset of DANE on the national open-data portal): `cod_dpto`, `dpto`, `cod_mpio`, `nom_mpio`,
`tipo_municipio`, `longitud`, `latitud`. Codes are text with leading zeros; coordinates use the decimal comma.
"""

import csv
import json
import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from decimal import InvalidOperation
from io import StringIO
from typing import Any

from db.errors import InvalidData
from directory.names import normalise
from directory.names import title_case

DEPARTMENTS = 33
ROWS = 1122
"""How many there were when the file that is shipped was published; a catalogue that was loaded knows its own."""

MOST_ERRORS = 100

COLUMNS = ("cod_dpto", "dpto", "cod_mpio", "nom_mpio", "tipo_municipio", "longitud", "latitud")

_OTHER_HEADINGS = {
    "codigo departamento": "cod_dpto",
    "nombre departamento": "dpto",
    "codigo municipio": "cod_mpio",
    "nombre municipio": "nom_mpio",
    "tipo municipio isla area no municipalizada": "tipo_municipio",
}

_KINDS = {"municipio": "municipality", "area no municipalizada": "non_municipal_area", "isla": "island"}

# A box around the country with its islands and its sea, in degrees.
_LATITUDES = (Decimal("-5"), Decimal("17"))
_LONGITUDES = (Decimal("-82"), Decimal("-66"))


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the file: a municipality, a non-municipal area or the island."""

    code: str
    name: str
    kind: str
    department_code: str
    department: str
    latitude: Decimal | None
    longitude: Decimal | None


def read(content: bytes) -> list[Place]:
    """The places in a file of DANE's, JSON or CSV.

    Raises InvalidData for the whole file: paths are `fila 3/cod_mpio` (rows of data count from 1), or empty.
    """
    table = _table(_text(content))
    errors: dict[str, list[str]] = {}
    places = [place for number, row in enumerate(table, 1) if (place := _place(number, row, errors)) is not None]
    errors |= _repeated(places) if not errors else {}
    if not table:
        errors = {"": ["El archivo no tiene filas."]}
    if errors:
        raise InvalidData(dict(list(errors.items())[:MOST_ERRORS]), "El archivo no se importó: hay datos por corregir.")
    return places


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidData({"": ["Guarde el archivo con codificación UTF-8."]}) from error


def _table(text: str) -> list[Mapping[str, Any]]:
    if text.lstrip()[:1] in ("[", "{"):
        return _json_table(text)
    heading = text.partition("\n")[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter)
    reader.fieldnames = [_column(name) for name in reader.fieldnames or ()]
    lacking = [name for name in COLUMNS[:5] if name not in reader.fieldnames]
    if lacking:
        raise InvalidData({"": [f"Falta la columna {name}." for name in lacking]})
    return list(reader)


def _json_table(text: str) -> list[Mapping[str, Any]]:
    try:
        table = json.loads(text)
    except ValueError as error:
        raise InvalidData({"": [f"El archivo JSON está dañado: {error}."]}) from error
    if not isinstance(table, list):
        raise InvalidData({"": ["El archivo JSON debe ser una lista de filas."]})
    return [row if isinstance(row, dict) else {} for row in table]


def _column(heading: str) -> str:
    return _OTHER_HEADINGS.get(normalise(heading), heading.strip().lower())


def _place(number: int, row: Mapping[str, Any], errors: dict[str, list[str]]) -> Place | None:
    problems = dict(_problems(row))
    if problems:
        errors.update({f"fila {number}/{column}": [message] for column, message in problems.items()})
        return None
    return Place(
        code=row["cod_mpio"].strip(),
        name=title_case(row["nom_mpio"]),
        kind=_KINDS[normalise(row["tipo_municipio"])],
        department_code=row["cod_dpto"].strip(),
        department=title_case(row["dpto"]),
        latitude=_degrees(row.get("latitud")),
        longitude=_degrees(row.get("longitud")),
    )


def _problems(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The columns of `row` that are wrong, with why."""
    texts = {name: value.strip() if isinstance(value := row.get(name), str) else "" for name in COLUMNS[:5]}
    yield from _problems_of_codes(texts["cod_dpto"], texts["cod_mpio"])
    for column in ("dpto", "nom_mpio"):
        if not normalise(texts[column]):
            yield column, "Falta el nombre."
    if normalise(texts["tipo_municipio"]) not in _KINDS:
        yield "tipo_municipio", "El tipo debe ser Municipio, Isla o Área no municipalizada."
    for column, (least, most) in (("latitud", _LATITUDES), ("longitud", _LONGITUDES)):
        if not _within(row.get(column), least, most):
            yield column, f"Las coordenadas son grados con coma decimal, entre {least} y {most}."


def _problems_of_codes(department: str, municipality: str) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(r"\d{2}", department, re.ASCII):
        yield "cod_dpto", "El código del departamento debe ser un texto de dos dígitos."
    if not re.fullmatch(r"\d{5}", municipality, re.ASCII):
        yield "cod_mpio", "El código del municipio debe ser un texto de cinco dígitos, con sus ceros a la izquierda."
    elif not municipality.startswith(department):
        yield "cod_mpio", "El código del municipio debe comenzar por el de su departamento."


def _within(value: Any, least: Decimal, most: Decimal) -> bool:
    try:
        degrees = _degrees(value)
        return degrees is None or least <= degrees <= most
    except InvalidOperation:
        return False


def _degrees(value: Any) -> Decimal | None:
    text = str(value if value is not None else "").strip()
    return Decimal(text.replace(",", ".")) if text else None


def _repeated(places: Sequence[Place]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    first: dict[str, int] = {}
    names: dict[str, str] = {}
    for number, place in enumerate(places, 1):
        if first.setdefault(place.code, number) != number:
            errors[f"fila {number}/cod_mpio"] = [f"El código {place.code} ya está en la fila {first[place.code]}."]
        if normalise(names.setdefault(place.department_code, place.department)) != normalise(place.department):
            known = names[place.department_code]
            errors[f"fila {number}/dpto"] = [f"El departamento {place.department_code} se llama {known} en otra fila."]
    return errors


def differences(places: Sequence[Place], departments: int = DEPARTMENTS, rows: int = ROWS) -> list[str]:
    """In what the file does not have as many departments and rows as are known: to be looked at before importing it."""
    found = len({place.department_code for place in places})
    messages = []
    if found != departments:
        messages.append(f"Hoy se conocen {departments} departamentos y el archivo tiene {found}.")
    if len(places) != rows:
        messages.append(f"Hoy se conocen {rows} municipios, áreas e islas y el archivo tiene {len(places)}.")
    return messages
