"""What no request may bring, and what happens to it."""

import pytest
from werkzeug.test import EnvironBuilder

from db.errors import InvalidData
from edge import bodies
from tests.api.conftest import Api

DEEP = '{"a":' * 1200 + "1" + "}" * 1200


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ("{", 400, None),
        ("[" * 100_000, 422, ""),
        (DEEP, 422, ""),
        ('{"username": {"a":' + "[" * 60 + "]" * 60 + '}, "password": "x"}', 422, ""),
        ('{"username": "\\ud800", "password": "x"}', 422, "username"),
        ('{"username": "a\\u0000b", "password": "x"}', 422, "username"),
        ('{"username": "a\\u202eb", "password": ["x\\u0007"]}', 422, "password/0"),
        (f'{{"username": "x", "password": {"9" * 5000}}}', 422, ""),
        ('{"username": "x", "password": 99999999999999999999}', 422, "password"),
        ('{"username": "x", "password": NaN}', 422, "password"),
    ],
)
def test_what_cannot_be_read_or_kept_is_refused_in_its_place(
    api: Api, body: str, status: int, path: str | None
) -> None:
    answer = api("")("POST", "/tokens", data=body, content_type="application/json", _expected_status=status).json
    assert (path is None) == (answer["errors"] == [])
    assert path is None or path in {error["path"] for error in answer["errors"]}


def test_what_is_not_json_is_not_guessed_at(api: Api) -> None:
    api("")("POST", "/tokens", data="hola", content_type="text/plain", _expected_status=415)


def test_ordinary_text_passes_untouched() -> None:
    bodies.check('{"texto": "Línea uno\\nlínea dos\\t«ñandú» 🦙", "cifra": 9223372036854775807}'.encode())


def test_what_is_pasted_in_a_page_is_cleaned() -> None:
    sent = EnvironBuilder(method="POST", query_string={"buscar": "a\x00b"}, data={"note": "uno\x0bdos\x00"})
    page = bodies.Request(sent.get_environ())
    assert (page.args["buscar"], page.form["note"]) == ("ab", "uno\ndos")


@pytest.mark.parametrize("where", ["args", "form", "values"])
def test_a_number_that_no_database_holds_is_refused_where_it_is_read(where: str) -> None:
    number = {"region": str(2**63)}
    sent = EnvironBuilder(method="POST", query_string=number, data=number)
    fields = getattr(bodies.Request(sent.get_environ()), where)
    assert fields.get("region") == str(2**63)
    for read in (fields.get, fields.getlist):
        with pytest.raises(InvalidData) as caught:
            read("region", type=int)
        assert list(caught.value.errors) == ["region"]
