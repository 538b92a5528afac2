"""People, what they hold, whom they cover, when they are away, and to whom they delegate."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import Exact
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import narrowing
from api.schemas.base import number
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from directory.absences import KINDS as ABSENCE_KINDS
from directory.entities import KINDS as ENTITY_KINDS
from directory.roles import NATIONAL
from directory.roles import ROLES
from directory.roles import SCOPE_KINDS


class GrantSchema(Base):
    """A role over a scope."""

    role = said("Rol.")
    scope_kind = said("`national`, `unit`, `region` o `entity`.")
    scope_id = said("Número de la dependencia, región o entidad.", fields.Integer, allow_none=True)
    source = said("De dónde viene: `grant`, `coverage`, `encargo` o `delegation`.")
    on_behalf_of = said("Por quién se actúa, si es por delegación.", fields.Integer, allow_none=True)
    capacity = said("En qué calidad, en palabras.")


class MeSchema(Base):
    """Who asks."""

    person_id = said("Su número.", fields.Integer)
    name = said("Su nombre.")
    unit_id = said("Su dependencia.", fields.Integer, allow_none=True)
    grants = fields.List(fields.Nested(GrantSchema))
    actions = fields.List(fields.String(), metadata={"description": "Lo que puede hacer en alguna parte."})


class PersonQuery(Paging):
    """Which people."""

    q = text("Palabras del nombre.", most=200, load_default="")
    unit_id = narrowing("Solo las de esta dependencia.")
    purpose = text("Para qué se descarga la lista con los correos, si se pide como libro.", most=300, load_default="")


class PersonSchema(Base):
    """Somebody who takes part in technical assistance."""

    id = said("Número.", fields.Integer)
    name = said("Nombre.")
    email = said("Correo.")
    position = said("Cargo.")
    unit_id = said("Dependencia.", fields.Integer, allow_none=True)
    disabled_at = said("Desde cuándo no entra.", fields.DateTime, allow_none=True)


PersonPageSchema = page_of(PersonSchema)


class PersonInSchema(Base):
    """A person to register."""

    name = text("Nombre.", most=200, required=True)
    email = text("Correo.", most=200, load_default="")
    position = text("Cargo.", most=200, load_default="")
    unit_id = number("Dependencia.", load_default=None, allow_none=True)


class PersonChangeSchema(Base):
    """What changes of a person."""

    name = text("Nombre.", most=200)
    email = text("Correo.", most=200)
    position = text("Cargo.", most=200)
    unit_id = number("Dependencia.", allow_none=True)


class AccountInSchema(Base):
    """A username and password for somebody."""

    username = text("Usuario, sin espacios.", most=200, required=True)
    password = text("Contraseña, de 12 caracteres o más.", most=200, required=True, load_only=True)


class AccountSchema(Base):
    """An account; its password is told to nobody."""

    person_id = said("De quién es.", fields.Integer)
    username = said("Usuario.")


class RoleSchema(Base):
    """A role."""

    key = said("Clave.")
    label = said("Nombre.")
    scope_kinds = fields.List(fields.String(), metadata={"description": "Alcances que admite."})


RolePageSchema = page_of(RoleSchema)


class RoleGrantSchema(Base):
    """A role that somebody was given."""

    id = said("Número.", fields.Integer)
    role = said("Rol.")
    scope_kind = said("`national`, `unit`, `region` o `entity`.")
    scope_id = said("Número de la dependencia, región o entidad.", fields.Integer, allow_none=True)
    since = said("Desde qué día.", fields.Date)
    until = said("Hasta qué día; nulo si no termina.", fields.Date, allow_none=True)
    source = said("`hand` si alguien lo dio, `oidc` si lo da un grupo de su cuenta institucional.")
    revoked_at = said("Cuándo se quitó.", fields.DateTime, allow_none=True)


RoleGrantPageSchema = page_of(RoleGrantSchema)


class ScopedRoleSchema(Base):
    """A role over a scope."""

    role = choice("Rol.", ROLES, required=True)
    scope_kind = choice("Alcance.", SCOPE_KINDS, load_default=NATIONAL)
    scope_id = number(
        "Número de la dependencia, región o entidad; nulo si es nacional.", load_default=None, allow_none=True
    )


class RoleGrantInSchema(ScopedRoleSchema):
    """A role to give."""

    since = fields.Date(load_default=None, allow_none=True, metadata={"description": "Desde qué día; hoy si es nulo."})
    until = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "Hasta qué día; nulo si no termina."}
    )


class EncargoInSchema(ScopedRoleSchema):
    """A post to fill between two days."""

    since = fields.Date(required=True, metadata={"description": "El primer día."})
    until = fields.Date(required=True, metadata={"description": "El último día."})
    act = text("La resolución que lo dispone.", most=200, required=True)


class EncargoSchema(Base):
    """A post that somebody fills between two days."""

    id = said("Número.", fields.Integer)
    person_id = said("Quién.", fields.Integer)
    role = said("Rol.")
    scope_kind = said("`national`, `unit`, `region` o `entity`.")
    scope_id = said("Número de la dependencia, región o entidad.", fields.Integer, allow_none=True)
    since = said("El primer día.", fields.Date)
    until = said("El último día.", fields.Date)
    act = said("La resolución que lo dispone.")
    revoked_at = said("Cuándo terminó antes de tiempo.", fields.DateTime, allow_none=True)


EncargoPageSchema = page_of(EncargoSchema)


class RegionSchema(Base):
    """A region of the current scheme."""

    id = said("Número.", fields.Integer)
    name = said("Nombre.")


RegionPageSchema = page_of(RegionSchema)


class HandoverInSchema(Base):
    """All that somebody carries, to be given to another."""

    from_id = number("Quién entrega.", required=True)
    to_id = number("Quién recibe.", required=True)
    since = fields.Date(required=True, metadata={"description": "Desde qué día."})
    reason = text("Por qué.", required=True)


class HandoverSchema(Base):
    """A handover."""

    id = said("Número.", fields.Integer)
    from_id = said("Quién entrega.", fields.Integer)
    to_id = said("Quién recibe.", fields.Integer)
    since = said("Desde qué día.", fields.Date)
    reason = said("Por qué.")
    requested_at = said("Cuándo se pidió.", fields.DateTime)
    requested_by = said("Quién lo pidió.", fields.Integer)
    cancelled_at = said("Cuándo se canceló.", fields.DateTime, allow_none=True)
    applied_at = said("Cuándo se hizo.", fields.DateTime, allow_none=True)
    result = said("Cuánto pasó de manos: clase → cuántos.", fields.Dict)


HandoverPageSchema = page_of(HandoverSchema)


class EntityQuery(Paging):
    """Which entities."""

    q = text("Palabras del nombre, o el comienzo del código DANE.", most=200, load_default="")
    kind = choice("Clase de entidad.", ("", *ENTITY_KINDS), load_default="")
    department = text("Código DANE del departamento.", most=2, load_default="")


class EntitySchema(Base):
    """A territorial entity."""

    id = said("Número.", fields.Integer)
    kind = said("Clase de entidad.")
    code = said("Código DANE, o uno propio.")
    name = said("Nombre.")
    department_code = said("Código DANE del departamento.")
    latitude = said("Latitud.", Exact, allow_none=True)
    longitude = said("Longitud.", Exact, allow_none=True)


EntityPageSchema = page_of(EntitySchema)


class EntityDetailSchema(EntitySchema):
    """A territorial entity, its region, and who covers it."""

    region_id = said("Región del esquema vigente.", fields.Integer, allow_none=True)
    advisor_id = said("Quién la atiende hoy; nulo para quien no puede saberlo.", fields.Integer, allow_none=True)


class EventSchema(Base):
    """Something that happened with an entity."""

    at = said("Cuándo se registró; ordena la línea de tiempo.", fields.DateTime)
    day = said("Qué día ocurrió.", fields.Date)
    kind = said("Clase de hecho: `plan`, `advisory`, `contact` o `coverage`.")
    id = said("Número de lo que trata.", fields.Integer)
    summary = said("Qué pasó.")
    actor_name = said("Quién.")
    product_name = said("Producto.")


EventPageSchema = page_of(EventSchema)


class CoverageSchema(Base):
    """Who covers an entity, and when."""

    id = said("Número.", fields.Integer)
    person_id = said("Asesor.", fields.Integer)
    entity_id = said("Entidad.", fields.Integer)
    since = said("Desde qué día.", fields.Date)
    until = said("Hasta qué día; nulo si no termina.", fields.Date, allow_none=True)
    revoked_at = said("Cuándo quedó sin efecto; nulo si cuenta.", fields.DateTime, allow_none=True)


CoveragePageSchema = page_of(CoverageSchema)


class CoverSchema(Base):
    """An advisor for an entity."""

    person_id = number("Asesor.", required=True)
    since = fields.Date(required=True, metadata={"description": "Desde qué día."})
    until = fields.Date(load_default=None, allow_none=True, metadata={"description": "Hasta qué día."})


class AppointmentEndQuery(Base):
    """The end of a role or of an encargo before its day."""

    reason = text("Por qué.", required=True)


class StaysSchema(Base):
    """What nobody attends any more: it is handed over with `POST /handovers`."""

    entities = said("Entidades que acompaña.", fields.Integer)
    scheduled = said("Entidades que acompañará desde otro día.", fields.Integer)
    plans = said("Planes de trabajo en curso.", fields.Integer)
    products = said("Productos que lidera.", fields.Integer)
    strategies = said("Estrategias que lidera.", fields.Integer)
    tasks = said("Tareas abiertas.", fields.Integer)
    obligations = said("Obligaciones abiertas que pasan con lo demás.", fields.Integer)
    kept = said("Obligaciones abiertas que siguen contando para esa persona.", fields.Integer)


class AppointmentEndedSchema(Base):
    """What the end of a role or of an encargo leaves."""

    freed = said("Cuántas tareas que tenía con ese rol volvieron a quienes más lo tienen.", fields.Integer)
    stays = said(
        "Lo que sigue a su nombre, cuando ya no tiene ningún rol con que atenderlo; `null` cuando lo tiene.",
        fields.Nested, nested=StaysSchema, allow_none=True,
    )  # fmt: skip


class CoverageEndQuery(Base):
    """The end of a coverage."""

    until = fields.Date(load_default=None, metadata={"description": "El último día; hoy si no se dice."})


class HandOverSchema(Base):
    """An entity given to another advisor."""

    person_id = number("Quién la recibe.", required=True)
    since = fields.Date(required=True, metadata={"description": "Desde qué día."})
    confirmed = fields.Boolean(
        load_default=False, metadata={"description": "Necesario cuando el día ya pasó: corrige lo registrado."}
    )


class AbsenceInSchema(Base):
    """Days on which somebody is away."""

    kind = choice("Clase de ausencia.", ABSENCE_KINDS, required=True)
    since = fields.Date(required=True, metadata={"description": "El primer día."})
    until = fields.Date(required=True, metadata={"description": "El último día."})
    note = text("Nota.", most=500, load_default="")
    confirmed = fields.Boolean(
        load_default=False, metadata={"description": "Sí: son esas fechas, aunque hayan pasado o sean más de un año."}
    )


class AbsenceForOtherSchema(Base):
    """Days on which somebody who cannot say it is away."""

    kind = choice("Clase de ausencia.", ABSENCE_KINDS, required=True)
    since = fields.Date(required=True, metadata={"description": "El primer día."})
    until = fields.Date(required=True, metadata={"description": "El último día."})
    reason = text("Por qué la registra otra persona.", most=500, required=True)
    confirmed = fields.Boolean(
        load_default=False, metadata={"description": "Sí: son esas fechas, aunque hayan pasado o sean más de un año."}
    )


class AbsenceSchema(Base):
    """An absence."""

    id = said("Número.", fields.Integer)
    person_id = said("Quién.", fields.Integer)
    kind = said("Clase de ausencia.")
    since = said("El primer día.", fields.Date)
    until = said("El último día.", fields.Date)
    note = said("Nota.")
    revoked_at = said("Cuándo se anuló.", fields.DateTime, allow_none=True)


AbsencePageSchema = page_of(AbsenceSchema)


class DelegationInSchema(Base):
    """Somebody who acts for the person who asks."""

    to_id = number("Quién actuará por usted.", required=True)
    role = choice("Con qué rol; nulo para todos los suyos.", ROLES, load_default=None, allow_none=True)
    since = fields.Date(required=True, metadata={"description": "El primer día."})
    until = fields.Date(required=True, metadata={"description": "El último día."})
    reason = text("Por qué.", most=500, load_default="")


class DelegationSchema(Base):
    """A delegation."""

    id = said("Número.", fields.Integer)
    from_id = said("Por quién se actúa.", fields.Integer)
    to_id = said("Quién actúa.", fields.Integer)
    role = said("Con qué rol; nulo si con todos.", allow_none=True)
    since = said("El primer día.", fields.Date)
    until = said("El último día.", fields.Date)
    reason = said("Por qué.")
    revoked_at = said("Cuándo se revocó.", fields.DateTime, allow_none=True)


DelegationPageSchema = page_of(DelegationSchema)
