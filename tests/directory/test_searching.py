"""One way to search for every list: no accents and no capitals are needed, on either database."""

from datetime import UTC
from datetime import datetime

import pytest
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.searching import bare
from directory.searching import found
from directory.searching import holding

SAID = "Identificar prácticas territoriales · Rendición pública, Ñuñoa (100 %)"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

FITS = ["practicas", "PRÁCTICAS", "rendicion identificar", "RENDICIÓN", "nunoa", "Ñuñoa", "publica,", "100", "%", ""]
FAILS = ["practicar", "rendicion jamas", "_", "50 %%%x", "…"]


@pytest.mark.parametrize(("text", "expected"), [*((one, True) for one in FITS), *((one, False) for one in FAILS)])
def test_a_search_needs_no_accents_nor_capitals(session: Session, text: str, expected: bool) -> None:
    asked = select(literal(1)).where(*holding(text, literal(SAID)))
    assert bool(session.scalar(asked)) is expected
    assert found(text, SAID) is expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Banco de proyecto", "bancos de proyectos"), ("Plan de acción", "planes de acciones"),
        ("Red municipal", "redes municipales"), ("Índice de base", "índices bases"), ("Mes", "meses"),
        ("Raíz del problema", "raíces problemas"), ("El lápiz", "lápices"), ("Ley orgánica", "leyes orgánicas"),
        ("Enlace", "enlaces"), ("Análisis", "análisis"), ("Clave", "claves"), ("Bus", "bus"),
    ],
)  # fmt: skip
def test_singular_and_plural_are_found_alike(session: Session, one: str, other: str) -> None:
    for text in (one, other):
        for told in (one, other):
            words = " ".join(word for word in text.split() if word.lower() not in ("de", "del", "el"))
            assert found(words, told), (words, told)
            assert session.scalar(select(literal(1)).where(*holding(words, literal(told)))), (words, told)


@pytest.mark.parametrize(("text", "told"), [("planes", "plagas"), ("dos", "domicilio"), ("2026", "202"), ("mas", "ma")])
def test_folding_keeps_other_words_apart(text: str, told: str) -> None:
    assert not found(text, told)


def test_both_databases_fold_alike(session: Session) -> None:
    assert session.scalar(select(bare(literal("ÁÉÍÓÚÜÑ áéíóúüñ Çà Nº 3ª")))) == "aeiouun aeiouun ca no 3a"
