"""The catalogue, the scanner check, the frame's rail, and the weight of what browsers load."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.core import make_user, sign_in

PROJECT = Path(__file__).resolve().parents[3]
STATIC = PROJECT / "static"
PAGES = ("catalogue", "catalogue-index", "catalogue-object", "catalogue-floor", "scanner-check")
FIRST_LOAD = (
    "vendor/tabler.min.css",
    "vendor/htmx.min.js",
    "css/tokens.css",
    "css/quayside.css",
    "css/forms-and-tables.css",
    "js/theme.js",
    "js/quayside.js",
    "js/index-page.js",
    "js/keys.js",
)


def packed_bytes(path: Path) -> int:
    """Return the size of a file as gzip sends it."""
    return len(gzip.compress(path.read_bytes(), 9))


def test_our_own_scripts_are_at_most_40_kb():
    assert sum(packed_bytes(path) for path in (STATIC / "js").glob("*.js")) <= 40 * 1024


def test_the_first_load_is_at_most_180_kb():
    assert sum(packed_bytes(STATIC / name) for name in FIRST_LOAD) <= 180 * 1024


@pytest.mark.parametrize("path", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_our_scripts_need_no_eval_and_no_other_host(path):
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\beval\(|new Function|https?://|\.style\b|setAttribute\(.style", text)


@pytest.mark.parametrize("path", sorted((STATIC / "css").glob("*.css")), ids=lambda path: path.name)
def test_our_styles_load_nothing_from_elsewhere(path):
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"@import|https?://|url\((?![\"']?\.\./img/)", text)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_hold_no_inline_style_or_script(name, language):
    client = sign_in(Client(), make_user("admin", language=language))

    html = client.get(reverse(name)).content.decode()

    assert f'<html lang="{language}"' in html
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script>|hx-on", html)


@pytest.mark.django_db
def test_the_rail_shows_only_what_the_role_may_open():
    operator = sign_in(Client(), make_user("operator"))
    admin = sign_in(Client(), make_user("admin"))

    seen = operator.get(reverse("catalogue")).content.decode()
    everything = admin.get(reverse("catalogue")).content.decode()

    assert reverse("users-index") not in seen.split("</nav>")[0]
    assert 'data-key="settings"' not in seen
    assert 'data-key="settings"' in everything


@pytest.mark.django_db
def test_the_portal_page_carries_no_script_and_no_brand_of_ours():
    html = sign_in(Client(), make_user("admin")).get(reverse("catalogue-portal")).content.decode()

    assert "<script" not in html
    assert "quayside" not in html.lower().split("<main")[1]


@pytest.mark.django_db
def test_rel_p_04_the_scanner_check_answers_garbage_without_an_error():
    client = sign_in(Client(), make_user("operator"))

    for raw in ("\x00\x1d", "\U0001f4e6" * 2000, "]C1", "=cmd", "9" * 5000):
        answer = client.post(reverse("scanner-parse"), {"raw": raw})
        assert answer.status_code == 200
        assert answer.json()["kind"] in {"gs1", "text", "empty"}


@pytest.mark.django_db
def test_the_scanner_check_reads_a_gs1_code():
    client = sign_in(Client(), make_user("operator"))

    answer = client.post(reverse("scanner-parse"), {"raw": "(01)00614141000012(10)R2406"}).json()

    assert (answer["kind"], answer["code"]) == ("gs1", "00614141000012")
    assert [part["value"] for part in answer["elements"]] == ["00614141000012", "R2406"]
