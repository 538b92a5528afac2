"""Casos en curso que pasan a otra versión de su proceso, uno o muchos."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.schemas.instances import InstanceSchema
from api.schemas.processes import CandidatePageSchema
from api.schemas.processes import CandidateQuery
from api.schemas.processes import CandidateSchema
from api.schemas.processes import MigrateSchema
from api.schemas.processes import MigrationSchema
from api.schemas.processes import TargetQuery
from api.schemas.system import OperationSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from directory import access
from edge import identity
from edge.permission import permission
from engine import definitions
from engine import migrating
from engine.migrating import Foreseen
from engine.models import Instance
from engine.models import Operation

blueprint = Blueprint("migrations", __doc__)


@blueprint.route("/processes/<string(maxlength=100):key>/versions/<id:number>/candidates")
@permission("instance.migrate")
@blueprint.arguments(CandidateQuery, location="query")
@blueprint.response(200, CandidatePageSchema)
def candidates(query: dict[str, Any], key: str, number: int) -> Page[Foreseen]:
    """Listar los casos en curso de versiones anteriores, con si pueden pasar a esta y por qué no."""
    access.demand(identity.current(), "instance.migrate")
    with reading() as session:
        definition = definitions.version(session, key, number)
        return migrating.candidates(session, definition, text=query.pop("q"), **query)


@blueprint.route("/processes/<string(maxlength=100):key>/versions/<id:number>/migrations", methods=["POST"])
@permission("instance.migrate")
@blueprint.arguments(MigrationSchema)
@blueprint.creates(OperationSchema, at="/operations/{id}")
def begin(session: Session, given: dict[str, Any], key: str, number: int) -> Operation:
    """Pasar casos a una versión, o ensayarlo: avanza por partes como una operación."""
    definition = definitions.version(session, key, number)
    return migrating.begin(
        session, definition, instance_ids=given["instances"], rehearsal=given["rehearsal"], reason=given["reason"],
        by=identity.current(), now=clock.now(),
    )  # fmt: skip


@blueprint.route("/instances/<id:instance_id>/migration")
@permission("instance.migrate")
@blueprint.arguments(TargetQuery, location="query")
@blueprint.response(200, CandidateSchema)
def foresee(query: dict[str, Any], instance_id: int) -> Foreseen:
    """Ver si un caso puede pasar a otra versión, sin cambiar nada."""
    access.demand(identity.current(), "instance.migrate")
    with reading() as session:
        return migrating.foresee(session, instance_id, query["version"])


@blueprint.route("/instances/<id:instance_id>/migrate", methods=["POST"])
@permission("instance.migrate")
@blueprint.arguments(MigrateSchema)
@blueprint.response(200, InstanceSchema)
def migrate(given: dict[str, Any], instance_id: int) -> Instance:
    """Pasar un caso a otra versión, con el motivo; conserva vencimientos, borradores, observaciones y responsables."""
    by, now = identity.current(), clock.now()
    with transaction() as session:
        return migrating.migrate(session, instance_id, given["version"], reason=given["reason"], by=by, now=now)
