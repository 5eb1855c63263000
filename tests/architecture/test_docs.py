"""What the pages name exists: variables, commands, modules, files."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.utils.module_loading import import_string

from config import wiring
from tests.helpers.sources import APPS, PROJECT, python_files

PAGES = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
VARIABLE = re.compile(r"\b(?:QUAYSIDE_[A-Z_]+|DATABASE_URL|REDIS_URL)\b")
READ = re.compile(r"(?:env\.\w+\(|environ(?:\.get\(|\[)|getenv\(|VARIABLE = )\s*\"([A-Z_]+)\"")
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
PATH = re.compile(rf"`((?:{'|'.join(APPS)})(?:\.\w+)+)`")


def pages() -> Iterator[Path]:
    """Yield every page for readers."""
    yield from (PROJECT / name for name in PAGES)
    yield from sorted((PROJECT / "docs").rglob("*.md"))


def broken_links(page: Path) -> list[str]:
    """Return links of a page to files that don't exist."""
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    return [f"{page.name}: {name}" for name in targets if not (page.parent / name).exists()]


def is_attribute(path: str) -> bool:
    """Return whether a dotted name is something inside a module."""
    try:
        import_string(path)
    except ImportError:
        return False
    return True


def unknown_paths(text: str) -> list[str]:
    """Return dotted names that are neither code of ours nor an event, a job or a setting."""
    unknown = []
    settings = {spec.name for listed in wiring.SETTINGS for spec in import_string(listed)}
    for path in PATH.findall(text):
        if path in {*wiring.EVENT_HANDLERS, *wiring.JOBS, *settings}:
            continue
        try:
            importlib.import_module(path)
        except ImportError:
            unknown += [] if is_attribute(path) else [path]
    return unknown


def test_every_variable_that_is_read_is_documented_and_the_other_way_round():
    text = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    read = {
        name
        for path in python_files(*APPS, "scripts")
        for name in READ.findall(path.read_text(encoding="utf-8"))
        if VARIABLE.fullmatch(name)
    }

    assert set(VARIABLE.findall(text)) == read


def test_every_command_of_ours_is_listed_and_the_other_way_round():
    text = (PROJECT / "docs" / "index.md").read_text(encoding="utf-8")
    table = text.partition("| command | does |")[2].split("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    listed = {name for cell in cells for name in re.findall(r"`(\w+)", cell)}
    ours = {name for name, app in get_commands().items() if app in APPS}

    assert listed == ours


@pytest.mark.parametrize("document", list(pages()), ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document: Path):
    assert broken_links(document) == []


@pytest.mark.parametrize("document", list(pages()), ids=lambda path: path.name)
def test_every_named_piece_of_code_exists(document: Path):
    assert unknown_paths(document.read_text(encoding="utf-8")) == []


def test_a_broken_link_and_an_unknown_name_are_found(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("[x](none.md) `orders.services.napping.nap`")

    assert broken_links(page) == ["page.md: none.md"]
    assert unknown_paths(page.read_text()) == ["orders.services.napping.nap"]
