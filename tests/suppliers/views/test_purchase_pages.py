"""Purchase orders in the office: the editor, the page, the index, and who sees prices."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from inventory.models import SkuBarcode
from suppliers.models import PurchaseLine, PurchaseOrder
from suppliers.searching import search_orders
from suppliers.services import purchase_drafting
from tests.factories import core as people
from tests.factories import purchases as buy
from tests.factories.purchases import NOW
from tests.helpers.papers import text_of
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def trade():
    return buy.trade(currency="USD", name="Ningbo Tin Co.")


@pytest.fixture
def buyer(client, trade):
    return people.sign_in(client, trade.buyer)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """Let the pages ask on the day of the test's prices."""
    monkeypatch.setattr("core.clock.now", lambda: NOW)


def posted(trade, lines: list[tuple[str, str, str, str]], **more: str) -> dict[str, object]:
    columns = list(zip(*lines, strict=True)) if lines else [[], [], [], []]
    return {
        "supplier": str(trade.supplier.pk),
        "warehouse": str(trade.place.pk),
        "mode": "sea",
        **dict(zip(("sku", "need", "price", "why"), columns, strict=True)),
        **more,
    }


def test_p6_an_order_is_written_priced_saved_and_submitted(trade, buyer):
    tea = buy.goods(trade, "TEA", "2.5", moq_qty=100, multiple_qty=24)
    form = posted(trade, [("TEA", "37", "", "")], required_by="2026-06-02", reason="12 days left")

    first = buyer.post(reverse("purchase-order-new"), form)

    order = PurchaseOrder.objects.get()
    line = order.lines.get()
    assert first.headers["Location"] == reverse("purchase-order", args=[order.pk])
    assert (line.sku, line.raw_need_qty, line.qty, line.unit_price) == (
        tea,
        37,
        120,
        Decimal("2.5"),
    )
    assert (order.required_by, order.reason, order.total_amount) == (
        dt.date(2026, 6, 2),
        "12 days left",
        300,
    )

    page = buyer.get(reverse("purchase-order-edit", args=[order.pk])).content.decode()
    assert 'name="need" value="37"' in page
    assert "min 100, pack 24" in page
    typed = posted(trade, [("TEA", "37", "2.40", "")], version="1", act="submit")
    edit = reverse("purchase-order-edit", args=[order.pk])
    refused = buyer.post(edit, typed)
    order.refresh_from_db()
    assert (refused.status_code, order.state, order.version) == (409, "draft", 2)
    assert "Enter the reason for this price" in refused.content.decode()
    good = posted(trade, [("TEA", "37", "2.40", "trade fair")], version="2", act="submit")
    assert buyer.post(edit, good).status_code == 303
    order.refresh_from_db()
    assert (order.state, order.total_amount, order.is_off_agreement) == ("pending", 288, True)


def test_b_20_a_new_order_is_expected_in_30_days_or_as_the_supplier_agreed(trade, buyer):
    url = reverse("purchase-order-new")
    mode = PurchaseOrder.Mode.values[0]

    usual = buyer.get(url, {"supplier": trade.supplier.pk})
    trade.supplier.lead_times.create(mode=mode, agreed_days=41)
    agreed = buyer.get(url, {"supplier": trade.supplier.pk})

    assert usual.context["form"]["required_by"].value() == NOW.date() + dt.timedelta(days=30)
    assert agreed.context["form"]["required_by"].value() == NOW.date() + dt.timedelta(days=41)


def test_p6_lines_come_by_scan_search_and_paste(trade, buyer):
    tea = buy.goods(trade, "TEA-ROSE", "2.5", multiple_qty=10)
    buy.goods(trade, "TEA-GREEN", "3")
    buy.goods(trade, "CUP", "1")
    SkuBarcode.objects.create(sku=tea, code="4006381333931")
    url = reverse("purchase-order-lines")

    scanned = buyer.post(url, posted(trade, [], find="4006381333931"), headers=HTMX)
    again = buyer.post(
        url, posted(trade, [("TEA-ROSE", "4", "", "")], find="4006381333931"), headers=HTMX
    )
    searched = buyer.post(url, posted(trade, [], find="TEA"), headers=HTMX)
    chosen = buyer.post(url, posted(trade, [], add="TEA-GREEN"), headers=HTMX)
    table = "SKU\tUnits\tPrice\nTEA-ROSE\t12\nCUP\t30\t0.9\tclearance\nNOPE\t1"
    pasted = buyer.post(url, posted(trade, [], table=table), headers=HTMX)
    unknown = buyer.post(url, posted(trade, [], find="???"), headers=HTMX)
    dropped = buyer.post(url, posted(trade, [("CUP", "3", "", "")], drop="CUP"), headers=HTMX)

    assert 'name="need" value="1"' in scanned.content.decode()
    assert "<html" not in scanned.content.decode()
    assert 'name="need" value="5"' in again.content.decode()
    assert "25.00" in again.content.decode()
    text = searched.content.decode()
    assert text.count('name="add"') == 2
    assert 'name="sku"' not in text
    assert 'value="TEA-GREEN"' in chosen.content.decode()
    text = pasted.content.decode()
    assert text.count('name="sku"') == 3
    assert "No SKU is called NOPE." in text
    assert 'name="price" value="0.9"' in text
    assert "Nothing is called ???" in unknown.content.decode()
    assert 'name="sku"' not in dropped.content.decode()
    full = buyer.post(url, posted(trade, [("CUP", "30", "", "")]))
    assert "<html" in full.content.decode()
    assert "30.00" in full.content.decode()
    assert not PurchaseOrder.objects.exists()


def test_rel_c_09_a_stale_save_is_answered_with_both_versions(trade, buyer):
    tea = buy.goods(trade, "TEA", "10")
    order = buy.draft(trade, {tea: 50})
    purchase_drafting.edit_draft(
        order.pk, buy.asked(trade, {tea: 60}), expected_version=1, actor=trade.approving, at=NOW
    )
    url = reverse("purchase-order-edit", args=[order.pk])

    answer = buyer.post(url, posted(trade, [("TEA", "70", "", "")], version="1"))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<td>70</td><td>60</td>" in page
    assert 'name="version" value="2"' in page
    assert order.lines.get().qty == 60
    kept = buyer.post(url, posted(trade, [("TEA", "70", "", "")], version="2"))
    assert (kept.status_code, order.lines.get().qty) == (303, 70)


def test_p7_an_order_shows_its_lines_revisions_papers_and_next_steps(trade, buyer):
    tea = buy.goods(trade, "TEA", "10")
    order = buy.sent(trade, {tea: 100}, reason="festival")
    PurchaseLine.objects.filter(order=order).update(shipped_qty=60, received_qty=40)
    change = posted(trade, [("TEA", "104", "", "")], version=str(order.version))

    refused = buyer.post(reverse("purchase-order-edit", args=[order.pk]), change)
    done = buyer.post(
        reverse("purchase-order-edit", args=[order.pk]), change | {"change_reason": "full pallet"}
    )

    assert (refused.status_code, done.status_code) == (422, 303)
    url = reverse("purchase-order", args=[order.pk])
    page = buyer.get(url).content.decode()
    for part in (
        order.number,
        "Approval carried over",
        "full pallet",
        "TEA · Units",
        "<del>100</del> → <ins>104</ins>",
        "The supplier holds revision 1; revision 2 is not sent.",
        "festival",
        reverse("purchase-order-send", args=[order.pk]),
        reverse("purchase-order-cancel", args=[order.pk]),
    ):
        assert part in page
    pdf = reverse("purchase-order-pdf", args=[order.pk, 2])
    assert "1040.00" in text_of(buyer.get(pdf).content)
    with translation.override("zh-hans"):
        word = gettext("Purchase order")
    assert word in text_of(buyer.get(f"{pdf}?language=zh-hans").content)
    assert buyer.get(f"{pdf}?language=fr").status_code == 404
    assert (
        "v2 → Ningbo Tin Co."
        in buyer.get(reverse("purchase-order-send", args=[order.pk])).content.decode()
    )
    assert buyer.post(reverse("purchase-order-send", args=[order.pk])).status_code == 303
    order.refresh_from_db()
    assert (order.state, order.sent_revision) == ("partly_received", 2)
    refused = buyer.post(reverse("purchase-order-cancel", args=[order.pk]), {"reason": "PRICE"})
    assert refused.status_code == 409
    short = reverse("purchase-order-close-short", args=[order.pk])
    assert "64 units are still open" in buyer.get(short).content.decode()
    assert buyer.post(short, {"reason": "NOT_SENT"}).status_code == 303
    copy = buyer.post(reverse("purchase-order-duplicate", args=[order.pk]))
    newest = PurchaseOrder.objects.order_by("-pk")[0]
    assert copy.headers["Location"] == reverse("purchase-order", args=[newest.pk])
    assert (newest.state, newest.lines.get().raw_need_qty) == ("draft", 104)


def test_p5_tabs_show_orders_by_how_far_they_are(trade, buyer):
    tea = buy.goods(trade, "TEA", "10")
    late = buy.sent(trade, {tea: 3}, required_by=dt.date(2026, 4, 20))
    on_time = buy.sent(trade, {tea: 4}, required_by=dt.date(2026, 4, 22))
    waiting = buy.pending(trade, {tea: 5})
    draft = buy.draft(trade, {tea: 6})
    index = reverse("purchase-orders-index")

    def numbers(query: str) -> set[str]:
        page = buyer.get(f"{index}?{query}").content.decode()
        return {
            order.number for order in (late, on_time, waiting, draft) if f">{order.number}<" in page
        }

    assert numbers("") == {order.number for order in (late, on_time, waiting, draft)}
    assert numbers("tab=late") == {late.number}
    assert numbers("tab=sent") == {late.number, on_time.number}
    assert numbers("tab=pending") == {waiting.number}
    assert numbers("tab=draft") == {draft.number}
    assert numbers(f"q={draft.number.lower()}") == {draft.number}
    assert numbers("q=TEA") == {order.number for order in (late, on_time, waiting, draft)}


def test_warehouse_managers_never_see_what_is_paid(trade, client):
    tea = buy.goods(trade, "TEA", "77.123456")
    order = buy.sent(trade, {tea: 3}, prices={tea: "78.654321"}, why="canary reason 4711")
    manager = people.sign_in(client, people.make_user("warehouse_manager"))

    pages = [
        manager.get(reverse("purchase-order", args=[order.pk])),
        manager.get(reverse("purchase-orders-index")),
        manager.get(reverse("purchase-order-pdf", args=[order.pk, 1])),
        manager.get(reverse("purchase-order-edit", args=[order.pk])),
    ]

    assert [page.status_code for page in pages] == [200, 200, 403, 403]
    assert order.number in pages[0].content.decode()
    for page in pages:
        text = page.content.decode()
        for canary in ("77.12", "78.65", "235.96", "4711"):
            assert canary not in text


@pytest.mark.parametrize("count", [3, 30])
def test_purchase_pages_ask_a_fixed_number_of_questions(trade, buyer, count):
    needs = {buy.goods(trade, f"SKU-{number}", "10"): 5 for number in range(count)}
    order = buy.sent(trade, needs)
    for _more in range(count):
        buy.draft(trade, {next(iter(needs)): 3})

    with query_baseline("purchase-orders-index"):
        index = buyer.get(reverse("purchase-orders-index"))
    with query_baseline("purchase-order"):
        page = buyer.get(reverse("purchase-order", args=[order.pk]))
    with query_baseline("purchase-order-edit"):
        buyer.get(reverse("purchase-order-edit", args=[order.pk]))

    assert index.content.decode().count("PO-") >= count
    assert f"SKU-{count - 1}" in page.content.decode()


def test_the_api_drafts_an_order_once_and_shows_it(trade):
    buy.goods(trade, "TEA", "2.5", moq_qty=100, multiple_qty=24)
    key = people.make_key(["suppliers.view_prices", "suppliers.buy"])
    client = Client(**people.bearer(key.token))
    body = {
        "supplier": trade.supplier.code,
        "warehouse": trade.place.code,
        "required_by": "2026-06-02",
        "lines": [{"sku": "TEA", "need_qty": 37}],
    }
    headers = {"Idempotency-Key": "draft-1"}

    first, again = (
        client.post("/api/v1/purchase-orders/", body, "application/json", headers=headers)
        for _ in range(2)
    )
    unknown = client.post(
        "/api/v1/purchase-orders/",
        {**body, "lines": [{"sku": "NOPE", "need_qty": 1}]},
        "application/json",
        headers={"Idempotency-Key": "draft-2"},
    )

    assert (first.status_code, again.json()) == (201, first.json())
    order = PurchaseOrder.objects.get()
    shown = client.get(f"/api/v1/purchase-orders/po_{order.pk}/").json()
    assert shown["total"] == {"amount": "300.0000", "currency": "USD"}
    assert (shown["state"], shown["lines"][0]["need_qty"], shown["lines"][0]["qty"]) == (
        "draft",
        37,
        120,
    )
    assert (unknown.status_code, unknown.json()["code"]) == (422, "PURCHASE_SKU_UNKNOWN")
    listed = client.get("/api/v1/purchase-orders/?state=draft").json()
    assert [row["number"] for row in listed["results"]] == [order.number]


def test_a_scanned_order_number_opens_its_order(trade, buyer):
    order = buy.draft(trade, {buy.goods(trade, "TEA"): 5})
    principal = people.principal("buyer")

    found = search_orders(principal, order.number.lower(), 5)

    assert [(hit.title, hit.is_exact, hit.url) for hit in found.hits] == [
        (order.number, True, reverse("purchase-order", args=[order.pk]))
    ]
    assert not search_orders(principal, "TEA", 5).hits
    assert not search_orders(people.principal("operator"), order.number, 5).hits
    assert not search_orders(people.principal("buyer", warehouses=[]), order.number, 5).hits
