"""V4: a shipment saved and taken up again, its cartons weighed, measured and labeled."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from core.actors import SYSTEM, Actor
from core.gs1 import sscc
from suppliers.domain import carton_measures
from suppliers.domain.carton_measures import MeasureRefused, Measures
from suppliers.models import Asn, PortalDraft
from suppliers.services import answer_asking, answers, portal_drafts, supplier_links
from tests.factories import purchases as buy
from tests.factories.supplier_terms import ORDER_DAY
from tests.helpers import papers

NOW = buy.NOW
LATE = (ORDER_DAY + dt.timedelta(days=45)).isoformat()
ONE, TWO = sscc("4006381", 7), sscc("4006381", 8)


@pytest.fixture
def order(db):
    trade = buy.trade(code="HILL", name_zh="山茶")
    order = buy.sent(trade, {buy.goods(trade, "TIN"): 100, buy.goods(trade, "BOX"): 50})
    answers.accept(order.pk, revision=1, event_key="a", actor=Actor("supplier", 1, "Hill"), at=NOW)
    return order


@pytest.fixture
def token(order):
    return supplier_links.issue(order.supplier, order=order, actor=SYSTEM, at=NOW)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


def url(name, token, *args):
    return reverse(f"supplier-portal-{name}", args=[token, *args])


def rows(order, **more):
    tin, box = (order.lines.get(sku__code=code) for code in ("TIN", "BOX"))
    return {
        "expected_on": LATE,
        "row_count": "3",
        "sscc_1": ONE,
        "line_1": tin.pk,
        "qty_1": "40",
        "kg_1": "12,5",
        "sscc_2": ONE,
        "line_2": box.pk,
        "qty_2": "10",
        "size_2": "60x40x30.5",
        "sscc_3": TWO,
        "line_3": tin.pk,
        "qty_3": "5",
        "kg_3": "3",
        **more,
    }


def test_v4_cartons_keep_weight_and_size_and_get_a_label_each(client, order, token):
    new = url("shipment-new", token, order.number)
    wrong = client.post(new, rows(order, act="submit", kg_3="much", size_1="60x40"))
    done = client.post(new, rows(order, act="submit"))
    asn = Asn.objects.get()
    own = client.get(url("shipment", token, order.number, asn.number)).content.decode()
    paper = client.get(url("labels", token, order.number, asn.number))

    assert wrong.status_code == 422
    assert "much is no weight." in wrong.content.decode()
    assert "60x40 is no size." in wrong.content.decode()
    assert done.status_code == 302
    found = asn.cartons.order_by("sscc").values_list(
        "sscc", "weight_g", "length_mm", "width_mm", "height_mm"
    )
    assert list(found) == [(ONE, 12_500, 600, 400, 305), (TWO, 3_000, None, None, None)]
    assert 'value="12.5"' in own
    assert 'value="60 x 40 x 30.5"' in own
    assert paper["Content-Type"] == "application/pdf"
    text = papers.text_of(paper.content)
    assert {("Code128", f"(00){ONE}"), ("Code128", f"(00){TWO}")} <= {
        (kind, code if code.startswith("(") else f"({code[:2]}){code[2:]}")
        for kind, code in papers.codes_of(paper.content)
    }
    for fact in (f"{order.number} · {asn.number} · 1/2", "12.5 kg · 60 x 40 x 30.5 cm", "TIN"):
        assert fact in text
    amended = client.post(
        url("shipment", token, order.number, asn.number), rows(order, act="submit", kg_1="13")
    )
    assert amended.status_code == 302
    assert asn.cartons.get(sscc=ONE).weight_g == 13_000


def test_v4_a_shipment_without_cartons_has_no_labels(client, order, token):
    bare = {"sscc_1": "", "sscc_2": "", "sscc_3": "", "line_3": "", "qty_3": "", "kg_3": ""}
    client.post(url("shipment-new", token, order.number), rows(order, act="submit", **bare))
    asn = Asn.objects.get()

    refused = client.get(url("labels", token, order.number, asn.number))

    assert refused.status_code == 409
    assert "No carton of this shipment has an SSCC." in refused.content.decode()


def test_v4_an_unfinished_shipment_is_saved_as_typed_and_gone_once_announced(client, order, token):
    new = url("shipment-new", token, order.number)
    page = url("order", token, order.number)
    saved = client.post(new, rows(order, act="save", qty_1="forty", lot_1="L-1"))
    again = client.get(saved["Location"]).content.decode()

    assert saved.status_code == 302
    assert not Asn.objects.exists()
    for kept in ('value="forty"', 'value="L-1"', f'value="{ONE}"', 'value="60x40x30.5"', LATE):
        assert kept in again
    assert "Saved. Nothing is announced yet." in again
    assert "Go on with the saved shipment" in client.get(page).content.decode()

    client.post(new, rows(order, act="save", qty_1="41"))
    assert PortalDraft.objects.get().fields["qty_1"] == "41"
    client.post(new, rows(order, act="submit", qty_1="41"))
    assert Asn.objects.count() == 1
    assert not PortalDraft.objects.exists()

    client.post(new, rows(order, act="save"))
    client.post(new, rows(order, act="forget"))
    assert portal_drafts.of_order(order.pk) is None
    assert "Announce a shipment" in client.get(page).content.decode()

    client.post(new, rows(order, act="save"))
    answer_asking.stop(order, at=NOW)
    assert portal_drafts.of_order(order.pk) is None


@pytest.mark.parametrize("text", ["0", "-1", "abc", "1e9", "NaN", "5000.001"])
def test_a_weight_no_carton_has_is_refused(text):
    with pytest.raises(MeasureRefused):
        carton_measures.grams(text)


@pytest.mark.parametrize("text", ["60x40", "0x1x1", "60x40x", "a x b x c", "9999x1x1"])
def test_a_size_no_carton_has_is_refused(text):
    with pytest.raises(MeasureRefused):
        carton_measures.millimeters(text)


def test_measures_are_read_as_typed_and_shown_as_they_are_typed():
    said = carton_measures.by_carton(
        [("A", Measures(100)), ("", Measures(5)), ("A", Measures(200, (1, 2, 3)))]
    )

    assert carton_measures.grams(" 12,5 ") == 12_500
    assert carton_measures.millimeters("60 x 40 * 30,5") == (600, 400, 305)
    assert (carton_measures.grams(""), carton_measures.millimeters(" ")) == (None, None)
    assert said == {"A": Measures(100, (1, 2, 3))}
    assert carton_measures.shown_kg(12_500) == "12.5"
    assert carton_measures.shown_cm(600, 400, 305) == "60 x 40 x 30.5"
