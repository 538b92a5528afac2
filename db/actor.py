"""Who acts, and in what capacity."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Author of an act, as every act and history row records it.

    `capacity` is the capacity in words («Líder técnico», «Revisora DER por delegación de Ana Ruiz»);
    `on_behalf_of` is the person for whom a delegate acts; None when acting in one's own right.
    """

    person_id: int | None
    name: str
    capacity: str = ""
    on_behalf_of: int | None = None


SYSTEM = Actor(person_id=None, name="Sistema", capacity="Proceso automático")
