"""Ajustes: what the administrator decides for everybody, each with its default until somebody changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db import history
from db import reading
from db import settings
from db import transaction
from db.actor import Actor
from db.errors import InvalidData
from directory import access
from directory import group_roles
from directory import regions
from directory import roles
from directory import second_factor
from directory.rules import INSIDE
from edge import identity
from edge import names
from edge.oidc import installed
from edge.permission import permission
from notifications import checkpoint_copies
from web import histories
from web import stale
from web.frame import HOME
from web.frame import go
from web.frame import page

blueprint = Blueprint("web_settings", __name__)

SUBJECT = history.Subject("settings", 1)
TERM = "working_days:"
MOST_DAYS = 250  # a year has fewer working days


@dataclass(frozen=True, slots=True)
class Declared:
    """A setting: its key, its words, what it is until somebody changes it, and how it is typed."""

    key: str
    label: str
    default: str | bool | int
    kind: str  # text, yes_no, days, role, addresses, notice
    help: str = ""


# The defaults of terms and of the publisher are those that the diagrams carry beside the name of the setting.
DECLARED = (
    Declared("entity_name", "Nombre de la entidad", "", "text", "Aparece en el encabezado y al pie de cada página."),
    Declared("logo_text", "Texto junto al nombre del sistema", "", "text", "Hace las veces de logo. Por ejemplo, DNP."),
    Declared("show_govco_bar", "Mostrar la barra GOV.CO", False, "yes_no",
             "Sólo en el sitio oficial: identifica a las entidades del Estado."),
    Declared("portfolio_publisher_role", "Quién publica en el portafolio (C4)", "der_monitoring", "role"),
    Declared("term_c1", "Plazo para retroalimentar la ficha de prediseño (C1)", f"{TERM}10", "days"),
    Declared("term_c2", "Plazo para validar el protocolo (C2)", f"{TERM}15", "days"),
    Declared("term_c3", "Plazo para parametrizar los hitos (C3)", f"{TERM}5", "days"),
    Declared("term_c4", "Plazo para publicar en el portafolio (C4)", f"{TERM}5", "days"),
    Declared("term_corrective_formulation", "Plazo para formular una acción de mejora", f"{TERM}5", "days",
             "Ninguna fuente fija este plazo: es una propuesta."),
    Declared("term_corrective_closing", "Plazo para verificar el cierre de una acción de mejora", f"{TERM}5", "days",
             "Ninguna fuente fija este plazo: es una propuesta."),
    Declared("term_support_answer", "Plazo para responder una solicitud de apoyo experto", f"{TERM}5", "days",
             "Ninguna fuente fija este plazo: es una propuesta."),
    Declared("term_support_confirmation", "Plazo para confirmar el apoyo experto recibido", f"{TERM}5", "days",
             "Ninguna fuente fija este plazo: es una propuesta."),
    Declared(second_factor.KEY, "Exigir el segundo paso a quienes deciden o administran", second_factor.DEMANDED,
             "yes_no", "Al ingresar escriben además un código de su teléfono. Vale desde el siguiente ingreso."),
    Declared("privacy_controller", "Responsable del tratamiento de datos personales", "", "notice",
             "La entidad que responde por los datos. Vacío, es el nombre de la entidad de arriba."),
    Declared("privacy_office", "Área o persona que atiende las consultas y los reclamos", "", "notice",
             "Por ejemplo, Oficial de protección de datos."),
    Declared("privacy_address", "Dirección del responsable", "", "notice"),
    Declared("privacy_email", "Correo para consultas y reclamos sobre datos personales", "", "notice"),
    Declared("privacy_phone", "Teléfono del responsable", "", "notice"),
    Declared("privacy_policy", "Dirección de la política de tratamiento de la entidad", "", "notice",
             "Una dirección https://. El aviso de este sistema la enlaza; no la reemplaza."),
    Declared(checkpoint_copies.KEY, "A quién se envía cada día el punto de control de la historia", "", "addresses",
             "Correos de fuera de esta instalación, o direcciones https:// de otro sistema, separados por comas: lo "
             "que otros guarden no lo puede cambiar quien tenga acceso a este servidor."),
)  # fmt: skip
SCHEME = "region_scheme"
LOOK = ("entity_name", "logo_text", "show_govco_bar")


@blueprint.get("/ajustes")
@permission("setting.read")
def show() -> Response:
    return _page()


@blueprint.post("/ajustes")
@permission("setting.change")
def change() -> Response:
    """Keep what differs from what it is today."""
    by, now = identity.current(), clock.now()
    actor = access.demand(by, "setting.change")
    try:
        wanted = _read(request.form)
        with transaction() as session:
            mine = stale.changed(request.form, _standing(session), said=partial(_read_as, session))
            changed = _keep(session, {key: wanted[key] for key in mine if key in wanted}, actor, now)
            if SCHEME in mine:
                changed += _divide(session, request.form.get(SCHEME), actor, now)
    except InvalidData as error:
        here = {"key": SCHEME}
        return _page({here.get(path, path): messages for path, messages in error.errors.items()})
    flash("Los ajustes quedaron guardados." if changed else "No había nada por cambiar.", "success")
    return go("/ajustes")


def look(session: Session) -> dict[str, Any]:
    """What the frame of every page takes from the settings."""
    kept = _rows(session, LOOK)
    return {row.key: kept[row.key].value if row.key in kept else row.default for row in DECLARED if row.key in LOOK}


def notice(session: Session) -> dict[str, str]:
    """What the privacy notice says of whoever answers for the data: the settings of it, and the entity's name."""
    rows = [row for row in DECLARED if row.kind == "notice" or row.key == "entity_name"]
    kept = _rows(session, [row.key for row in rows])
    return {row.key: str(kept[row.key].value if row.key in kept else row.default) for row in rows}


def _read(typed: Mapping[str, str]) -> dict[str, Any]:
    wanted, errors = {}, dict[str, list[str]]()
    for row in DECLARED:
        text = typed.get(row.key, "").strip()
        errors |= _wrong(row, text)
        wanted[row.key] = _value(row.kind, text)
    if errors:
        raise InvalidData(errors)
    return wanted


def _wrong(row: Declared, text: str) -> Mapping[str, list[str]]:
    """What is wrong with what was typed for a setting."""
    if row.kind == "addresses":
        return _wrong_addresses(text)
    said = ""
    if len(text) > 120:
        said = f"Escriba hasta 120 caracteres en «{row.label}»."
    elif row.kind == "days" and not (text.isdecimal() and 1 <= int(text) <= MOST_DAYS):
        said = f"Escriba entre 1 y {MOST_DAYS} días hábiles en «{row.label}»."
    elif row.kind == "role" and text not in INSIDE:
        said = f"Elija un rol de la lista en «{row.label}»."
    elif row.kind == "notice" and text:
        said = _wrong_notice(row.key, text)
    return {row.key: [said]} if said else {}


def _wrong_notice(key: str, text: str) -> str:
    if key == "privacy_policy" and not text.startswith("https://"):
        return "Escriba una dirección que empiece por https://."
    if key == "privacy_email" and "@" not in text.strip("@"):
        return "Escriba un correo como datos@entidad.gov.co."
    return ""


def _wrong_addresses(text: str) -> Mapping[str, list[str]]:
    try:
        checkpoint_copies.checked(text)
    except InvalidData as error:
        return error.errors
    return {}


def _value(kind: str, text: str) -> Any:
    """What is kept of what was typed; a wrong number is refused besides."""
    return {"yes_no": text == "si", "days": f"{TERM}{text}"}.get(kind, text)


def _keep(session: Session, wanted: Mapping[str, Any], by: Actor, now: datetime) -> int:
    changed = 0
    for row in DECLARED:
        before = settings.get(session, row.key, row.default)
        if wanted.get(row.key, before) == before:
            continue
        changed += 1
        settings.put(session, row.key, wanted[row.key], by=by, now=now)
        summary = f"Cambió «{row.label}» de {_in_words(row, before)} a {_in_words(row, wanted[row.key])}."
        details = {"key": row.key, "before": before, "after": wanted[row.key]}
        history.record(session, SUBJECT, "setting.changed", by=by, now=now, summary=summary, details=details)
        session.flush()
    return changed


def _divide(session: Session, key: str | None, by: Actor, now: datetime) -> int:
    """Divide the country by the scheme `key`, when it is another one."""
    current = next((row.key for row in regions.schemes(session) if row.current), "")
    if not key or key == current:
        return 0
    regions.make_current(session, key, by=by, now=now)
    return 1


def _in_words(row: Declared, value: Any) -> str:
    if row.kind == "yes_no":
        return "sí" if value else "no"
    if row.kind == "days":
        return f"{str(value).removeprefix(TERM)} días hábiles"
    if row.kind == "role":
        return roles.label(value)
    return f"«{value}»" if value else "vacío"


def _page(problems: dict[str, list[str]] | None = None) -> Response:
    with reading() as session:
        kept = _rows(session, [row.key for row in DECLARED])
        people = names.of_people(session, [row.changed_by for row in kept.values()])
        schemes, unfinished = regions.schemes(session), regions.unfinished(session)
        acts = histories.values(session, SUBJECT, *(history.Subject(regions.CHAIN, row.id) for row in schemes))
        standing = _standing(session)
        by_groups = installed.maybe_current() is not None or bool(group_roles.every(session))
    typed = stale.kept(request.form, standing) if problems else standing
    standing = stale.still_shown(request.form, standing, problems) if problems else standing
    acting = [(key, roles.label(key)) for key in roles.ROLES if key in INSIDE]
    return page(
        "settings.html", "Ajustes", crumbs=[HOME], declared=DECLARED, kept=kept, typed=typed, people=people,
        standing=standing, schemes=schemes, unfinished=unfinished, acting=acting, by_groups=by_groups,
        problems=problems or {},
        code=422 if problems else 200,
        in_words={row.key: _in_words(row, kept[row.key].value if row.key in kept else row.default) for row in DECLARED},
        **acts,
    )  # fmt: skip


def _standing(session: Session) -> dict[str, str]:
    """What every setting says now, as the form shows it."""
    kept = _rows(session, [row.key for row in DECLARED])
    scheme = next((row.key for row in regions.schemes(session) if row.current), "")
    return {**{row.key: _typed(row, kept) for row in DECLARED}, SCHEME: scheme}


def _read_as(session: Session, key: str, value: str) -> str:
    """What a setting says, as people read it."""
    if key == SCHEME:
        return next((row.name for row in regions.schemes(session) if row.key == value), value)
    kind = next(row.kind for row in DECLARED if row.key == key)
    if kind == "yes_no":
        return "sí" if value else "no"
    return roles.label(value) if kind == "role" and value in roles.ROLES else value


def _typed(row: Declared, kept: Mapping[str, settings.Setting]) -> str:
    value = kept[row.key].value if row.key in kept else row.default
    if row.kind == "yes_no":
        return "si" if value else ""
    return str(value).removeprefix(TERM)


def _rows(session: Session, keys: Any) -> dict[str, settings.Setting]:
    statement = select(settings.Setting).where(settings.Setting.key.in_(list(keys)))
    return {row.key: row for row in session.scalars(statement)}
