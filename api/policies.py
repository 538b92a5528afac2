"""Políticas de plazos: quién debe qué, cada cuánto y para cuándo."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.schemas.policies import NewPolicySchema
from api.schemas.policies import NewPolicyTrialSchema
from api.schemas.policies import PolicyChangeSchema
from api.schemas.policies import PolicyListSchema
from api.schemas.policies import PolicySchema
from api.schemas.policies import PolicySwitchSchema
from api.schemas.policies import PolicyTrialSchema
from api.schemas.policies import PreviewSchema
from db import clock
from db import reading
from db import transaction
from directory import access
from edge import identity
from edge.permission import permission
from notifications import policies
from notifications import preview
from notifications import specs
from notifications.policies import Held
from notifications.preview import Preview

blueprint = Blueprint("policies", __doc__, "/policies")


@blueprint.route("")
@permission("policy.read")
@blueprint.response(200, PolicyListSchema)
def index() -> dict[str, Any]:
    """Listar las políticas."""
    with reading() as session:
        return {"items": [_shown(held) for held in policies.every(session)]}


@blueprint.route("/<key>")
@permission("policy.read")
@blueprint.response(200, PolicySchema)
def show(key: str) -> dict[str, Any]:
    """Ver una política."""
    with reading() as session:
        return _shown(policies.get(session, key))


@blueprint.route("/<key>/preview", methods=["POST"])
@permission("policy.change")
@blueprint.arguments(PolicyTrialSchema)
@blueprint.response(200, PreviewSchema)
def try_out(given: dict[str, Any], key: str) -> Preview:
    """Ver qué cambiaría en los plazos, sin guardar nada."""
    access.demand(identity.current(), "policy.change")
    with reading() as session:
        held = policies.get(session, key)
        return preview.of(session, held, given.pop("spec"), **given, now=clock.now())


@blueprint.route("/<key>", methods=["PUT"])
@permission("policy.change")
@blueprint.arguments(PolicyChangeSchema)
@blueprint.response(200, PolicySchema)
def change(given: dict[str, Any], key: str) -> dict[str, Any]:
    """Cambiar una política: queda una versión nueva, con la razón."""
    data = given.pop("spec")
    with transaction() as session:
        return _shown(policies.change(session, key, data, **given, by=identity.current(), now=clock.now()))


@blueprint.route("/preview", methods=["POST"])
@permission("policy.change")
@blueprint.arguments(NewPolicyTrialSchema)
@blueprint.response(200, PreviewSchema)
def try_new(given: dict[str, Any]) -> Preview:
    """Ver qué plazos abriría una política nueva, sin guardar nada."""
    access.demand(identity.current(), "policy.change")
    with reading() as session:
        return preview.of_new(session, given["spec"], enabled=given["enabled"], now=clock.now())


@blueprint.route("", methods=["POST"])
@permission("policy.change")
@blueprint.arguments(NewPolicySchema)
@blueprint.creates(PolicySchema)
def create(session: Session, given: dict[str, Any]) -> dict[str, Any]:
    """Crear una política propia: queda su primera versión, con la razón."""
    data = given.pop("spec")
    key = given.pop("key")
    return _shown(policies.create(session, key, data, **given, by=identity.current(), now=clock.now()))


@blueprint.route("/<key>/switch", methods=["POST"])
@permission("policy.change")
@blueprint.arguments(PolicySwitchSchema)
@blueprint.response(200, PolicySchema)
def switch(given: dict[str, Any], key: str) -> dict[str, Any]:
    """Encender o apagar una política, con la razón; lo que dice no cambia."""
    with transaction() as session:
        return _shown(policies.switch(session, key, **given, by=identity.current(), now=clock.now()))


def _shown(held: Held) -> dict[str, Any]:
    earlier = [
        {"version": part.layers[0].number, "until": part.until, "spec": specs.to_json(part.spec)}
        for part in held.parts()[:-1]
    ]
    return {
        "key": held.key, "enabled": held.enabled, "version": held.version, "spec": specs.to_json(held.spec),
        "applies_from": held.opening, "earlier": earlier,
    }  # fmt: skip
