"""P4: other units, later, not at all, and into draft orders; what changed meanwhile is said."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from core import clock
from core.models import AuditEntry, Job
from planning.models import Proposal
from planning.services import proposals
from suppliers.models import PurchaseOrder
from tests.factories import proposals as plan
from tests.factories import purchases as buy
from tests.factories.core import make_user, sign_in
from tests.planning.views.test_proposals import words

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "dialog"}


@pytest.fixture
def trade():
    return buy.trade(currency="USD", name="Ningbo Tin", code="TIN")


@pytest.fixture
def desk(trade, client):
    return sign_in(client, trade.buyer)


@pytest.fixture
def run():
    return plan.review(run=plan.forecast_run())


def seen(row: Proposal, **more) -> dict[str, object]:
    return {"version": row.version, "seen_qty": row.qty, "seen_state": row.state, **more}


def soon(days: int = 10) -> str:
    return (clock.now().date() + dt.timedelta(days=days)).isoformat()


def test_b64_another_quantity_needs_a_reason_and_a_day_and_stands_beside_the_computed(
    trade, desk, run
):
    row = plan.proposal(trade, buy.goods(trade, "TEA"), run)
    url = reverse("proposal-qty", args=[row.pk])

    question = desk.get(url, **HTMX)
    empty = desk.post(url, seen(row, qty="0", reason="", until_on=soon(400)), **HTMX)
    done = desk.post(url, seen(row, qty="320", reason="trade fair", until_on=soon()), **HTMX)

    row.refresh_from_db()
    assert "280 computed" in words(question)
    assert empty.status_code == 422
    for part in ("Enter 1 or more.", "Fill this in.", "at most 180 days ahead"):
        assert part in words(empty)
    assert done.headers["HX-Redirect"] == reverse("proposal-card", args=[row.pk])
    assert (row.computed_qty, row.override_qty, row.override_reason) == (280, 320, "trade fair")
    assert row.override_until.isoformat() == soon()
    card = words(desk.get(reverse("proposal-card", args=[row.pk])))
    assert "How 280 is reached" in card
    assert "Changed to 320" in card
    entry = AuditEntry.objects.order_by("pk").last()
    assert (entry.action, entry.reason) == ("planning.proposal_qty_changed", "trade fair")


def test_p4_a_stale_version_is_a_409_that_says_what_changed_and_may_be_pressed_again(
    trade, desk, run
):
    row = plan.proposal(trade, buy.goods(trade, "TEA"), run)
    url = reverse("proposal-dismiss", args=[row.pk])
    form = seen(row, reason="delisted")
    proposals.change_qty(
        row.pk,
        400,
        reason="fair",
        until=dt.date.fromisoformat(soon()),
        expected_version=row.version,
        actor=trade.buying,
        now=clock.now(),
    )

    stale = desk.post(url, form, **HTMX)
    row.refresh_from_db()
    fresh = stale.content.decode()
    again = desk.post(url, seen(row, reason="delisted"), **HTMX)

    assert stale.status_code == 409
    assert "Changed since you opened it: 280 units are now 400." in words(stale)
    assert f'name="version" value="{row.version}"' in fresh
    assert again.status_code == 204
    row.refresh_from_db()
    assert (row.state, row.decision_reason) == ("dismissed", "delisted")
    over = desk.post(url, seen(row, reason="delisted"), **HTMX)
    assert over.status_code == 409


def test_p4_snooze_reopen_and_snooze_several(trade, desk, run):
    one, two = (plan.proposal(trade, buy.goods(trade, code), run) for code in ("TEA", "CUP"))
    bulk = reverse("proposal-bulk-snooze")

    desk.post(
        reverse("proposal-snooze", args=[one.pk]), seen(one, until_on=soon(), reason=""), **HTMX
    )
    one.refresh_from_db()
    asleep = (one.state, one.snoozed_until.isoformat())
    desk.post(reverse("proposal-reopen", args=[one.pk]), seen(one), **HTMX)
    one.refresh_from_db()
    question = desk.post(bulk, {"ids": f"{one.pk},{two.pk}"}, **HTMX)
    form = {
        "ids": f"{one.pk},{two.pk}",
        "confirmed": "1",
        "seen": question.context["form"]["seen"].value(),
        "until_on": soon(),
        "reason": "holiday",
    }
    done = desk.post(bulk, form, **HTMX)

    assert asleep == ("snoozed", soon())
    assert "Snooze 2 proposals?" in words(question)
    assert done.headers["HX-Redirect"] == reverse("proposal-index")
    states = Proposal.objects.order_by("pk").values_list("state", "snoozed_until")
    assert {(state, day.isoformat()) for state, day in states} == {("snoozed", soon())}


def test_b15_proposals_become_drafts_by_supplier_after_one_question(trade, desk, run):
    other = buy.trade(place=trade.place, currency="USD", name="Jingdezhen", code="JDZ")
    tea, tin, cup = buy.goods(trade, "TEA"), buy.goods(trade, "TIN"), buy.goods(other, "CUP")
    rows = [
        plan.proposal(trade, tea, run, unit_cost_amount="10"),
        plan.proposal(trade, tin, run, unit_cost_amount="10", computed_qty=40),
        plan.proposal(other, cup, run, unit_cost_amount="10", computed_qty=15),
    ]
    url, ids = reverse("proposal-accept"), ",".join(str(row.pk) for row in rows)

    question = desk.post(url, {"ids": ids}, **HTMX)
    form = {
        "ids": ids,
        "confirmed": "1",
        "seen": question.context["form"]["seen"].value(),
        "submission_key": "one-press",
    }
    done = desk.post(url, form, **HTMX)
    twice = desk.post(url, form, **HTMX)

    text = words(question)
    assert "Order 3 proposals?" in text
    assert "They become 2 drafts" in text
    assert "Ningbo Tin → LA · Sea USD 3,200.00" in text
    assert "Together USD 3,350.00" in text
    assert done.headers["HX-Redirect"] == f"{reverse('purchase-orders-index')}?tab=draft"
    assert twice.headers["HX-Redirect"] == done.headers["HX-Redirect"]
    orders = PurchaseOrder.objects.order_by("pk")
    lines = {
        (order.supplier.code, order.is_system, line.sku.code, line.qty)
        for order in orders
        for line in order.lines.all()
    }
    assert lines == {
        ("TIN", True, "TEA", 280),
        ("TIN", True, "TIN", 40),
        ("JDZ", True, "CUP", 15),
    }
    assert {row.state for row in Proposal.objects.all()} == {"accepted"}
    number = Proposal.objects.get(sku=cup).purchase_order.number
    assert number in words(desk.get(reverse("proposal-card", args=[rows[2].pk])))


def test_p4_accepting_what_changed_or_is_gone_is_refused_with_the_difference(trade, desk, run):
    row = plan.proposal(trade, buy.goods(trade, "TEA"), run)
    url = reverse("proposal-accept")
    form = {
        "ids": str(row.pk),
        "confirmed": "1",
        "seen": desk.post(url, {"ids": str(row.pk)}, **HTMX).context["form"]["seen"].value(),
    }
    proposals.change_qty(
        row.pk,
        300,
        reason="fair",
        until=dt.date.fromisoformat(soon()),
        expected_version=row.version,
        actor=trade.buying,
        now=clock.now(),
    )

    stale = desk.post(url, form, **HTMX)
    done = desk.post(url, form | {"seen": stale.context["form"]["seen"].value()}, **HTMX)
    gone = desk.post(url, form, **HTMX)

    assert stale.status_code == 409
    assert "TEA: 280 units are now 300" in words(stale)
    order = PurchaseOrder.objects.get()
    assert done.headers["HX-Redirect"] == reverse("purchase-order", args=[order.pk])
    assert gone.status_code == 422
    assert "None of the chosen proposals waits any more." in words(gone)
    page = desk.post(url, form)
    assert "<html" in page.content.decode()


def test_p4_a_planner_starts_one_review_however_often_the_button_is_pressed(client):
    desk = sign_in(client, make_user("planner"))
    url = reverse("proposal-review")
    key = desk.get(url, **HTMX).context["form"]["submission_key"].value()

    answers = [desk.post(url, {"submission_key": key}) for _press in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    jobs = Job.objects.filter(name="planning.review_replenishment")
    assert [(job.queue, job.started_by) for job in jobs] == [
        ("interactive", f"user:{desk.session['_auth_user_id']}")
    ]
    assert "The review has started." in words(desk.get(reverse("proposal-index")))
