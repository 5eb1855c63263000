"""rel_a_03: what reaches nobody without the right, looked for in every answer of every URL.

The URLs come from the URLconf and the access matrix, so a new one is crawled without being named.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client, override_settings

from core import clock, mail
from core.actors import SYSTEM, Actor
from core.models import OutboundMail
from core.permissions import principal_for_user
from core.tables import exporting
from core.wiring import wired
from inventory.models import Sku, Warehouse
from planning.services import forecast_sharing, forecast_terms
from planning.services.forecast_terms import TermEntry
from suppliers.models import Asn, PurchaseLine, PurchaseOrder, SupplierContact, SupplierSku
from suppliers.services import answers, claims, supplier_links, supplier_shipments
from suppliers.services.shipment_drafts import ShipmentDraft
from suppliers.services.supplier_shipments import ShipmentRow
from tests.access import canaries, matrix, world
from tests.access.canaries import COSTS, CUSTOMER_WORDS, PRICES, RIVAL_WORDS, STOCK, sung
from tests.access.resolver import all_urls
from tests.access.world import World
from tests.factories import costs
from tests.factories import purchases as buy
from tests.factories import suppliers as docks
from tests.factories.forecasts import run_of
from tests.factories.supplier_terms import make_agreement, make_goods
from tests.helpers import papers

pytestmark = pytest.mark.django_db
PARTS = 6
VENDOR = Actor("supplier", 1, "Own")


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One world for all crawls, its prices canaries; each request is undone to a savepoint."""
    patch = pytest.MonkeyPatch()
    with (
        django_db_blocker.unblock(),
        override_settings(API_RATE=None, ACCOUNT_RATE_LIMITS=False, MFA_RATE_LIMITS=False),
        transaction.atomic(),
    ):
        with canaries.dear_prices(patch):
            made = world.build()
        canaries.plant(made)
        yield made
        transaction.set_rollback(True)
    patch.undo()


def leaks(found, *patterns, words=()):
    return {name: heard for name, text in found if (heard := sung(text, *patterns, words=words))}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("role", ["operator", "warehouse_manager"])
def test_rel_a_03_prices_and_costs_never_reach_the_floor_or_its_manager(company, role, part):
    urls = canaries.readable(role)[part::PARTS]

    assert not leaks(canaries.answers_to(company, role, urls), PRICES, COSTS)


def test_rel_a_03_prices_and_costs_never_reach_the_order_desk(company):
    found = canaries.pages(company, "order_desk", canaries.readable("order_desk"))

    assert not leaks(found, PRICES, COSTS)


NAMES = tuple(word for word in CUSTOMER_WORDS if word != canaries.CITY)


@pytest.mark.parametrize("role", ["approver", "planner", "auditor"])
def test_rel_a_03_customers_reach_nobody_without_the_right(company, role):
    found = canaries.pages(company, role, canaries.readable(role))

    assert not leaks(found, words=NAMES)


@pytest.mark.parametrize("role", ["operator", "warehouse_manager"])
def test_rel_a_03_no_list_or_file_of_a_list_shows_prices_even_when_asked_for(company, role):
    """Every column and every order of every list, as a file and on the page."""
    principal = principal_for_user(company.users[role])
    found = []
    for key in sorted(wired("INDEXES")):
        index = exporting.index_of(key)
        chosen = ",".join(column.key for column in index.columns)
        page = company.clients[role].get(index.page_url, {"cols": chosen})
        if page.status_code == 403:
            continue
        found.append((f"{key} (page)", canaries.text_of(page)))
        columns = index.shown_columns(principal, chosen.split(","))
        rows = list(index.rows_for(principal).order_by("-pk")[:50])
        content, count = exporting.write_csv(columns, iter(rows))
        assert (page.status_code, count) == (200, len(rows))
        found.append((f"{key} (file)", content.decode()))
        hidden = [column for column in index.columns if column not in columns and column.sort]
        assert not hidden, f"{key} is put in order by a column that {role} must not see"

    assert len(found) > 0
    assert not leaks(found, PRICES, COSTS)


def test_rel_a_03_searching_shows_no_prices(company):
    texts = [
        *PurchaseOrder.objects.values_list("number", flat=True)[:3],
        *Asn.objects.values_list("number", flat=True)[:3],
        *Sku.objects.filter(pk__in=PurchaseLine.objects.values("sku")).values_list(
            "code", flat=True
        )[:3],
    ]
    finders = [url for url in all_urls() if url.name in ("search", "palette")]
    found = [
        (f"{role} {url.name} {text}", canaries.text_of(answer))
        for role in ("operator", "warehouse_manager")
        for url in finders
        for text in texts
        for answer in [company.clients[role].get(f"/{url.route}", {"q": text})]
    ]

    assert finders
    assert not leaks(found, PRICES, COSTS)


def test_rel_a_03_the_canaries_sing_where_they_may(company):
    """The control: who may see prices and names does, in pages, in papers and by API.

    The buyer sees prices and no customer.
    """
    found = list(canaries.pages(company, "buyer", canaries.readable("buyer")))
    assert not leaks(found, words=NAMES)
    heard = leaks(found, PRICES)
    desk = [url for url in canaries.readable("order_desk") if url.name in ("order", "customer")]
    names = leaks(canaries.pages(company, "order_desk", desk), words=CUSTOMER_WORDS)

    assert {
        "GET purchase-order",
        "GET purchase-order-pdf",
        "GET supplier-prices",
        "GET agreement",
        "GET approval",
        "GET landed-cost",
        "GET claim",
        "GET invoice",
        "GET api-purchase-order-detail",
    } <= heard.keys()
    assert any(canaries.NAME in found for found in names.values())


# --- Suppliers ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own(company, django_db_blocker):
    """A supplier with own prices for goods that the others sell too, in all states of buying."""
    place = Warehouse.objects.create(code="OWN-DOCK", name="Own dock", country="US")
    trade = buy.trade(code="OWN-SUP", name="Own Supplier", place=place)
    shared = list(Sku.objects.filter(pk__in=PurchaseLine.objects.values("sku")).order_by("pk")[:4])
    for sku in shared:
        make_goods(trade.supplier, sku, {1: "10"}, supplier_code=f"MINE-{sku.pk}")
    waiting = buy.sent(trade, {shared[0]: 10, shared[1]: 5})
    shipping = buy.sent(trade, {shared[0]: 10})
    answers.accept(shipping.pk, revision=1, event_key="own", actor=VENDOR, at=buy.NOW)
    row = ShipmentRow(shipping.lines.get().pk, 5, sscc="106141412345678908")
    draft = ShipmentDraft(order_id=shipping.pk, rows=(row,), expected_on=buy.NOW.date())
    supplier_shipments.submit(draft, actor=VENDOR, at=buy.NOW)
    asn = costs.announced(trade, buy.sent(trade, {shared[2]: 3}))
    opened = docks.receipt(asn)
    docks.count(opened, shared[2], 3, kind="damaged")
    docks.finishing.finish(opened.pk, actor=SYSTEM, at=docks.NOW)
    claims.send(claims.draw_up(asn.pk, actor=SYSTEM, at=buy.NOW).pk, actor=SYSTEM, at=buy.NOW)
    make_agreement(trade.supplier, {shared[3]: "9"})
    tell_what_to_expect(trade, shared)
    return waiting


def tell_what_to_expect(trade, skus):
    """Share a forecast of the same goods with the supplier and with the others that sell them."""
    now = clock.now()
    monday = forecast_sharing.monday_of(now)
    weekly = {(sku, trade.place): [40, 60] for sku in skus}
    run_of(weekly, from_on=monday, at=now, mark="canaries")
    others = SupplierSku.objects.active().filter(sku__in=skus).values_list("supplier", flat=True)
    terms = TermEntry(way="units", rounding_qty=10, reason="Frame contract")
    for supplier_id in sorted(set(others)):
        forecast_terms.set_terms(supplier_id, terms, actor=SYSTEM, now=now)
        forecast_sharing.share(supplier_id, actor=SYSTEM, now=now)


def links_of(order):
    now = clock.now()
    for named in (None, order):
        yield supplier_links.issue(order.supplier, order=named, actor=SYSTEM, at=now)


EVERYTHING = (PRICES, COSTS, STOCK)
WORDS = (*RIVAL_WORDS, *CUSTOMER_WORDS)


@pytest.mark.parametrize(
    ("language", "kind", "least"), [("en", 0, 60), ("en", 1, 10), ("zh-hans", 0, 20)]
)
def test_rel_a_03_a_supplier_meets_nobody_else_wherever_it_goes(
    company, own, language, kind, least
):
    """By a link to everything (0) and to one order (1); what it may press is pressed once."""
    client = Client(headers={"accept-language": language})
    home = f"/supplier/{list(links_of(own))[kind]}/"
    found = []
    for name, status, text in canaries.spider(client, home, presses=language == "en"):
        assert status < 500, name
        found.append((name, text))

    assert not leaks(found, *EVERYTHING, words=WORDS)
    assert len(found) >= least, [name for name, _text in found]


def test_rel_a_03_no_supplier_page_opens_what_is_another_suppliers(company, own):
    client, found, asked = Client(), [], []
    for token in links_of(own):
        for url in all_urls():
            if not canaries.is_suppliers(url):
                continue
            path = canaries.path_of(company, url, "anonymous", token=token)
            for method in ("get", "post"):
                answer = canaries.ask(client, method, path)
                found.append((f"{method} {path}", canaries.text_of(answer)))
                if url.parameters != {"token"}:
                    asked.append((url.name, method, answer.status_code))

    assert not leaks(found, *EVERYTHING, words=WORDS)
    assert {status for _name, _method, status in asked} <= {404, 405}, asked
    assert len(asked) >= 20


def test_rel_a_03_the_rest_of_the_product_tells_a_supplier_nothing(company, own):
    """A supplier has no account: to all other pages it is a stranger."""
    token = next(links_of(own))
    client = Client(headers={"authorization": f"Bearer {token}"})
    strange = [
        u for u in all_urls() if not canaries.is_suppliers(u) and "token" not in u.parameters
    ]
    rows = canaries.matrix_rows()
    found = []
    for url in strange:
        row = matrix.row_for(url.name, rows)
        if row is None or row.loose:
            continue
        answer = canaries.ask(client, "get", canaries.path_of(company, url, "anonymous"))
        found.append((url.name, canaries.text_of(answer)))

    assert len(found) > 300
    assert not leaks(found, *EVERYTHING, words=WORDS)


def read(content, kind):
    return papers.text_of(content) if kind == "application/pdf" else str(content)


def test_rel_a_03_mails_to_a_supplier_and_their_papers_tell_of_nobody_else(company, own):
    addresses = SupplierContact.objects.filter(supplier=own.supplier).values_list("email")
    found = []
    for row in OutboundMail.objects.filter(to__in=addresses).order_by("pk"):
        message = mail.compose(row)
        found.append((f"{row.template} {row.pk}", f"{message.subject} {message.body}"))
        found += [(name, read(content, kind)) for name, content, kind in message.attachments]

    assert {name.split()[0] for name, _text in found} >= {
        "suppliers/order_new",
        "suppliers/claim_sent",
        "planning/forecast_shared",
    }
    assert any("10" in text for name, text in found if name.endswith(".pdf"))
    assert not leaks(found, *EVERYTHING, words=WORDS)


def test_rel_a_03_every_supplier_reads_its_own(company):
    """The control: another supplier's own link does show its name, code and prices."""
    foe = (
        PurchaseOrder.objects.filter(state="sent").exclude(supplier__code="OWN-SUP").earliest("pk")
    )
    token = next(links_of(foe))
    home = f"/supplier/{token}/"
    heard = leaks(
        ((name, text) for name, _status, text in canaries.spider(Client(), home, presses=False)),
        PRICES,
        words=RIVAL_WORDS,
    )

    assert {canaries.FOE, canaries.FOE_CODE, canaries.FOE_PERSON, canaries.FOE_MAIL} <= {
        word for found in heard.values() for word in found
    }
    assert any(name.endswith("order.pdf") and "73.137131" in heard[name] for name in heard)
