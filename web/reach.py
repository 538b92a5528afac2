"""How far somebody sees, in words: a list that is empty for them need not be empty for everybody."""

from directory import access
from directory.principal import Principal
from directory.roles import ENTITY
from directory.roles import REGION
from directory.roles import UNIT
from directory.rules import Reach
from web.filters import joined

PLACES = {UNIT: "su dependencia", REGION: "su región", ENTITY: "su entidad"}
SEVERAL = {UNIT: "sus dependencias", REGION: "sus regiones", ENTITY: "sus entidades"}


def in_words(by: Principal, action: str, *, through_plans: bool = False) -> str:
    """Which rows `by` has in sight: «los de su región y aquellos en los que participa»; nothing when all of them.

    `through_plans`: the rows are those of the plans in sight («las de los planes en los que participa»).
    """
    ways = access.ways(by, action)
    if any(way.reach is Reach.ANYWHERE for way in ways):
        return ""
    article = "las" if through_plans else "los"
    said = []
    for kind in PLACES:
        places = {way.place_id for way in ways if way.reach is Reach.SCOPE and way.place == kind}
        if places:
            said.append(f"{article} de {PLACES[kind] if len(places) == 1 else SEVERAL[kind]}")
    if any(way.reach is Reach.ASSIGNEE for way in ways):
        said.append("las de los planes en los que participa" if through_plans else "aquellos en los que participa")
    return joined(said)
