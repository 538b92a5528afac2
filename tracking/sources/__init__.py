"""About what obligations are: one module per family of subjects. Importing this registers them all."""

from tracking.sources import advisories
from tracking.sources import advisors
from tracking.sources import endings
from tracking.sources import gates
from tracking.sources import indicators
from tracking.sources import offices
from tracking.sources import plans
from tracking.sources import products
from tracking.sources import regions
from tracking.sources import units

__all__ = [
    "advisories",
    "advisors",
    "endings",
    "gates",
    "indicators",
    "offices",
    "plans",
    "products",
    "regions",
    "units",
]
