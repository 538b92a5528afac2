"""How to enter the demonstration: its address, its usernames, and the one password of all."""

import os
import secrets
from collections.abc import Iterator
from collections.abc import Mapping
from pathlib import Path

from att.demo.people import ACCOUNTS

VARIABLE = "ATT_DEMO_PASSWORD"
FILE = "demo_password"


def password(var: Path, env: Mapping[str, str] = os.environ) -> str:
    """The password of every account: that of ATT_DEMO_PASSWORD, or one made once and kept for its owner alone."""
    given = env.get(VARIABLE, "")
    path = var / FILE
    if given:
        return given
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as target:
        made = secrets.token_urlsafe(12)
        target.write(made)
    return made


def lines(base_url: str, var: Path, env: Mapping[str, str] = os.environ) -> Iterator[str]:
    """What is printed at the end."""
    path = var / FILE
    yield f"Dirección:  {base_url}"
    yield f"Usuarios:   {', '.join(ACCOUNTS)}"
    if path.exists() and not env.get(VARIABLE):
        yield f"Contraseña: {path.read_text().strip()}"
    else:
        yield f"Contraseña: la de la variable {VARIABLE}"
