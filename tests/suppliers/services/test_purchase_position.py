"""What counts as on order, and the paper a supplier gets."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.mail.message import EmailMessage
from django.utils import translation
from django.utils.translation import gettext

from core import mail
from core.errors import NotFound
from core.models import OutboundMail
from suppliers.models import Asn, AsnLine, PurchaseLine
from suppliers.queries.on_order import OnOrder, on_order
from suppliers.services import purchase_document, purchase_drafting, purchase_revising
from suppliers.services.purchase_drafts import LineChange
from tests.factories import purchases as buy
from tests.factories.purchases import NOW
from tests.helpers.papers import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade():
    return buy.trade(currency="USD", name="Ningbo Tin Co.", name_zh="宁波锡品", language="zh-hans")


def announced(order, qty: int, *, linked: bool = True) -> AsnLine:
    line = order.lines.get()
    asn = Asn.objects.create(
        number=f"A{Asn.objects.count()}",
        supplier=order.supplier,
        warehouse=order.warehouse,
        purchase_order=order if linked else None,
        created_at=NOW,
        created_by="system",
    )
    return AsnLine.objects.create(
        asn=asn, sku=line.sku, announced_qty=qty, purchase_line=line if linked else None
    )


def test_x25_every_unit_bought_counts_once(trade, django_assert_num_queries):
    tea = buy.goods(trade, "TEA")
    key = (trade.place.pk, tea.pk)
    buy.draft(trade, {tea: 7})
    purchase_drafting.create_system_draft(
        buy.asked(trade, {tea: 11}, reason="low"), source_key="plan:1", at=NOW
    )
    buy.pending(trade, {tea: 13})
    buy.approved(trade, {tea: 17})
    held = buy.sent(trade, {tea: 100})
    gone = buy.sent(trade, {tea: 1000})
    PurchaseLine.objects.filter(order=gone).update(received_qty=900, short_qty=100)

    assert on_order()[key] == OnOrder(
        open_qty=117, pending_qty=13, drafted_qty=11, in_transit_qty=0
    )

    PurchaseLine.objects.filter(order=held).update(received_qty=20)
    announced(held, 50)
    announced(held, 5, linked=False)
    waiting = purchase_revising.revise(
        held.pk,
        changes=[LineChange(held.lines.get().pk, unit_price=Decimal("11"))],
        expected_version=held.version,
        reason="dearer",
        actor=trade.buying,
        at=NOW,
    )

    with django_assert_num_queries(2):
        found = on_order(sku_ids=[tea.pk], warehouse_ids=[trade.place.pk])
    assert waiting.state == "pending"
    assert found[key] == OnOrder(open_qty=47, pending_qty=13, drafted_qty=11, in_transit_qty=55)
    assert found[key].total_qty == 126
    assert on_order(sku_ids=[0]) == {}


def test_x25_the_supplier_gets_the_revision_as_pdf_in_the_own_language(trade):
    tin = buy.goods(trade, "TIN", "31.2", supplier_code="NB-77", multiple_qty=40)
    tin.name, tin.name_zh = "Rose tea tin", "玫瑰茶罐"
    tin.save()
    order = buy.sent(
        trade, {tin: 270}, required_by=dt.date(2026, 6, 2), note="Two pallets, 两托", mode="air"
    )

    letter = OutboundMail.objects.get(to=trade.supplier.contacts.get().email)
    message = mail.compose(letter)

    assert isinstance(message, EmailMessage)
    name, content, kind = message.attachments[0]
    assert (name, kind) == (f"{order.number}-v1.pdf", "application/pdf")
    chinese = text_of(content)
    for part in (
        order.number,
        "宁波锡品",
        "玫瑰茶罐",
        "TIN",
        "NB-77",
        "280",
        "31.2",
        "8736.00",
        "2026-06-02",
        "两托",
    ):
        assert part in chinese
    with translation.override("zh-hans"):
        assert gettext("Purchase order") in chinese
    english = text_of(purchase_document.render(order.revisions.get(), language="en").content)
    for part in ("Purchase order", "Ningbo Tin Co.", "Rose tea tin", "Unit price", "Wanted by"):
        assert part in english
    assert "(List price)" in english
    again = purchase_document.mail_file(f"purchase_order:{order.pk}:1", "zh-hans")
    assert again.content == content
    with pytest.raises(NotFound):
        purchase_document.mail_file(f"purchase_order:{order.pk}:2", "en")


def test_x25_a_long_order_fills_pages_and_sums_exactly(trade):
    needs = {buy.goods(trade, f"SKU-{number:03d}", "0.333333"): number for number in range(1, 61)}
    order = buy.pending(trade, needs)

    text = text_of(purchase_document.render(order.revisions.get(), language="en").content)

    assert "SKU-001" in text
    assert "SKU-060" in text
    assert "2/2" in text
    total = sum((Decimal("0.333333") * need).quantize(Decimal("0.01")) for need in range(1, 61))
    assert order.total_amount == total
    assert str(total) in text
