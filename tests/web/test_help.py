"""The manual inside the application: whose chapter is whose, that nothing in it leads nowhere, and the search."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import RequestRedirect

from directory.roles import ROLES
from tests.web.conftest import Browse
from tests.web.world import World
from web import chapters
from web.chapters import CHAPTERS
from web.chapters import Chapter

ROOT = Path(__file__).parents[2]
TEXTS = {one.key: (chapters.FOLDER / f"{one.key}.md").read_text() for one in CHAPTERS}
SHIPPED = ("web", "edge", "api", "workflows", "tracking", "engine", "forms", "notifications", "directory", "db", "att")
# Said with a number or a value that the program puts in, or as somebody types it.
EXAMPLES = {
    "y N más", "Dispensar las elegidas…", "Dispensar las N que cumplen el filtro…", "más de 99", "15/08/27",
    "20/11/2026", "9-jun-27", "Antes, fila 3", "en N días hábiles", "devolver también la carga",
}  # fmt: skip


def ids_of(html: str) -> list[str]:
    return re.findall(r' id="([^"]+)"', html)


def test_every_role_has_its_chapter() -> None:
    assert sorted(role for one in CHAPTERS for role in one.roles) == sorted(ROLES)


def test_every_file_is_a_chapter_and_is_listed_where_the_files_are() -> None:
    there = {path.stem for path in chapters.FOLDER.glob("*.md")} - {"README"}
    listed = re.findall(r"\]\((\w+)\.md\)", (chapters.FOLDER / "README.md").read_text())
    assert there == set(TEXTS) == set(listed)
    assert len(listed) == len(CHAPTERS)


@pytest.mark.parametrize("key", [*TEXTS, "README"])
def test_every_link_between_the_files_leads_to_one(key: str) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", (chapters.FOLDER / f"{key}.md").read_text()):
        name, _, anchor = link.partition("#")
        assert (chapters.FOLDER / name).exists(), link
        assert not anchor or anchor in ids_of(chapters.told(_chapter(name.removesuffix(".md"))).html), link


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda one: one.key)
def test_every_link_of_a_page_leads_somewhere(app: Flask, chapter: Chapter) -> None:
    told = chapters.told(chapter)
    adapter = app.url_map.bind("localhost")
    for link in re.findall(r'href="([^"]+)"', told.html):
        path, _, anchor = link.partition("#")
        endpoint, values = adapter.match(path)
        assert endpoint == "web_help.show", link
        assert not anchor or anchor in ids_of(chapters.told(_chapter(values["chapter"])).html)
    assert [topic.anchor for topic in told.topics if topic.anchor] == ids_of(told.html)
    assert len(set(ids_of(told.html))) == len(ids_of(told.html))


@pytest.mark.parametrize("chapter", [one for one in CHAPTERS if one.public], ids=lambda one: one.key)
def test_what_a_visitor_reads_leads_to_nothing_closed(chapter: Chapter) -> None:
    links = re.findall(rf'href="{chapters.PLACE}/(\w+)', chapters.told(chapter).html)
    assert all(_chapter(key).public for key in links)


def test_the_addresses_that_the_manual_names_are_there(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    named = {path for text in TEXTS.values() for path in re.findall(r"`(/[a-z][^`\s]*)`", text)}
    assert named
    for path in named:
        try:
            assert adapter.match(path.replace("…", "1"))
        except (MethodNotAllowed, RequestRedirect):
            continue


def test_what_the_manual_quotes_stands_in_the_program() -> None:
    files = [
        path for room in SHIPPED for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".html", ".bpmn", ".js")
    ]
    said = " ".join(unescape(path.read_text()) for path in files if "manual" not in path.parts)
    plain = re.sub(r"\s+", " ", said).casefold()
    quoted = {one for text in TEXTS.values() for one in re.findall(r"«([^»]+)»", text)}
    assert sorted(one for one in quoted - EXAMPLES if one.casefold() not in plain) == []
    assert quoted >= EXAMPLES


def test_html_in_a_chapter_would_be_shown_and_not_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "prueba.md").write_text("# Prueba\n\n- **Uno.** <script>alert(1)</script> [x](javascript:alert(1))\n")
    monkeypatch.setattr(chapters, "FOLDER", tmp_path)
    html = chapters.told(Chapter("prueba")).html
    assert "<script" not in html
    assert "href" not in html


def test_one_s_own_chapters_come_first_and_open(browse: Browse, world: World) -> None:
    page = browse("asesor").get("/ayuda")
    assert page.index('href="/ayuda/enlace"') < page.index('href="/ayuda/comun"') < page.index('href="/ayuda/lider"')
    assert page.count('<details class="fold" open>') == 2
    assert 'href="/ayuda/enlace#registrar-asesoria"' in page
    assert all(one.url in page for one in CHAPTERS)


def test_a_visitor_reads_what_needs_no_account(browse: Browse, world: World) -> None:
    visitor = browse("")
    page = visitor.get("/ayuda")
    assert {one.key for one in CHAPTERS if one.public} == set(re.findall(r'href="/ayuda/(\w+)"', page))
    for one in CHAPTERS:
        answer = visitor.client.get(one.url)
        assert answer.status_code == (200 if one.public else 303)
    assert visitor.client.get("/ayuda/lider").location.startswith("/ingreso")
    assert "Set-Cookie" not in visitor.client.get("/ayuda").headers
    assert "Compuerta" not in visitor.get("/ayuda?buscar=incidentes")
    assert "/ayuda/administracion" not in visitor.get("/ayuda?buscar=incidentes")


def test_whoever_has_an_account_reads_every_chapter(browse: Browse, world: World) -> None:
    reader = browse("comunicaciones")
    for one in CHAPTERS:
        page = reader.get(one.url)
        assert f"<h1>{chapters.told(one).title}</h1>" in page
        assert all(f'href="#{topic.anchor}"' in page for topic in chapters.told(one).topics if topic.anchor)


def test_an_unknown_chapter_is_not_there(browse: Browse, world: World) -> None:
    browse("asesor").get("/ayuda/nada", 404)
    browse("").get("/ayuda/README", 404)


@pytest.mark.parametrize("text", ["radicado", "RADICADOS", "contrasena TELÉFONOS"])
def test_words_are_found_without_accents_capitals_or_number(browse: Browse, world: World, text: str) -> None:
    assert 'href="/ayuda/comun#' in browse("asesor").get(f"/ayuda?buscar={text}").partition("Para usted")[0]


def test_a_topic_about_the_words_comes_before_one_that_mentions_them() -> None:
    hits = chapters.search("ausencias", CHAPTERS)
    about = ["ausencia" in hit.topic.title.lower() for hit in hits]
    assert about == sorted(about, reverse=True)
    assert any(about)
    assert not all(about)
    assert all("ausencia" in f"{hit.topic.title} {hit.excerpt}".lower() for hit in hits)


def test_what_nobody_wrote_is_said_to_be_nowhere(browse: Browse, world: World) -> None:
    assert "Nada en el manual" in browse("asesor").get("/ayuda?buscar=xilófono")
    assert "&lt;b&gt;" in browse("asesor").client.get("/ayuda?buscar=<b>").get_data(as_text=True)


@pytest.mark.parametrize(
    ("who", "path"), [("", "/portafolio"), ("", "/ingreso"), ("asesor", "/bandeja"), ("admin", "/mi-cuenta")]
)
def test_every_page_leads_to_it(browse: Browse, world: World, who: str, path: str) -> None:
    assert 'href="/ayuda"' in browse(who).get(path)


def _chapter(key: str) -> Chapter:
    return next(one for one in CHAPTERS if one.key == key)
