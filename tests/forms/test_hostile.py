"""Whatever is sent, loading answers or refuses; drafts in any state are still drawn."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import jinja2
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db.errors import InvalidData
from db.types import dumps
from forms.declaration import Kind
from forms.load import load
from tests.forms.samples import EVERY_KIND
from web.forms_view import form_view

TEMPLATES = jinja2.FileSystemLoader(Path(__file__).parents[2] / "web" / "templates")
PAGES = jinja2.Environment(loader=TEMPLATES, autoescape=True)
BOTH = PAGES.from_string(
    '{% from "forms/form.html" import render_form, render_readonly %}{{ render_form(view) }}{{ render_readonly(view) }}'
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([field.name for field in EVERY_KIND.fields() if field.kind is not Kind.DOCUMENT])
ROWS = st.lists(
    st.dictionaries(st.sampled_from(["name", "weight", "due", "mode", "x"]), VALUES, max_size=4) | VALUES, max_size=3
)
ANSWERS = st.dictionaries(NAMES | st.text(max_size=4), VALUES, max_size=6) | st.fixed_dictionaries({"milestones": ROWS})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=ANSWERS, partial=st.booleans())
def test_loading_answers_or_refuses(session: Session, raw: Any, partial: bool) -> None:
    with suppress(InvalidData):
        loaded = load(session, EVERY_KIND, raw, partial=partial)
        assert dumps(load(session, EVERY_KIND, loaded.data, partial=partial).data) == dumps(loaded.data)


@given(raw=ANSWERS)
def test_a_draft_in_any_state_is_drawn(raw: dict[str, Any]) -> None:
    assert "f-of-table" in BOTH.render(view=form_view(EVERY_KIND, raw, before={}))
