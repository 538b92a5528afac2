"""Institutional accounts, and the roles that their groups give."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from api.schemas.people import ScopedRoleSchema
from directory.group_roles import LONGEST


class IdentitySchema(Base):
    """An institutional account by which a person enters."""

    id = said("Número.", fields.Integer)
    person_id = said("De quién es.", fields.Integer)
    issuer = said("El proveedor que responde por ella.")
    subject = said("Su nombre allí, que no cambia.")
    email = said("El correo por el que se enlazó.")
    linked_at = said("Cuándo se enlazó.", fields.DateTime)
    last_in_at = said("Cuándo se ingresó con ella por última vez.", fields.DateTime)
    withheld = fields.List(
        fields.String(), metadata={"description": "Lo que traen sus grupos y no se aplicó, con su razón."}
    )
    removed_at = said("Desde cuándo ya no sirve; nulo si sirve.", fields.DateTime, allow_none=True)


IdentityPageSchema = page_of(IdentitySchema)


class GroupRoleInSchema(ScopedRoleSchema):
    """A role that a group is to give."""

    group = text("El grupo, como lo envía el proveedor de las cuentas.", most=LONGEST, required=True)


class GroupRoleSchema(Base):
    """A role that a group gives."""

    id = said("Número.", fields.Integer)
    group = said("El grupo.")
    role = said("Rol.")
    scope_kind = said("`national`, `unit`, `region` o `entity`.")
    scope_id = said("Número de la dependencia, región o entidad.", fields.Integer, allow_none=True)
    added_at = said("Desde cuándo lo da.", fields.DateTime)
    removed_at = said("Desde cuándo ya no; nulo si lo da.", fields.DateTime, allow_none=True)


GroupRolePageSchema = page_of(GroupRoleSchema)
