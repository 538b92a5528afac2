"""Who did what in a request for an expert, in words, where that is not who the request itself names."""

from collections.abc import Mapping

from tracking.models import SupportRequest
from tracking.support_acts import Act
from tracking.support_acts import Acts


def doer(act: Act | None, people: Mapping[int, str]) -> str:
    """Who did it, and for whom («Experto por delegación de Experta»); empty when nobody did."""
    if act is None:
        return ""
    name = people.get(act.person_id or 0, "el sistema")
    return f"{name} por delegación de {people.get(act.on_behalf_of, '')}" if act.on_behalf_of else name


def asking(row: SupportRequest, acts: Acts, people: Mapping[int, str]) -> str:
    """Who asks; once the plan went to somebody else, who asked and who follows it now."""
    follows = people.get(row.asker_id, "")
    if acts.asked_by in (None, row.asker_id):
        return f"la pide {follows}"
    return f"la pidió {people.get(acts.asked_by or 0, '')} y la sigue {follows}"


def giver(row: SupportRequest, acts: Acts, people: Mapping[int, str]) -> str:
    """Who gave a support, when that was not the expert of the request in their own right; else empty."""
    return "" if acts.given is None or acts.given.person_id == row.expert_id else doer(acts.given, people)


def ending(row: SupportRequest, acts: Acts, people: Mapping[int, str]) -> str:
    """Who withdrew a request and why, or why it ended with its plan; without the reason where it is not shown."""
    said = [f"La retiró {doer(acts.withdrawn, people)}" if acts.withdrawn else "", row.closing_reason]
    return ": ".join(one for one in said if one)
