"""V1, V5, V7 and V8: score, acceptance by link, invoices, claims and papers of suppliers."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import files
from core.actors import SYSTEM, Actor
from core.models import AuditEntry, Notice, StoredFile
from suppliers.models import Agreement, AgreementLine, SupplierDocument, SupplierInvoice
from suppliers.queries import portal_money
from suppliers.queries.agreement_terms import fingerprint
from suppliers.services import (
    agreements,
    answer_terms,
    claims,
    damage_photos,
    supplier_links,
)
from suppliers.services.agreement_errors import AgreementAccepted
from tests.factories import costs
from tests.factories import purchases as buy
from tests.factories import suppliers as docks
from tests.factories.supplier_terms import make_agreement, make_supplier

pytestmark = pytest.mark.django_db
NOW = buy.NOW
VENDOR = Actor("supplier", 1, "Hill")
PDF = b"%PDF-1.4 certificate"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def trade():
    return buy.trade(code="HILL")


@pytest.fixture
def token(trade):
    return supplier_links.issue(trade.supplier, actor=SYSTEM, at=NOW)


def url(name, token, *args):
    return reverse(f"supplier-portal{name}", args=[token, *args])


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def accepting(agreement, **more):
    data = {"agreement": agreement.pk, "expected": fingerprint(agreement), "name": "Wei Lin"}
    return {**data, "agreed": "on", **more}


def test_v5_an_agreement_is_accepted_with_name_day_and_fingerprint_once(client, trade, token):
    agreement = make_agreement(trade.supplier, {buy.goods(trade, "TEA"): "9.5"})
    page = url("-agreements", token)
    shown = client.get(page).content.decode()
    print_ = fingerprint(agreement)

    unticked = client.post(page, accepting(agreement, agreed=""))
    nameless = client.post(page, accepting(agreement, name=" "))
    done = client.post(page, accepting(agreement))
    again = client.post(page, accepting(agreement, name="Mallory"))
    after = text_of(client.get(done["Location"]))

    assert print_ in shown
    assert (unticked.status_code, nameless.status_code) == (422, 422)
    assert (done.status_code, again.status_code) == (302, 409)
    agreement.refresh_from_db()
    assert (agreement.signed_by, agreement.signed_on) == ("Wei Lin", NOW.date())
    assert agreement.signed_hash == print_
    assert f"Accepted by Wei Lin on {NOW.date()}" in after
    assert print_ in after
    entry = AuditEntry.objects.get(action="suppliers.agreement_accepted")
    assert (entry.actor_kind, entry.after["fingerprint"]) == ("supplier", print_)
    assert Notice.objects.get(user=trade.buyer).data["supplier"] == "Hill Ltd"
    with pytest.raises(AgreementAccepted):
        agreements.sign(
            agreement.pk, signed_by="Clerk", signed_on=NOW.date(), actor=trade.buying, at=NOW
        )


def test_v5_acceptance_is_refused_when_the_terms_changed_or_are_not_the_suppliers(
    client, trade, token
):
    agreement = make_agreement(trade.supplier, {buy.goods(trade, "TEA"): "9.5"})
    page, typed = url("-agreements", token), accepting(agreement)
    AgreementLine.objects.filter(agreement=agreement).update(unit_price=Decimal("9.9"))
    changed = client.post(page, typed)
    foreign = make_agreement(make_supplier("FOE"), {buy.goods(trade, "CUP"): "1"})
    strange = client.post(page, accepting(foreign))
    over = make_agreement(trade.supplier, {}, state="terminated", ended_at=NOW)
    ended = client.post(page, accepting(over))

    assert (changed.status_code, strange.status_code, ended.status_code) == (409, 404, 409)
    assert "was edited meanwhile" in changed.content.decode()
    assert set(Agreement.objects.values_list("signed_hash", "signed_by")) == {("", "")}


def test_v8_a_supplier_hands_in_papers_with_their_last_day(client, trade, token, monkeypatch):
    page = url("-company", token)
    typed = {"kind": "certificate", "title": "CE", "valid_until": "2026-05-20"}

    without = client.post(page, typed)
    wrong = client.post(page, {**typed, "file": SimpleUploadedFile("ce.pdf", b"<html>")})
    done = client.post(page, {**typed, "file": SimpleUploadedFile("ce.pdf", PDF)})
    shown = text_of(client.get(done["Location"]))
    home = text_of(client.get(url("", token)))
    monkeypatch.setattr(answer_terms, "PAPERS_PER_DAY", 1)
    stored = StoredFile.objects.count()
    many = client.post(page, {**typed, "file": SimpleUploadedFile("b.pdf", PDF + b"2")})

    assert (without.status_code, wrong.status_code, done.status_code) == (422, 422, 302)
    assert (many.status_code, StoredFile.objects.count()) == (429, stored)
    paper = SupplierDocument.objects.get()
    assert (paper.title, paper.valid_until) == ("CE", dt.date(2026, 5, 20))
    assert files.read(paper.document) == PDF
    assert paper.added_by.startswith("supplier:")
    assert "CE · Certificate · until 2026-05-20" in shown
    assert "Documents that end soon" in home
    assert Notice.objects.get(user=trade.buyer).data == {"supplier": "Hill Ltd", "number": "CE"}


def test_v1_a_supplier_sees_its_own_score_and_never_others(client, trade, token):
    tea = buy.goods(trade, "TEA")
    bare = text_of(client.get(url("", token)))
    costs.arrived(trade, {tea: 10})
    other = buy.trade(code="FOE", place=trade.place)
    damaged = costs.announced(other, buy.sent(other, {buy.goods(other, "CUP"): 4}))
    opened = docks.receipt(damaged)
    docks.count(opened, damaged.lines.get().sku, 4, kind="damaged")
    docks.finishing.finish(opened.pk, actor=SYSTEM, at=docks.NOW)

    figures = portal_money.figures_of(trade.supplier.pk, now=docks.NOW + dt.timedelta(days=1))
    theirs = portal_money.figures_of(other.supplier.pk, now=docks.NOW + dt.timedelta(days=1))
    with time_machine.travel(docks.NOW + dt.timedelta(days=1), tick=False):
        fresh = supplier_links.issue(trade.supplier, actor=SYSTEM, at=docks.NOW)
        shown = text_of(client.get(url("", fresh)))

    assert "nothing counted yet" in bare
    assert (figures["in_full"].percent, figures["in_full"].n) == (100, 1)
    assert (figures["defects"].percent, figures["defects"].n) == (0, 10)
    assert theirs["defects"].percent == 100
    assert "In full 100 % of 1" in shown
    assert "Defects 0 % of 10" in shown


def test_v7_an_invoice_is_matched_at_once_and_shown_line_by_line(client, trade, token):
    tea = buy.goods(trade, "TEA")
    asn = costs.arrived(trade, {tea: 10})
    order, line = asn.purchase_order, asn.purchase_order.lines.get()
    page = url("-invoice-new", token, order.number)
    typed = {"number": "I-1", "invoiced_on": NOW.date().isoformat()}

    def send(**more):
        return client.post(page, {**typed, f"qty_{line.pk}": "6", f"price_{line.pk}": "10", **more})

    first, twice = send(), send()
    dear = send(number="I-2", **{f"price_{line.pk}": "12", f"qty_{line.pk}": "2"})
    more = send(number="I-3", **{f"qty_{line.pk}": "9"})
    free = send(number="I-5", **{f"qty_{line.pk}": "1", f"price_{line.pk}": "0"})
    empty = send(number="I-4", **{f"qty_{line.pk}": ""})
    shown = text_of(client.get(url("-money", token)))

    assert (first.status_code, twice.status_code, empty.status_code) == (302, 409, 422)
    assert (dear.status_code, more.status_code, free.status_code) == (302, 302, 302)
    found = SupplierInvoice.objects.order_by("number").values_list("number", "state", "amount")
    assert list(found) == [
        ("I-1", "matched", Decimal(60)),
        ("I-2", "blocked", Decimal(24)),
        ("I-3", "blocked", Decimal(90)),
        ("I-5", "matched", Decimal(0)),
    ]
    assert "ordered at 10" in shown
    assert "only 4 received and not invoiced yet" in shown
    assert "matches order and receipt" in shown
    assert {row.kind for row in Notice.objects.filter(user=trade.buyer)} >= {"order_invoiced"}
    strange = buy.trade(code="FOE", place=trade.place)
    foreign = supplier_links.issue(strange.supplier, actor=SYSTEM, at=NOW)
    assert client.get(url("-invoice-new", foreign, order.number)).status_code == 404
    assert "I-1" not in text_of(client.get(url("-money", foreign)))


@pytest.fixture
def claim(trade):
    tea = buy.goods(trade, "TEA")
    asn = costs.announced(trade, buy.sent(trade, {tea: 3}))
    opened = docks.receipt(asn)
    docks.count(opened, tea, 3, kind="damaged")
    docks.finishing.finish(opened.pk, actor=SYSTEM, at=docks.NOW)
    photo = files.store(b"\xff\xd8\xff tea", "tea.jpeg", "damage-photo")
    damage_photos.add_photo(opened.lines.get().pk, photo, actor=SYSTEM, at=docks.NOW)
    return claims.draw_up(asn.pk, actor=SYSTEM, at=NOW)


def test_v7_a_claim_is_seen_with_photos_once_sent_and_agreed_or_refused(
    client, trade, token, claim
):
    page = url("-claim", token, claim.number)
    draft = client.get(page)
    claims.send(claim.pk, actor=trade.buying, at=NOW)
    shown = client.get(page)
    photo = client.get(url("-claim-photo", token, claim.number, claim.lines.get().pk))
    silent = client.post(page, {"act": "refuse", "reason": ""})
    above = client.post(page, {"act": "agree", "amount": "31"})
    refused = client.post(page, {"act": "refuse", "reason": "Packed well."})
    agreed = client.post(page, {"act": "agree", "amount": "20"})
    late = client.post(page, {"act": "agree", "amount": "20"})

    assert draft.status_code == 404
    assert "USD 30.00" in text_of(shown)
    assert b"".join(photo) == b"\xff\xd8\xff tea"
    assert photo["Cache-Control"] == "no-store, private"
    assert (silent.status_code, above.status_code, late.status_code) == (422, 422, 409)
    assert (refused.status_code, agreed.status_code) == (302, 302)
    claim.refresh_from_db()
    assert (claim.state, claim.agreed_amount) == ("agreed", Decimal(20))
    assert Notice.objects.filter(user=trade.buyer, kind="claim_answered").count() == 2
    strange = supplier_links.issue(make_supplier("FOE"), actor=SYSTEM, at=NOW)
    assert client.get(url("-claim", strange, claim.number)).status_code == 404
    one = supplier_links.issue(trade.supplier, order=claim.asn.purchase_order, actor=SYSTEM, at=NOW)
    assert client.get(url("-claim", one, claim.number)).status_code == 404
