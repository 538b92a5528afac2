"""The roles of technical assistance, how they are called, and over what they may be held."""

from dataclasses import dataclass

NATIONAL = "national"
UNIT = "unit"
REGION = "region"
ENTITY = "entity"

SCOPE_KINDS = (NATIONAL, UNIT, REGION, ENTITY)


@dataclass(frozen=True, slots=True)
class Role:
    """A role. `label` is the capacity in which somebody signs, `article_label` fits inside a sentence.

    `scope_kinds` are those over which it may be held; `acts` is false for those who only read cases. `above` is who
    decides in their stead when all of them wrote what is to be decided on; empty when nobody does.
    """

    key: str
    label: str
    article_label: str
    scope_kinds: tuple[str, ...]
    acts: bool = True
    above: str = ""


_DECLARED = (
    Role("technical_lead", "Líder técnico", "el líder técnico o la líder técnica", (UNIT,)),
    Role("der_reviewer", "Revisión DER", "el equipo de revisión de la DER", (NATIONAL,)),
    Role("der_monitoring", "Monitoreo DER", "el equipo de monitoreo de la DER", (NATIONAL,)),
    Role("technical_director", "Dirección técnica", "la dirección técnica", (UNIT,)),
    Role("subdirectorate", "Subdirección general", "la subdirección general", (UNIT,)),
    Role("territorial_advisor", "Enlace territorial", "el enlace territorial", (REGION,)),
    Role("support_liaison", "Enlace de acompañamiento", "el enlace de acompañamiento", (NATIONAL,)),
    Role("regional_coordinator", "Articulación regional", "el articulador o la articuladora regional", (REGION,),
         above="der_monitoring"),
    Role("thematic_expert", "Experticia temática", "el experto temático o la experta temática", (NATIONAL, REGION)),
    Role("communications", "Comunicaciones", "el equipo de comunicaciones", (NATIONAL, UNIT)),
    Role("planning_liaison", "Enlace de planeación", "el enlace de planeación", (UNIT,)),
    Role("planning_group", "Grupo de Planeación", "el Grupo de Planeación", (NATIONAL,)),
    Role("partner_entity", "Entidad socia", "la entidad socia", (UNIT, REGION, ENTITY)),
    Role("senior_management", "Alta dirección", "la alta dirección", (NATIONAL,), acts=False),
    Role("internal_control", "Control interno", "el equipo de control interno", (NATIONAL,), acts=False),
    Role("administrator", "Administración del sistema", "la administración del sistema", (NATIONAL,), acts=False),
    Role("beneficiary_contact", "Contacto de la entidad", "el contacto de la entidad", (ENTITY,), acts=False),
)  # fmt: skip

ROLES: dict[str, Role] = {role.key: role for role in _DECLARED}

ACTING = frozenset(role.key for role in _DECLARED if role.acts)
"""Roles that move cases forward."""

OUTSIDE = frozenset({"partner_entity"})
"""Acting roles of people who belong to another entity: they stand in for nobody of this one."""


def label(key: str) -> str:
    """The label of a role; the key itself for a role that no longer exists."""
    role = ROLES.get(key)
    return role.label if role else key


def capacity(key: str, *, delegated_by: str = "", encargo: bool = False) -> str:
    """The capacity in words: «Revisión DER, por delegación de Ana Ruiz», «Dirección técnica (encargo)»."""
    text = label(key)
    if encargo:
        text += " (encargo)"
    if delegated_by:
        text += f", por delegación de {delegated_by}"
    return text
