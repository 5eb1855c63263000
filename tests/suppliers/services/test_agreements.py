"""Agreements: written, submitted, approved by another, renewed, ended, expired."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core import approvals
from core.actors import SYSTEM, Actor
from core.approvals import upkeep
from core.approvals.errors import ApprovalStale, NotYourStep, OwnRequest
from core.approvals.matching import Step
from core.approvals.policies import PolicyDraft, save
from core.models import ApprovalRequest, AuditEntry, Notice
from suppliers.models import Agreement
from suppliers.queries.agreement_terms import changes, coverage, fingerprint
from suppliers.queries.agreements import batches, used_of
from suppliers.services import agreement_approving as approving
from suppliers.services import agreement_drafts as drafts
from suppliers.services import agreement_errors as errors
from suppliers.services import agreements
from suppliers.services.agreement_drafts import AgreementDraft, BatchDraft, PriceDraft
from suppliers.services.errors import SkuMissing
from suppliers.services.pricing import price_of
from suppliers.services.purchase_approving import Shown
from tests.factories.core import make_user
from tests.factories.inventory import make_sku
from tests.factories.purchases import acting
from tests.factories.supplier_terms import NOW, make_agreement, make_goods, make_supplier

pytestmark = pytest.mark.django_db

Q2 = (dt.date(2026, 4, 1), dt.date(2026, 6, 30))
Q3 = (dt.date(2026, 7, 1), dt.date(2026, 9, 30))


def a_draft(*prices: tuple[str, int, str | None], days=Q2, **more) -> AgreementDraft:
    rows = prices or (("TEA", 1, "9"), ("TEA", 100, "8.5"))
    return AgreementDraft(
        valid_from=days[0],
        valid_until=days[1],
        currency="USD",
        prices=[PriceDraft(code, qty, None if p is None else Decimal(p)) for code, qty, p in rows],
        **more,
    )


BUYER = APPROVER = Actor("system", None, "nobody yet")


@pytest.fixture(autouse=True)
def people(db, monkeypatch):
    for name, role in (("BUYER", "buyer"), ("APPROVER", "approver")):
        monkeypatch.setitem(globals(), name, acting(make_user(role)))


@pytest.fixture
def goods():
    return make_goods(make_supplier("HILL"), make_sku("TEA"), {1: "10"})


def written(goods, *prices, **more) -> Agreement:
    return drafts.create(goods.supplier_id, a_draft(*prices, **more), actor=BUYER, at=NOW)


def approved(agreement: Agreement, at=NOW) -> Agreement:
    approving.submit(agreement.pk, actor=BUYER, at=at)
    return approve(agreement, at=at)


def approve(agreement: Agreement, *, expected: str = "", actor=None, at=NOW) -> Agreement:
    shown = Shown(agreement.version, expected or fingerprint(agreement))
    approving.approve(agreement.pk, shown, actor=actor or APPROVER, at=at)
    return Agreement.objects.get(pk=agreement.pk)


def test_an_agreement_is_priced_only_from_its_approval_on(goods):
    agreement = written(goods)
    ask = {"on": dt.date(2026, 4, 21), "required_by": None, "currency": "USD"}

    assert price_of(goods.supplier_id, goods.sku_id, 100, **ask).source == "LIST"
    approving.submit(agreement.pk, actor=BUYER, at=NOW)
    assert price_of(goods.supplier_id, goods.sku_id, 100, **ask).source == "LIST"
    approve(agreement)
    assert price_of(goods.supplier_id, goods.sku_id, 100, **ask).unit_price == Decimal("8.5")
    agreements.suspend(agreement.pk, reason="Late twice", actor=BUYER, at=NOW)
    assert price_of(goods.supplier_id, goods.sku_id, 100, **ask).source == "LIST"
    agreements.resume(agreement.pk, actor=BUYER, at=NOW)
    assert price_of(goods.supplier_id, goods.sku_id, 1, **ask).unit_price == Decimal(9)
    agreements.end(agreement.pk, reason="Quality", actor=BUYER, at=NOW)
    assert price_of(goods.supplier_id, goods.sku_id, 1, **ask).unit_price == Decimal(10)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.end_reason) == ("terminated", "Quality")
    target = AuditEntry.objects.filter(target_kind="agreement", target_id=str(agreement.pk))
    assert target.filter(action__startswith="suppliers.agreement_").count() == 6
    assert list(
        target.exclude(action__startswith="suppliers.").values_list("action", flat=True)
    ) == [
        "approvals.requested",
        "approvals.approved",
    ]


def test_nobody_approves_what_they_wrote_edited_or_submitted(goods):
    agreement = written(goods)
    editor = acting(make_user("approver", full_name="Eve"))
    text = fingerprint(agreement)
    drafts.edit(agreement.pk, a_draft(), expected=text, actor=editor, at=NOW)
    approving.submit(agreement.pk, actor=BUYER, at=NOW)

    for person in (BUYER, editor):
        with pytest.raises(OwnRequest):
            approve(agreement, expected=text, actor=person)
    with pytest.raises(IntegrityError, match="approved_by_another"), transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(approved_by=BUYER.key)
    assert approve(agreement, expected=text).is_current


def test_an_approval_holds_for_the_terms_that_were_read(goods):
    agreement = written(goods)
    read = fingerprint(agreement)
    approving.submit(agreement.pk, actor=BUYER, at=NOW)
    approving.withdraw(agreement.pk, actor=BUYER, at=NOW)
    drafts.edit(agreement.pk, a_draft(("TEA", 1, "12")), expected=read, actor=BUYER, at=NOW)
    approving.submit(agreement.pk, actor=BUYER, at=NOW)

    with pytest.raises(ApprovalStale):
        approve(agreement, expected=read)
    with pytest.raises(errors.AgreementState):
        drafts.edit(agreement.pk, a_draft(), expected=read, actor=BUYER, at=NOW)
    shown = Shown(1, fingerprint(agreement))
    approving.reject(agreement.pk, shown, reason="Too dear", actor=APPROVER, at=NOW)
    with pytest.raises(errors.AgreementChanged):
        drafts.edit(agreement.pk, a_draft(), expected=read, actor=BUYER, at=NOW)
    assert Agreement.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (a_draft(("TEA", 1, "5"), ("TEA", 10, "6")), errors.BadPriceBreak),
        (a_draft(("TEA", 1, None), ("TEA", 10, "6")), errors.BadPriceBreak),
        (a_draft(("TEA", 1, "0")), errors.BadPriceBreak),
        (a_draft(("NOPE", 1, "5")), SkuMissing),
        (replace(a_draft(), prices=()), errors.NothingAgreed),
        (a_draft(days=(Q2[0], Q2[0])), errors.BadPeriod),
        (replace(a_draft(), currency="EURO"), errors.BadCurrency),
        (a_draft(cap_qty=0), errors.BadFigure),
        (a_draft(incoterm="QQQ"), errors.BadFigure),
        (a_draft(batches=[BatchDraft("TEA", Q3[0], 5)]), errors.BadBatch),
        (a_draft(batches=[BatchDraft("CUP", Q2[0], 5)]), errors.BadBatch),
    ],
)
def test_terms_that_contradict_themselves_are_refused(goods, draft, error):
    with pytest.raises(error):
        drafts.create(goods.supplier_id, draft, actor=BUYER, at=NOW)

    assert Agreement.objects.count() == 0


def test_a_second_agreement_for_the_same_sku_and_days_is_refused(goods):
    make_sku("CUP")
    approved(written(goods))
    rival = written(goods, ("TEA", 1, "8"), days=(Q2[1], Q3[1]))
    other = written(goods, ("CUP", 1, "8"))

    approved(other)
    with pytest.raises(errors.AgreementOverlap) as refused:
        approved(rival)
    assert refused.value.data["first"] == refused.value.data["last"] == "2026-06-30"
    agreements.end(Agreement.objects.earliest("pk").pk, reason="Over", actor=BUYER, at=NOW)
    approve(rival)
    assert Agreement.objects.get(pk=rival.pk).state == "active"


def test_a_renewed_version_replaces_the_old_one_from_its_first_day(goods):
    first = approved(written(goods, batches=[BatchDraft("TEA", Q2[1], 50)]))
    second = drafts.new_version(first.pk, valid_from=Q3[0], valid_until=Q3[1], actor=BUYER, at=NOW)
    with pytest.raises(errors.VersionInWork):
        drafts.new_version(first.pk, valid_from=Q3[0], valid_until=Q3[1], actor=BUYER, at=NOW)
    better = replace(drafts.as_draft(second), prices=[PriceDraft("TEA", 1, Decimal("8.8"))])
    drafts.edit(second.pk, better, expected=fingerprint(second), actor=BUYER, at=NOW)
    second = approved(second)

    shown = [(one.kind, one.key, one.what, one.before, one.after) for one in changes(second)]
    assert shown == [
        ("header", ("valid_from",), "changed", Q2[0], Q3[0]),
        ("header", ("valid_until",), "changed", Q2[1], Q3[1]),
        ("price", ("TEA", 1), "changed", Decimal(9), Decimal("8.8")),
        ("price", ("TEA", 100), "removed", Decimal("8.5"), None),
        ("batch", ("TEA", Q2[1]), "removed", 50, None),
    ]
    first.refresh_from_db()
    assert (first.state, first.is_current, second.is_current) == ("active", False, True)
    july = dt.datetime(2026, 7, 1, 0, 5, tzinfo=dt.UTC)
    assert (agreements.expire_due(at=july), agreements.expire_due(at=july)) == (1, 0)
    first.refresh_from_db()
    assert (first.state, first.end_reason) == ("terminated", "REPLACED")


def test_an_agreement_expires_after_its_last_day_and_is_announced_once_before(goods):
    person = make_user("buyer")
    agreement = approved(written(goods))
    may = dt.datetime(2026, 5, 31, 12, 0, tzinfo=dt.UTC)

    assert agreements.tell_expiring(at=may - dt.timedelta(days=1)) == 0
    assert (agreements.tell_expiring(at=may), agreements.tell_expiring(at=may)) == (1, 0)
    notice = Notice.objects.get(user=person)
    assert (notice.kind, notice.url) == ("agreement.expiring", f"/agreements/{agreement.pk}/")
    last = dt.datetime(2026, 6, 30, 23, 59, tzinfo=dt.UTC)
    assert agreements.expire_due(at=last) == 0
    assert agreements.expire_due(at=last + dt.timedelta(minutes=1)) == 1
    assert Agreement.objects.get().state == "expired"


def test_gaps_and_overlaps_between_agreements_are_found(goods):
    make_agreement(goods.supplier, {goods.sku: "9"}, number="AG-1")
    later = make_agreement(
        goods.supplier,
        {goods.sku: "8"},
        number="AG-2",
        state="draft",
        is_current=False,
        approved_by="",
        valid_from=dt.date(2026, 7, 11),
        valid_until=dt.date(2026, 9, 30),
    )

    gaps, overlaps = coverage(later)
    assert [(one.sku, one.earlier, one.later, one.days) for one in gaps] == [
        ("TEA", "AG-1 v1", "AG-2 v1", 10)
    ]
    assert overlaps == []
    Agreement.objects.filter(pk=later.pk).update(valid_from=dt.date(2026, 6, 29))
    gaps, overlaps = coverage(Agreement.objects.get(pk=later.pk))
    assert gaps == []
    assert [(one.sku, (one.last - one.first).days + 1) for one in overlaps] == [("TEA", 2)]


def test_batches_are_called_off_oldest_first(goods):
    agreement = written(
        goods,
        batches=[
            BatchDraft("TEA", dt.date(2026, 6, 1), 30),
            BatchDraft("TEA", dt.date(2026, 5, 1), 30),
        ],
    )
    rows = list(agreement.call_offs.all())

    found = [
        (one.call_off.planned_on.month, one.ordered_qty, one.open_qty)
        for one in batches(rows, {goods.sku_id: 40})
    ]
    assert found == [(5, 30, 0), (6, 10, 20)]
    assert used_of([agreement.pk])[agreement.pk].qty == 0


def test_a_discarded_draft_is_gone_and_one_in_force_is_not(goods):
    drafts.discard(written(goods).pk, actor=BUYER, at=NOW)
    assert Agreement.objects.count() == 0
    agreement = approved(written(goods))
    with pytest.raises(errors.AgreementState):
        drafts.discard(agreement.pk, actor=BUYER, at=NOW)
    signed = agreements.sign(
        agreement.pk, signed_by="Li Wei", signed_on=NOW.date(), actor=BUYER, at=NOW
    )
    assert (signed.signed_by, signed.state) == ("Li Wei", "active")


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"valid_until": Q2[0]}, "ends_after_it_begins"),
        ({"currency": "usd"}, "currency_is_a_code"),
        ({"cap_amount": 0}, "cap_amount_above_zero"),
        ({"cap_qty": 0}, "cap_qty_above_zero"),
        ({"approved_by": ""}, "in_force_was_approved"),
        ({"state": "expired"}, "end_has_a_time"),
        ({"state": "draft"}, "current_was_approved"),
        ({"version": 2}, "later_version_has_a_previous"),
    ],
)
def test_the_database_refuses_what_must_never_be(goods, changed, rule):
    agreement = make_agreement(goods.supplier, {goods.sku: "9"})

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(**changed)


def test_x25_the_rules_of_orders_decide_on_agreements_the_strictest_without_a_limit(goods):
    chief = make_user("approver", full_name="Chi")
    for draft in (
        PolicyDraft("purchase_order", "Itself", is_automatic=True),
        PolicyDraft(
            "purchase_order",
            "Small",
            from_amount=Decimal(0),
            below_amount=Decimal(5000),
            steps=(Step(None, frozenset({APPROVER.id})),),
        ),
        PolicyDraft(
            "purchase_order",
            "Large",
            2,
            from_amount=Decimal(5000),
            steps=(Step(None, frozenset({chief.pk})),),
        ),
    ):
        save(draft, actor=SYSTEM, at=NOW)
    capped = written(goods, cap_qty=100)
    make_sku("CUP")
    open_end = written(goods, ("CUP", 1, None), cap_qty=100)
    for one in (capped, open_end):
        approving.submit(one.pk, actor=BUYER, at=NOW)

    asked = {one.document_key: one for one in ApprovalRequest.objects.waiting()}
    small, large = asked[f"agreement:{capped.pk}"], asked[f"agreement:{open_end.pk}"]
    assert (small.amount_base, large.amount_base) == (900, 0)
    assert [one.user_id for one in approvals.approvers_for(small, NOW)] == [APPROVER.id]
    assert [one.user_id for one in approvals.approvers_for(large, NOW)] == [chief.pk]
    with pytest.raises(NotYourStep):
        approve(open_end)
    assert approve(capped).state == "active"

    assert upkeep.expire_due(NOW + dt.timedelta(days=8)) == 1
    assert Agreement.objects.get(pk=open_end.pk).state == "draft"
    last = AuditEntry.objects.filter(action="suppliers.agreement_approval_expired")
    assert last.get().target_id == str(open_end.pk)
