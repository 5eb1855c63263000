"""Fragments and pages: one helper decides, and answers say that they vary."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from core.htmx import announce, close_dialog, mark_varying, redirect_to, toast, wants_partial

FRAGMENT = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        (FRAGMENT, True),
        ({**FRAGMENT, "HX-Boosted": "true"}, False),
        ({**FRAGMENT, "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_only_plain_htmx_requests_want_a_fragment(headers, expected):
    assert wants_partial(RequestFactory().get("/", headers=headers)) is expected


def test_a_fragment_is_never_stored_and_both_vary():
    page = mark_varying(HttpResponse(), fragment=False)
    fragment = mark_varying(HttpResponse(), fragment=True)

    assert "HX-Request" in page.headers["Vary"]
    assert "Cache-Control" not in page.headers
    assert "no-store" in fragment.headers["Cache-Control"]


def test_several_client_events_go_in_one_header():
    answer = announce(close_dialog(toast(HttpResponse(), "ok", "暂停", "/undo/")), "3 rows")

    assert answer.headers["HX-Trigger"].isascii()
    assert json.loads(answer.headers["HX-Trigger"]) == {
        "toast": {"level": "ok", "text": "暂停", "undo": "/undo/"},
        "closeDialog": True,
        "announce": "3 rows",
    }


def test_a_redirect_reaches_the_browser_and_htmx():
    page = redirect_to(RequestFactory().get("/"), "/orders/")
    fragment = redirect_to(RequestFactory().get("/", headers=FRAGMENT), "/orders/")

    assert (page.status_code, page.headers["Location"]) == (303, "/orders/")
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, "/orders/")
