"""The manual: its chapters, each read and made a page once per process, and the search over what they say.

The text is in `web/manual`, in Markdown without HTML. A topic begins with a heading or with words in bold at the
beginning of a paragraph or of a point of a list, and its anchor is made of these words.
"""

import re
from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from itertools import count
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from db.searching import forms
from directory.names import normalise
from directory.searching import found
from directory.searching import words

FOLDER = Path(__file__).parent / "manual"
PLACE = "/ayuda"
MARKDOWN = MarkdownIt("commonmark", {"html": False})
AROUND = 90
"""Characters of an excerpt before and after what was looked for. The number is ours."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A file of the manual; `roles` are those whose chapter it is, `public` says whether it is read without account."""

    key: str
    roles: tuple[str, ...] = ()
    public: bool = False

    @property
    def url(self) -> str:
        """Where it is shown."""
        return f"{PLACE}/{self.key}"


CHAPTERS = (
    Chapter("comun", public=True),
    Chapter("lider", ("technical_lead",)),
    Chapter("der", ("der_reviewer", "der_monitoring")),
    Chapter("enlace", ("territorial_advisor",)),
    Chapter("articulacion", ("regional_coordinator", "support_liaison")),
    Chapter("direccion", ("technical_director", "subdirectorate")),
    Chapter("planeacion", ("planning_group", "planning_liaison")),
    Chapter("comunicaciones", ("communications",)),
    Chapter("experto", ("thematic_expert",)),
    Chapter("socia", ("partner_entity",)),
    Chapter("entidad", ("beneficiary_contact",), public=True),
    Chapter("control", ("internal_control", "senior_management")),
    Chapter("administracion", ("administrator",)),
    Chapter("visitante", public=True),
)
COMMON = CHAPTERS[0]
VISITOR = CHAPTERS[-1]


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that a chapter tells about: its first words, where it begins, and all that it says."""

    title: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """A chapter as it is shown: its title, its text as HTML, and its topics in order."""

    chapter: Chapter
    title: str
    html: Markup
    topics: Sequence[Topic]


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic that fits what was looked for, with the words around it."""

    told: Told
    topic: Topic
    excerpt: str

    @property
    def url(self) -> str:
        """The place in its chapter."""
        return f"{self.told.chapter.url}#{self.topic.anchor}" if self.topic.anchor else self.told.chapter.url


@cache
def told(chapter: Chapter) -> Told:
    """A chapter, made once."""
    tokens = MARKDOWN.parse((FOLDER / f"{chapter.key}.md").read_text(encoding="utf-8"))
    title = tokens[1].content  # every chapter begins with its heading, which is that of the page
    body = tokens[3:]
    topics = _topics(body)
    for token in body:
        for child in token.children or ():
            _lead(child)
    html = Markup(MARKDOWN.renderer.render(body, MARKDOWN.options, {}))
    return Told(chapter, title, html, topics)


def search(text: str, chapters: Sequence[Chapter]) -> list[Hit]:
    """The topics of `chapters` that have every word of `text`: first those that are about them, else in their order."""
    pages = [told(chapter) for chapter in chapters]
    hits = [
        Hit(page, topic, _excerpt(topic.text, text))
        for page in pages
        for topic in page.topics
        if found(text, f"{topic.title} {topic.text}")
    ]
    return sorted(hits, key=lambda hit: not found(text, hit.topic.title))


def _topics(tokens: Sequence[Token]) -> list[Topic]:
    """The topics of a chapter, whose anchors are put where they begin; without title what stands before the first.

    A point of a list that is a topic ends with the point: what follows it goes on with the paragraph above the list.
    """
    said: dict[str, tuple[str, list[str]]] = {"": ("", [])}
    now = above = ""
    for place, token in enumerate(tokens):
        if token.type == "list_item_close":
            now = above
        if token.type != "inline":
            continue
        begun = _begun(tokens, place)
        if begun is not None:
            opening, title = begun
            now = _fresh(normalise(title).replace(" ", "-"), said)
            said[now] = title, []
            opening.attrSet("id", now)
            above = above if opening.type == "list_item_open" else now
        said[now][1].append(_plain(token.children or ()))
    return [Topic(title, anchor, " ".join(parts)) for anchor, (title, parts) in said.items() if parts]


def _begun(tokens: Sequence[Token], place: int) -> tuple[Token, str] | None:
    """What opens the topic that begins with the text at `place`, and how it is called; None when it only goes on."""
    opening, children = (
        tokens[place - 1],
        [child for child in tokens[place].children or () if child.content or child.tag],
    )
    if opening.type == "heading_open":
        return opening, _plain(children)
    if not children or children[0].type != "strong_open":
        return None
    before = tokens[place - 2] if place > 1 else opening
    end = next(index for index, child in enumerate(children) if child.type == "strong_close")
    title = _plain(children[1:end]).rstrip(".,:")
    return (before if before.type == "list_item_open" else opening), title


def _fresh(anchor: str, given: Collection[str]) -> str:
    """`anchor`, with a number when it was given before."""
    return next(name for name in chain([anchor], (f"{anchor}-{number}" for number in count(2))) if name not in given)


def _plain(children: Sequence[Token]) -> str:
    return "".join(" " if child.type.endswith("break") else child.content for child in children)


def _lead(token: Token) -> None:
    """Links to other chapters lead to their pages; those that leave say nothing of where they come from."""
    if token.type == "link_open":
        href = str(token.attrGet("href"))
        token.attrSet("href", re.sub(r"^([a-z]+)\.md(?=#|$)", rf"{PLACE}/\1", href))
        if "//" in href:
            token.attrSet("rel", "noopener noreferrer")


def _excerpt(text: str, asked: str) -> str:
    """The words of `text` around the first that was asked for."""
    pieces = [form for word in words(asked) for form in forms(word)]
    places = (match for match in re.finditer(r"\S+", text) if any(one in normalise(match[0]) for one in pieces))
    first = next(places, None)
    middle = first.start() if first else 0
    start, end = max(0, middle - AROUND), min(len(text), middle + 2 * AROUND)
    said = text[start:end]
    said = said if start == 0 else f"… {said.partition(' ')[2]}"
    return said if end == len(text) else f"{said.rpartition(' ')[0]} …"
