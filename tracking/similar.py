"""Whether something like a new product exists already, and who else reaches the same entities.

Avoids a scattered supply: a product like another is shown to whoever names it, with the reasons; nobody is stopped.
"""

from collections.abc import Collection
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.chunks import chunks
from directory.names import normalise
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import WorkPlan
from tracking.trace import RUNNING

THRESHOLD = 0.4
CANDIDATES = 500

# Words that stand in the names of most products and tell none apart.
COMMON = frozenset(
    {
        "para",
        "con",
        "por",
        "del",
        "los",
        "las",
        "una",
        "que",
        "sus",
        "asistencia",
        "tecnica",
        "territorial",
        "territoriales",
        "entidad",
        "entidades",
        "municipio",
        "municipios",
        "departamento",
        "departamentos",
        "apoyo",
        "fortalecimiento",
    }
)
STEM = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A product like the one asked about; `score` from 0 to 1, `reasons` in words."""

    product: Product
    score: float
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A product with running plans in some of the same entities."""

    product: Product
    entity_ids: list[int]


def similar_products(
    session: Session, name: str, problems: Iterable[str] = (), *, exclude_id: int | None = None, limit: int = 5
) -> list[Match]:
    """Products like one with this name and these problems, ended and withdrawn ones too; the most alike first."""
    wanted, problem = normalise(name), normalise(" ".join(problems))
    stems = sorted(_stems(wanted) | _stems(problem))
    if not stems:
        return []
    near = [or_(Product.search_name.contains(stem), Product.search_problem.contains(stem)) for stem in stems]
    statement = select(Product).where(or_(*near))
    if exclude_id is not None:
        statement = statement.where(Product.id != exclude_id)
    candidates = session.scalars(statement.order_by(Product.id.desc()).limit(CANDIDATES))
    matches = [_match(product, wanted, problem) for product in candidates]
    found = [match for match in matches if match.score >= THRESHOLD]
    return sorted(found, key=lambda match: (-match.score, match.product.id))[:limit]


def overlapping_entities(
    session: Session, entity_ids: Collection[int], *, exclude_id: int | None = None
) -> list[Overlap]:
    """Other products with running plans in `entity_ids`, those that share most entities first."""
    shared: dict[int, set[int]] = {}
    for piece in chunks(entity_ids):
        statement = select(WorkPlan.product_id, WorkPlan.entity_id).where(
            WorkPlan.entity_id.in_(piece), WorkPlan.status.in_(RUNNING)
        )
        for product_id, entity_id in session.execute(statement):
            if product_id != exclude_id:
                shared.setdefault(product_id, set()).add(entity_id)
    products = session.scalars(select(Product).where(Product.id.in_(shared)))
    found = [Overlap(product, sorted(shared[product.id])) for product in products]
    return sorted(found, key=lambda overlap: (-len(overlap.entity_ids), overlap.product.id))


def likeness(one: str, other: str) -> float:
    """How alike two normalised texts are in their runs of three letters (Dice), from 0 to 1."""
    left, right = _trigrams(one), _trigrams(other)
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def _match(product: Product, name: str, problem: str) -> Match:
    names = likeness(name, product.search_name)
    problems = _shared_words(problem, product.search_problem)
    reasons = []
    if names >= THRESHOLD:
        reasons.append(f"El nombre se parece en un {names:.0%}.".replace("%", " %"))
    if problems >= THRESHOLD:
        reasons.append(f"Los problemas que atiende coinciden en un {problems:.0%}.".replace("%", " %"))
    if product.status == ProductStatus.WITHDRAWN:
        reasons.append(f"Se retiró: {product.withdrawal_reason}")
    return Match(product, round(max(names, problems), 3), reasons)


def _shared_words(one: str, other: str) -> float:
    left, right = _stems(one), _stems(other)
    return len(left & right) / min(len(left), len(right)) if len(left) > 1 and len(right) > 1 else 0.0


def _stems(text: str) -> set[str]:
    """The telling words of a text, cut so that «proyecto» and «proyectos» are one."""
    return {word[:STEM] for word in text.split() if len(word) > 2 and word not in COMMON}


def _trigrams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)} if text else set()
