"""The kinds of facts that may meet an obligation, with what they say; the rooms that record them declare them."""

STATEMENT = "statement"
"""In `met_by`: a statement with evidence that the supervisor accepts. As a fact its kind names its policy too."""

_KINDS: dict[str, str] = {STATEMENT: "una constancia con evidencia que acepta quien supervisa"}
_ABOUT: dict[str, str] = {}


def declare(kind: str, words: str, *, about: str = "") -> str:
    """Declare a kind of fact, with what meets the obligation in words («registrar la asesoría»). Returns the kind.

    `about` is what such facts are about, as sources name it (`Source.about`); empty: it may be anything.
    """
    _KINDS[kind] = words
    _ABOUT[kind] = about
    return kind


def known() -> dict[str, str]:
    """Every declared kind with its words."""
    return dict(_KINDS)


def words(kind: str) -> str:
    """What a kind says; the kind itself when nobody declared it."""
    return _KINDS.get(kind, kind)


def about(kind: str) -> str:
    """What the facts of a kind are about, as sources name it; empty where it may be anything."""
    return _ABOUT.get(kind, "")


def of_statement(policy_key: str) -> str:
    """The kind of the fact that an accepted statement is: it serves its own policy and no other."""
    return f"{STATEMENT}:{policy_key}"


def serving(met_by: tuple[str, ...], policy_key: str) -> frozenset[str]:
    """The kinds of facts that meet the obligations of a policy."""
    return frozenset(of_statement(policy_key) if kind == STATEMENT else kind for kind in met_by)
