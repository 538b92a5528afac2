"""Example answers about the support of a thematic expert."""

from typing import Any

from workflows.forms.examples.case import Case

Answers = dict[str, Any]


def request(case: Case) -> Answers:
    """Answers to `solicitud_apoyo`."""
    return {
        "desist": False,
        "theme": "digital",
        "need": "Revisar con la alcaldía el plan de apertura de datos antes de llevarlo al consejo de gobierno.",
        "wanted_on": case.day(12, 11),
        "modality": "remote",
    }


def answer(case: Case) -> Answers:
    """Answers to `respuesta_apoyo`."""
    return {"accepted": True, "agreed_on": case.day(12, 10)}


def outcome(case: Case) -> Answers:
    """Answers to `registro_apoyo`."""
    return {
        "given_on": case.day(11, 20),
        "outcome": "Se ajustó el plan de apertura y se recomendó empezar por los datos de contratación.",
        "files": list(case.files),
    }


def confirmation(case: Case) -> Answers:
    """Answers to `confirmacion_apoyo`."""
    return {"received": True}
