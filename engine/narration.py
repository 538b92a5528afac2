"""What the system did by itself, in the words of history: a diagram names a step as something to do."""

_ENDINGS = {"ar": "ó", "er": "ió", "ir": "ió"}
_IRREGULAR = {
    "dar": "dio", "decir": "dijo", "deshacer": "deshizo", "disponer": "dispuso", "hacer": "hizo", "ir": "fue",
    "leer": "leyó", "mantener": "mantuvo", "obtener": "obtuvo", "poner": "puso", "producir": "produjo",
    "traer": "trajo", "transferir": "transfirió", "ver": "vio",
}  # fmt: skip


def done(name: str) -> str:
    """«Publicar la ficha» → «El sistema publicó la ficha»; a name that begins with no infinitive is quoted."""
    verb, _, rest = name.strip().rstrip(".").partition(" ")
    past = _past(verb.lower())
    if not past:
        return f"El sistema completó «{name}»"
    return f"El sistema {past} {rest}".rstrip()


def _past(verb: str) -> str:
    """The third person of the past of an infinitive; empty for what is none."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    ending = _ENDINGS.get(verb[-2:], "") if len(verb) > 3 and verb.isalpha() else ""
    return verb[:-2] + ending if ending else ""
