"""What `att simulate` prints."""

from datetime import date

from att.commands.simulate import line
from notifications.notices import Item
from notifications.simulation import Told


def test_a_line_says_in_a_sentence_who_owes_it() -> None:
    item = Item("Informe mensual", "Tolima", "/plazos/1", "", whose="Lo debe Ana Ruiz.", debtor="Ana Ruiz")
    told = Told(date(2026, 12, 1), 8, 1, "Marta Gil", "obligation", 1, "D+1", item)
    assert line(told) == "2026-12-01 08:00  Marta Gil  [D+1] Informe mensual (Tolima). Lo debe Ana Ruiz."
