"""The vocabularies of ATT as catalogues: rooms that name no process can still say a value in words."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from forms.catalogues import Catalogue
from forms.catalogues import catalogue
from forms.declaration import Option
from workflows import vocabularies

VOCABULARIES: Mapping[str, tuple[Option, ...]] = {
    "capacity_types": vocabularies.CAPACITY_TYPES,
    "descriptors": vocabularies.DESCRIPTORS,
    "providers": vocabularies.PROVIDERS,
    "moments": vocabularies.PUBLIC_VALUE_MOMENTS,
    "modalities": vocabularies.MODALITIES,
    "expert_themes": vocabularies.EXPERT_THEMES,
}


def register() -> None:
    """Make the vocabularies known under their names."""
    for name, options in VOCABULARIES.items():
        catalogue(name)(_list(options))


def _list(options: tuple[Option, ...]) -> Catalogue:
    def offered(session: Session, context: Mapping[str, Any]) -> list[Option]:
        return list(options)

    return offered
