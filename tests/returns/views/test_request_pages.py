"""The desk's pages of returns: what they show, refuse and do."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, files, jobs
from core.models import User
from orders.models import Order
from returns.models import ReturnPhoto, ReturnRequest
from tests.factories import core as people
from tests.factories import orders as make
from tests.factories import returns as back

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    back.ensure_rules()
    back.stocked("TEA")
    now = clock.now()
    return back.delivered_order(make.line("TEA", 9), at=now - dt.timedelta(days=3))


@pytest.fixture
def desk(client):
    people.sign_in(client, people.make_user(role="order_desk"))
    return client


def asked(order: Order, **more) -> ReturnRequest:
    return back.request(order, at=clock.now(), **more)


def in_review(order: Order) -> ReturnRequest:
    row = asked(order)
    ReturnRequest.objects.filter(pk=row.pk).update(status="review", decided_at=None)
    return row


def test_the_index_shows_items_reason_outcome_and_its_cost_does_not_grow(desk, order):
    first = asked(order)
    page = desk.get(reverse("return-index"))
    text = page.content.decode()
    assert page.status_code == 200
    for word in (first.number, order.number, "Changed my mind", "Refund", "10.00", "Ada Brook"):
        assert word in text

    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(reverse("return-index"))
    second, third = asked(order, source="desk"), in_review(order)
    with CaptureQueriesContext(connection) as more:
        text = desk.get(reverse("return-index")).content.decode()
    assert all(row.number in text for row in (second, third))
    assert len(more) <= len(few) <= 25

    review = desk.get(reverse("return-index"), {"tab": "review"}).content.decode()
    assert third.number in review
    assert first.number not in review
    found = desk.get(reverse("return-index"), {"q": second.number}).content.decode()
    assert second.number in found
    assert third.number not in found
    peek = desk.get(reverse("return-peek", args=[third.pk])).content.decode()
    assert "Approve return" in peek


def test_the_index_of_a_first_use_sends_to_the_policy(desk):
    text = desk.get(reverse("return-index")).content.decode()
    assert "Set the policy first" in text


def test_bulk_acts_decide_what_waits_and_name_what_refused(desk, order):
    first, second, decided = in_review(order), in_review(order), asked(order)
    url = reverse("return-bulk-reject")
    data = {"ids": f"{first.pk},{second.pk},{decided.pk}"}
    assert "Decline 3 returns?" in desk.post(url, data).content.decode()
    key = "a" * 32

    answer = desk.post(url, {**data, "confirmed": "1", "reason": "worn", "submission_key": key})
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))

    assert answer.status_code == 303
    states = dict(ReturnRequest.objects.values_list("pk", "status"))
    assert (states[first.pk], states[second.pk]) == ("rejected", "rejected")
    assert states[decided.pk] in {"approved", "label_issued"}


def test_the_page_shows_items_policy_and_timeline_within_its_budget(desk, order):
    row = asked(order, note="too <b>strong</b>")
    stored = files.store(b"\xff\xd8\xff photo", "p.jpg", "return_photo")
    photo = ReturnPhoto.objects.create(
        request=row, line=row.lines.get(), file=stored, by="customer", taken_at=clock.now()
    )
    desk.get(reverse("return-page", args=[row.pk]))
    with CaptureQueriesContext(connection) as queries:
        page = desk.get(reverse("return-page", args=[row.pk]))
    text = page.content.decode()

    assert page.status_code == 200
    assert "too &lt;b&gt;strong&lt;/b&gt;" in text
    for word in ("Tea", "Changed my mind", "Approved", "Asked for", "Return by", "STANDARD"):
        assert word in text
    assert reverse("return-photo", args=[photo.pk]) in text
    assert len(queries) <= 32, "\n".join(one["sql"][:90] for one in queries.captured_queries)
    shown = desk.get(reverse("return-photo", args=[photo.pk]))
    assert b"".join(shown.streaming_content) == b"\xff\xd8\xff photo"

    User.objects.update(language="zh-hans")
    chinese = desk.get(reverse("return-page", args=[row.pk])).content.decode()
    assert 'lang="zh-hans"' in chinese.lower()
    assert row.lines.get().reason.name_zh in chinese


def test_a_person_declines_with_a_reason_and_takes_it_back(desk, order):
    row = in_review(order)
    url = reverse("return-reject", args=[row.pk])
    assert desk.get(url).status_code == 200
    assert desk.post(url, {"reason": ""}).status_code == 422
    assert desk.post(url, {"reason": "worn"}).status_code == 303
    assert desk.post(url, {"reason": "worn"}).status_code == 409
    page = desk.get(reverse("return-page", args=[row.pk])).content.decode()
    assert "worn" in page
    assert "Reopen return" in page

    desk.post(reverse("return-reopen", args=[row.pk]), {"reason": "photo came"})
    assert desk.post(reverse("return-approve", args=[row.pk]), {"reason": ""}).status_code == 303
    row.refresh_from_db()
    assert (row.status, row.lines.get().state) == ("approved", "open")
    assert (
        desk.post(reverse("return-cancel", args=[row.pk]), {"reason": "called"}).status_code == 303
    )
    row.refresh_from_db()
    assert row.status == "cancelled"


def test_a_line_is_decided_against_the_policy_in_a_dialog(desk, order):
    line = asked(order).lines.get()
    url = reverse("return-line", args=[line.pk])
    assert "Decide this line" in desk.get(url, headers={"HX-Request": "true"}).content.decode()
    wish = {"resolution": "returnless", "exchange": "", "restocking_pct": "12.5", "reason": "cheap"}
    assert desk.post(url, {**wish, "restocking_pct": "120"}).status_code == 422
    assert desk.post(url, {**wish, "resolution": "exchange"}).status_code == 422
    assert desk.post(url, wish).status_code == 303
    line.refresh_from_db()
    assert (line.resolution, line.is_kept, str(line.restocking_share)) == (
        "returnless",
        True,
        "0.1250",
    )


def test_the_desk_opens_a_return_for_an_order_it_finds(desk, order):
    find = reverse("return-new")
    assert "No order matches" in desk.get(find, {"order": "nobody"}).content.decode()
    lines = reverse("return-new-lines", args=[order.pk])
    assert desk.get(find, {"order": order.number}).headers["Location"] == lines
    page = desk.get(lines).content.decode()
    assert "9 of 9 sent may come back" in page
    key = re.search(r'name="submission_key" value="([^"]+)"', page)[1]
    part = f"line{back.line_of(order).pk}"
    wish = {
        f"{part}-qty": "2",
        f"{part}-reason": "",
        f"{part}-resolution": "refund",
        "method": "label",
        "submission_key": key,
    }

    assert desk.post(lines, wish).status_code == 422
    none = {**wish, f"{part}-qty": ""}
    assert "Choose at least one item" in desk.post(lines, none).content.decode()
    many = {**wish, f"{part}-qty": "10", f"{part}-reason": "TOO_SMALL"}
    assert "Only 9 of Tea" in desk.post(lines, many).content.decode()
    good = {**wish, f"{part}-reason": "TOO_SMALL"}
    done = desk.post(lines, good)
    again = desk.post(lines, good)

    row = ReturnRequest.objects.get()
    assert done.headers["Location"] == again.headers["Location"]
    assert done.headers["Location"] == reverse("return-page", args=[row.pk])
    assert (row.source, row.lines.get().qty) == ("desk", 2)


def test_an_order_that_never_left_has_nothing_to_return(desk, order):
    other = make.place_one(make.line("TEA", 1))
    text = desk.get(reverse("return-new-lines", args=[other.pk])).content.decode()
    assert "Nothing of this order was sent" in text


def test_an_item_is_added_to_an_open_return_once(desk, order):
    back.stocked("MUG")
    both = back.delivered_order(
        make.line("TEA", 1), make.line("MUG", 2), at=clock.now() - dt.timedelta(days=3)
    )
    row = asked(both, units={"TEA": 1})
    url = reverse("return-add-line", args=[row.pk])
    wish = {
        "item": str(back.line_of(both, "MUG").pk),
        "qty": "2",
        "reason_code": "CHANGED_MIND",
        "resolution": "refund",
        "reason": "called",
    }
    assert "MUG (2)" in desk.get(url).content.decode()
    assert desk.post(url, {**wish, "qty": "3"}).status_code == 409
    assert desk.post(url, {**wish, "reason": ""}).status_code == 422
    assert desk.post(url, wish).status_code == 303
    assert desk.post(url, wish).status_code == 422
    lines = row.lines.order_by("position").values_list("position", "sku__code", "qty")
    assert list(lines) == [(1, "TEA", 1), (2, "MUG", 2)]
    assert row.steps.get(code="LINE_ADDED").reason == "called"


def test_the_search_finds_a_return_by_its_number_in_scope(desk, order):
    row = asked(order)
    found = desk.get(reverse("search"), {"q": row.number.lower()})
    assert found.headers["Location"] == reverse("return-page", args=[row.pk])
    ReturnRequest.objects.update(status="resolved")
    Order.objects.filter(pk=order.pk).update(stage="returned_part")
    listed = desk.get(reverse("orders-index"), {"tab": "returned"}).content.decode()
    assert order.number in listed


def test_the_order_page_leads_to_its_returns_and_to_a_new_one(desk, order):
    link = f"{reverse('return-index')}?tab=all&amp;q={order.number}"
    before = desk.get(reverse("order", args=[order.pk])).content.decode()
    asked(order)
    after = desk.get(reverse("order", args=[order.pk])).content.decode()

    assert reverse("return-new-lines", args=[order.pk]) in before
    assert [link in page for page in (before, after)] == [False, True]
    rows = desk.get(reverse("return-index"), {"tab": "all", "q": order.number})
    assert ReturnRequest.objects.get().number in rows.content.decode()
