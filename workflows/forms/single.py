"""Forms of one section, which are most of the short ones."""

from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Rule
from forms.declaration import Section


def single(name: str, title: str, section: str, questions: tuple[Field, ...], submit: str, *rules: Rule) -> Form:
    """A form with one section titled `section`; `submit` is the verb on its button."""
    return Form(name, title, (Section("answers", section, questions),), rules, submit=submit)
