"""Templates compile and keep to the content policy: nothing inline, nothing marked safe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template

from tests.helpers.sources import PROJECT, name_of, python_files, template_files

FORBIDDEN = {
    "handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(
        r"<script(?![^>]*(?:\bsrc\s*=|type=\"application/json\"))", re.IGNORECASE
    ),
    "hx-on": re.compile(r"\s(?:data-)?hx-on[:=-]", re.IGNORECASE),
    "javascript address": re.compile(r"=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "safe filter": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
    "foreign address": re.compile(
        r"<(?:script|link|img|iframe)[^>]*(?:src|href)\s*=\s*[\"']https?://"
    ),
}
# A comment in a template may name what it forbids.
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}", re.DOTALL)


def violations(text: str) -> list[str]:
    """Return the names of what a template must not hold."""
    bare = COMMENT.sub("", text)
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(bare)]


def template_name(path: Path) -> str:
    """Return the name by which the loaders find a template."""
    parts = path.parts
    return "/".join(parts[len(parts) - parts[::-1].index("templates") :])


def test_every_template_compiles():
    problems = []
    for path in template_files():
        try:
            get_template(template_name(path))
        except TemplateSyntaxError as error:
            problems.append(f"{name_of(path)}: {error}")

    assert problems == []


def test_a_template_that_does_not_compile_is_found():
    with pytest.raises(TemplateSyntaxError):
        engines["django"].from_string("{% if stock %}")


def test_no_template_holds_inline_code_or_trusts_its_data():
    found = [
        f"{name_of(path)}: {name}"
        for path in template_files()
        if path.suffix != ".txt"  # plain text is not markup
        for name in violations(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_no_module_marks_text_safe_unless_it_is_built_by_format_html():
    pattern = re.compile(r"\bmark_safe\(")
    # Fixed drawings of ours, no data inside.
    allowed = {"core/templatetags/ui.py", "core/icons.py", "core/pictures.py"}
    found = [
        name_of(path)
        for path in python_files()
        if pattern.search(path.read_text(encoding="utf-8")) and name_of(path) not in allowed
    ]

    assert [name for name in found if not name.startswith("tests/")] == []


def test_no_script_of_ours_evaluates_text_or_writes_markup():
    pattern = re.compile(r"\beval\(|new Function\(|document\.write\(|\.style\.cssText")
    found = [
        name_of(path)
        for path in sorted((PROJECT / "static").rglob("*.js"))
        if "vendor" not in path.parts and pattern.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("sample", "name"),
    [
        ('<button onclick="ship()">Ship</button>', "handler attribute"),
        ("<a\n  onmouseover = 'x()'>", "handler attribute"),
        ('<td class="n" style="color:red">', "style attribute"),
        ("<style>td{}</style>", "style element"),
        ("<script>ship()</script>", "inline script"),
        ('<script type="module">ship()</script>', "inline script"),
        ('<form hx-on:submit="ship()">', "hx-on"),
        ('<a href="javascript:ship()">', "javascript address"),
        ("{{ note|safe }}", "safe filter"),
        ("{% autoescape off %}{{ note }}{% endautoescape %}", "safe filter"),
        ('<script src="https://cdn.example/x.js"></script>', "foreign address"),
    ],
)
def test_a_template_with_inline_code_is_found(sample: str, name: str):
    assert name in violations(sample)


@pytest.mark.parametrize(
    "sample",
    [
        '{% load static %}<script src="{% static \'js/quayside.js\' %}" type="module"></script>',
        '<button data-action="ship" data-on="click" class="button-style">Ship</button>',
        "{# no onclick= and no |safe here #}<p>One moment</p>",
        '<input name="position" data-controller="scan">',
        '<script type="application/json" id="points">[1, 2]</script>',
    ],
)
def test_a_clean_template_passes(sample: str):
    assert violations(sample) == []
