"""How large the demonstration is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of the demonstration.

    `municipalities` and `governorates` bound those that the second phase of Gobierno al Plan reaches (None: all of
    them); `first_phase` is the sample of municipalities that went through the first one. `batch` is how many work
    plans one transaction takes.
    """

    municipalities: int | None
    governorates: int | None
    first_phase: int
    harmonisation: int
    advisories: int
    contacts: int
    batch: int = 40


FULL = Scale(municipalities=None, governorates=None, first_phase=24, harmonisation=24, advisories=2, contacts=3)
SMALL = Scale(municipalities=12, governorates=1, first_phase=1, harmonisation=10, advisories=1, contacts=1)

SCALES = {"full": FULL, "small": SMALL}
