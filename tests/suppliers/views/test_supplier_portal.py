"""V1 to V8: suppliers' pages by secret link, and what no link may show (rel_a_03, rel_h_08)."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import mail
from core.actors import SYSTEM, Actor
from core.gs1 import sscc
from core.models import OutboundMail
from inventory.models import Sku
from suppliers.models import (
    Agreement,
    AgreementLine,
    Asn,
    ChangeProposal,
    LinkAttempt,
    PurchaseOrder,
    SupplierAnswer,
    SupplierContact,
    SupplierLink,
    SupplierMessage,
)
from suppliers.services import (
    answers,
    order_talk,
    purchase_sending,
    purchase_submitting,
    supplier_links,
)
from suppliers.services.purchase_drafts import LineChange
from suppliers.services.purchase_revising import revise
from tests.factories import orders as make
from tests.factories import purchases as buy
from tests.factories.core import sign_in
from tests.factories.inventory import make_bin, put_stock
from tests.factories.supplier_terms import ORDER_DAY, make_agreement, make_goods
from tests.helpers import papers
from tests.helpers.query_counts import statements

pytestmark = pytest.mark.django_db
NOW = buy.NOW
WANTED = ORDER_DAY + dt.timedelta(days=40)
LATE = ORDER_DAY + dt.timedelta(days=45)
VENDOR = Actor("supplier", 1, "Hill")


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def trade():
    return buy.trade(code="HILL")


@pytest.fixture
def order(trade):
    tins, boxes = buy.goods(trade, "TIN", "10"), buy.goods(trade, "BOX", "4")
    return buy.sent(trade, {tins: 100, boxes: 50}, required_by=WANTED)


def link_to(order, *, portal=False):
    named = None if portal else order
    return supplier_links.issue(order.supplier, order=named, actor=SYSTEM, at=NOW)


def url(name, token, *args):
    return reverse(f"supplier-portal{name}", args=[token, *args])


def form_of(order, **changes):
    """Return what the order's answer form sends when only `changes` are typed."""
    data = {"act": "answer", "revision": order.revision, "comment": ""}
    for line in order.lines.all():
        data |= {
            f"confirm_{line.pk}": "on",
            f"qty_{line.pk}": line.qty,
            f"on_{line.pk}": WANTED.isoformat(),
            f"price_{line.pk}": str(line.unit_price.normalize()),
            f"reason_{line.pk}": "",
        }
    return {**data, **changes}


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_supplier_confirms_the_whole_order_and_a_double_click_is_one_answer(client, order):
    page = url("-order", link_to(order), order.number)
    shown = text_of(client.get(page))
    data = {"act": "accept", "revision": 1, "submission_key": "once"}

    first, again = client.post(page, data), client.post(page, data)

    assert "Waits for your answer" in shown
    assert "USD 1,200.00" in shown
    assert (first.status_code, again.status_code) == (302, 302)
    assert "Confirmed. Thank you." in text_of(client.get(first["Location"]))
    assert SupplierAnswer.objects.count() == 1
    assert PurchaseOrder.objects.get().state == "confirmed"


def test_a_supplier_changes_a_line_and_takes_it_back(client, order):
    page, tin = url("-order", link_to(order), order.number), order.lines.get(sku__code="TIN")
    typed = {f"qty_{tin.pk}": "90", f"on_{tin.pk}": LATE.isoformat(), f"price_{tin.pk}": "10.4"}

    without_reason = client.post(page, form_of(order, **typed))
    sent = client.post(page, form_of(order, **typed, **{f"reason_{tin.pk}": "PRICE"}))
    waiting = text_of(client.get(page))
    withdrawn = client.post(page, {"act": "withdraw"})

    assert without_reason.status_code == 422
    assert "Choose why this line changes." in without_reason.content.decode()
    assert sent["Location"].endswith("?done=changed")
    assert "100 → 90" in waiting
    assert "10 → 10.4" in waiting
    assert (withdrawn.status_code, ChangeProposal.objects.get().state) == (302, "withdrawn")
    row = ChangeProposal.objects.get().lines.get()
    assert (row.qty, row.on, row.unit_price) == (90, LATE, Decimal("10.4"))
    assert order.lines.get(sku__code="BOX").confirmed_qty == 50


def test_x25_a_stale_page_is_answered_409_with_the_difference(client, order, trade):
    page, tin = url("-order", link_to(order), order.number), order.lines.get(sku__code="TIN")
    revise(
        order.pk,
        changes=[LineChange(tin.pk, 99, None)],
        expected_version=PurchaseOrder.objects.get().version,
        reason="Less.",
        actor=trade.buying,
        at=NOW,
    )
    changing = client.get(page)
    held = client.post(page, {"act": "accept", "revision": 1})
    purchase_sending.send(order.pk, actor=trade.buying, at=NOW)
    stale = client.post(page, {"act": "accept", "revision": 1})

    assert "The buyer is changing this order" in text_of(changing)
    assert "TIN" not in text_of(changing)
    assert (held.status_code, stale.status_code) == (409, 409)
    assert "TIN · qty: 100 → 99" in text_of(stale)
    assert not SupplierAnswer.objects.exists()


def test_declining_milestones_and_messages(client, order):
    page = url("-order", link_to(order), order.number)
    day = (ORDER_DAY + dt.timedelta(days=3)).isoformat()

    assert client.post(page, {"act": "decline", "revision": 1}).status_code == 422
    declined = client.post(page, {"act": "decline", "revision": 1, "reason": "CAPACITY"})
    steps = client.post(page, {"act": "steps", "planned_production": day})
    future = client.post(page, {"act": "steps", "actual_production": LATE.isoformat()})
    client.post(page, {"act": "message", "text": "<b>Hi</b>", "submission_key": "m"})
    client.post(page, {"act": "message", "text": "<b>Hi</b>", "submission_key": "m"})
    shown = client.get(page).content.decode()

    assert declined["Location"].endswith("?done=declined")
    assert (steps.status_code, future.status_code) == (302, 422)
    assert order.milestones.get(kind="production").planned_on.isoformat() == day
    assert SupplierMessage.objects.count() == 1
    assert "&lt;b&gt;Hi&lt;/b&gt;" in shown
    assert "You declined this order" in shown


def test_a_shipment_is_built_from_the_order_pasted_announced_and_amended(client, order):
    token = link_to(order)
    new = url("-shipment-new", token, order.number)
    assert client.get(new).status_code == 200
    tin = order.lines.get(sku__code="TIN")
    answers.accept(order.pk, revision=1, event_key="a", actor=VENDOR, at=NOW)
    one = sscc("4006381", 7)
    head = {"expected_on": LATE.isoformat(), "row_count": "1"}

    built = client.get(new).content.decode()
    pasted = client.post(
        new, {**head, "act": "paste", "pasted": f"sscc\tsku\tunits\n(00){one}\tTIN\t40\t\t\n"}
    ).content.decode()
    over = client.post(new, {**head, "act": "submit", "line_1": tin.pk, "qty_1": "101"})
    row = {"line_1": tin.pk, "qty_1": "40", "sscc_1": one}
    sent = client.post(new, {**head, **row, "act": "submit", "submission_key": "s"})
    client.post(new, {**head, **row, "act": "submit", "submission_key": "s"})
    asn = Asn.objects.get()
    own = url("-shipment", token, order.number, asn.number)
    assert f'value="{one}"' in client.get(own).content.decode()
    amended = client.post(own, {**head, **row, "qty_1": "50", "act": "submit"})

    assert 'value="100"' in built
    assert f'value="{one}"' in pasted
    assert over.status_code == 422
    assert "TIN: only 100 units are left on the order." in over.content.decode()
    assert (sent.status_code, amended.status_code) == (302, 302)
    assert asn.lines.get().announced_qty == 50
    assert client.post(own, {"act": "take_back"}).status_code == 302
    assert Asn.objects.get().state == "cancelled"


def test_a_portal_link_shows_home_tabs_bulk_confirm_and_csv(client, order, trade):
    more = buy.sent(trade, {buy.goods(trade, "CUP", "3"): 10}, required_by=WANTED)
    token = link_to(order, portal=True)

    home = text_of(client.get(url("", token)))
    listed = text_of(client.get(url("-orders", token), {"tab": "new"}))
    done = client.post(url("-orders", token), {"order": [order.number, more.number]})
    sheet = client.get(url("-orders", token), {"tab": "to_ship", "format": "csv"})

    assert "To confirm 2" in home
    assert order.number in listed
    assert done.status_code == 302
    assert {row.state for row in PurchaseOrder.objects.all()} == {"confirmed"}
    assert sheet.content.decode().splitlines()[1].startswith(f"{more.number},1,confirmed,USD,30")


def test_links_open_what_they_say_and_end(client, order, trade):
    one = link_to(order)
    whole = link_to(order, portal=True)
    SupplierLink.objects.filter(token_hash=supplier_links.token_hash(one)).update(
        language="zh-hans"
    )

    assert client.get(url("", one))["Location"].endswith(f"/orders/{order.number}/")
    assert client.get(url("-orders", one)).status_code == 404
    assert 'lang="zh-hans"' in client.get(url("-order", one, order.number)).content.decode()
    pdf = client.get(url("-order-pdf", whole, order.number))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert supplier_links.revoke(trade.supplier.pk, actor=SYSTEM, reason="LEAK", at=NOW) >= 2
    assert client.get(url("", whole)).status_code == 404
    later = supplier_links.issue(trade.supplier, actor=SYSTEM, at=NOW - dt.timedelta(days=90))
    assert client.get(url("", later)).status_code == 404


def test_rel_h_08_wrong_links_answer_alike_and_are_limited(client, order):
    other, tin = buy.trade(code="OTHER"), Sku.objects.get(code="TIN")
    foreign = buy.sent(other, {tin: 5}, prices={tin: "9"}, why="offer")
    token = link_to(order, portal=True)
    ended = supplier_links.issue(order.supplier, actor=SYSTEM, at=NOW - dt.timedelta(days=91))

    pages = [
        client.get(url("-order", bad, order.number))
        for bad in ("x", secrets.token_urlsafe(24), ended)
    ]
    strange = [
        client.get(url("-order", token, number)) for number in (foreign.number, "PO-0", "..%2f")
    ]
    bodies = {re.sub(r"/supplier/[^\"]+", "", page.content.decode()) for page in pages}

    assert {page.status_code for page in (*pages, *strange)} == {404}
    assert len(bodies) == 1
    assert pages[0]["Cache-Control"] == "no-store, private"
    assert pages[0]["X-Robots-Tag"] == "noindex, nofollow"
    for _guess in range(supplier_links.MISSES - len(pages)):
        assert client.get(url("", secrets.token_urlsafe(24))).status_code == 404
    assert client.get(url("", secrets.token_urlsafe(24))).status_code == 429
    assert client.get(url("", token)).status_code == 200
    assert LinkAttempt.objects.get().tries == supplier_links.MISSES + 1


def hits(times):
    """Return how many of so many random tokens are the hash of a link."""
    found = 0
    for _batch in range(times // 500):
        hashes = [supplier_links.token_hash(secrets.token_urlsafe(24)) for _one in range(500)]
        found += SupplierLink.objects.filter(token_hash__in=hashes).count()
    return found


def test_rel_h_08_ten_thousand_guessed_tokens_find_nothing(order):
    token = link_to(order)

    assert supplier_links.find(token, at=NOW).order == order
    assert [supplier_links.find(secrets.token_urlsafe(24), at=NOW) for _ in range(100)] == (
        [None] * 100
    )
    assert hits(10_000) == 0


@pytest.mark.long
def test_rel_h_08_a_million_guessed_tokens_find_nothing(order):
    link_to(order)

    assert hits(1_000_000) == 0


# --- rel_a_03: canaries ---------------------------------------------------------------------------

COST, STOCK = Decimal("73.918273"), 918_273
CANARIES = (
    "73.918273",
    "73.92",
    "918273",
    "918,273",
    "Canary Foe",
    "Canaryna",
    "canary@",
    "66.123457",
    "66.12",
    "FOE-CODE",
    "AG-CANARY",
    "secret whisper",
)


@pytest.fixture
def walls(order, trade):
    """Return an order of a second supplier with prices, goods and words of its own."""
    tin = Sku.objects.get(code="TIN")
    foe = buy.trade(code="FOE", name="Canary Foe")
    make_goods(foe.supplier, tin, {1: "66.123457"}, supplier_code="FOE-CODE", rank=2)
    foreign = buy.sent(foe, {tin: 7}, required_by=WANTED)
    order_talk.write_message(foreign.pk, "secret whisper", event_key="w", actor=VENDOR, at=NOW)
    SupplierContact.objects.create(
        supplier=foe.supplier, name="Canaryna", email="canary@foe.example"
    )
    agreement = Agreement.objects.create(
        number="AG-CANARY",
        supplier=foe.supplier,
        valid_from=ORDER_DAY,
        valid_until=WANTED,
        currency="USD",
        created_at=NOW,
        created_by="system",
    )
    AgreementLine.objects.create(agreement=agreement, sku=tin, min_qty=1, unit_price="66.123457")
    Sku.objects.filter(pk=tin.pk).update(default_cost=COST, currency="USD", list_price="73.92")
    put_stock(tin, STOCK, at_bin=make_bin(trade.place, "Z-1"))
    make.channel()
    make.put(make.sku(), trade.place, 5)
    make.place_one()
    answers.accept(order.pk, revision=1, event_key="a", actor=VENDOR, at=NOW)
    return foreign


def walk(client, token, own, foreign):
    """Open every supplier URL with this link, for its own order and for the other supplier's."""
    for name in ("", "-orders", "-agreements", "-catalogue", "-company", "-money"):
        yield client.get(url(name, token))
    for tab in ("new", "confirmed", "to_ship", "shipped", "closed"):
        yield client.get(url("-orders", token), {"tab": tab})
        yield client.get(url("-orders", token), {"tab": tab, "format": "csv"})
    for order in (own, foreign):
        page = url("-order", token, order.number)
        yield client.get(page)
        for act in ("accept", "answer", "decline", "withdraw", "steps", "message", ""):
            data = {"act": act, "revision": order.revision, "text": "x", "reason": "PRICE"}
            yield client.post(page, data)
        yield client.get(url("-shipment-new", token, order.number))
        yield client.post(url("-shipment-new", token, order.number), {"act": "submit"})
        yield client.get(url("-shipment", token, order.number, "A-1"))
    yield client.post(url("-orders", token), {"order": foreign.number})


def check(client, order, foreign, *, rounds):
    before = PurchaseOrder.objects.filter(pk=foreign.pk).values().get()
    probes = 0
    for _round in range(rounds):
        for portal in (True, False):
            for response in walk(client, link_to(order, portal=portal), order, foreign):
                body = response.content.decode(errors="replace")
                found = [canary for canary in CANARIES if canary in body]
                assert not found, (response.request["PATH_INFO"], found)
                probes += 1
    assert PurchaseOrder.objects.filter(pk=foreign.pk).values().get() == before
    return probes


def test_rel_a_03_no_link_shows_other_suppliers_customers_stock_or_costs(client, order, walls):
    assert check(client, order, walls, rounds=1) == 78


@pytest.mark.long
def test_rel_a_03_five_thousand_probes_by_link_find_no_canary(client, order, walls):
    assert check(client, order, walls, rounds=66) >= 5_000


def test_the_canaries_are_there_to_be_found(walls):
    """The control: the other supplier's own link does show its words and prices."""
    token = supplier_links.issue(walls.supplier, actor=SYSTEM, at=NOW)
    client = Client()

    seen = "".join(
        client.get(page).content.decode()
        for page in (
            url("-order", token, walls.number),
            url("-catalogue", token),
            url("-company", token),
        )
    )

    assert {c for c in CANARIES if c in seen} >= {
        "Canary Foe",
        "Canaryna",
        "66.123457",
        "FOE-CODE",
        "secret whisper",
    }


def test_an_order_of_many_lines_costs_the_same_queries(client, trade):
    needs = {buy.goods(trade, f"G{number:02}"): 5 for number in range(20)}
    small = buy.sent(trade, dict(list(needs.items())[:2]), required_by=WANTED)
    large = buy.sent(trade, needs, required_by=WANTED)
    token = link_to(small, portal=True)

    with CaptureQueriesContext(connection) as few:
        assert "G01" in text_of(client.get(url("-order", token, small.number)))
    with CaptureQueriesContext(connection) as many:
        assert "G19" in text_of(client.get(url("-order", token, large.number)))

    assert len(statements(many)) == len(statements(few)) <= 25


def test_b_15_the_order_sent_says_price_tier_dates_and_why(client, trade):
    """Draft, approval, mail with link and paper: the price's tier and the days stand on both."""
    tea, cup = buy.goods(trade, "TEA"), buy.goods(trade, "CUP", "4")
    make_agreement(trade.supplier, {tea: "8"})
    soon = ORDER_DAY + dt.timedelta(days=7)
    draft = buy.draft(trade, {tea: 10}, required_by=WANTED, reason="Cover ends in 12 days.")
    assert (draft.state, OutboundMail.objects.count()) == ("draft", 0)
    waiting = purchase_submitting.submit(draft.pk, actor=trade.buying, at=NOW)
    buy.approve(trade, waiting)
    order = purchase_sending.send(waiting.pk, actor=trade.buying, at=NOW)
    urgent = buy.sent(trade, {cup: 10}, required_by=soon)

    message = mail.compose(
        OutboundMail.objects.get(
            template="suppliers/order_new", target=f"purchase_order:{order.pk}"
        )
    )
    link = re.search(r"/supplier/\S+", message.body).group()
    home = client.get(link)
    page = text_of(client.get(home["Location"] if home.status_code == 302 else link))
    paper = papers.text_of(message.attachments[0][1])
    other = text_of(client.get(url("-order", link_to(urgent), urgent.number)))
    office = sign_in(Client(), trade.buyer).get(reverse("purchase-order", args=[order.pk]))

    for text in (page, paper):
        assert "Agreed price" in text
        assert "Cover ends" not in text
    assert WANTED.isoformat() in paper
    assert "List price, urgent" in other
    assert "4.6" in other
    assert "Cover ends in 12 days." in text_of(office)
