"""From a red alert to an approved order: why, the combined proposal, the draft, the approval."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db.models import Sum
from playwright.sync_api import Page, expect

from core import clock
from inventory.models import Sku
from planning.models import CrossPurchase, DemandHistory, Proposal, RepurchaseRun
from planning.services import alerting, forecasting, overrides, replenishment
from planning.services.overrides import OverrideEntry
from suppliers.models import PurchaseLine, PurchaseOrder, SupplierLeadTime
from tests.factories import orders as make
from tests.factories import purchases as buy
from tests.factories.inventory import make_bin, put_stock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
#: Scripts are modules: they have run when a page is loaded.
READY = "load"
WEEKS = 40


@pytest.fixture
def trade():
    """A tea that runs out in days, and the cup that a third of its buyers take next."""
    found = buy.trade(code="HILL", name="Hill Tea", currency="USD", is_new=False)
    SupplierLeadTime.objects.create(supplier=found.supplier, mode="sea", agreed_days=35)
    SupplierLeadTime.objects.create(supplier=found.supplier, mode="air", agreed_days=8)
    shelf = make_bin(found.place)
    channel = make.channel()
    for code, units, a_day in (("TEA", 40, 10), ("CUP", 150, 2)):
        sku = buy.goods(found, code, "10", moq_qty=12, multiple_qty=12)
        type(sku).objects.filter(pk=sku.pk).update(list_price=25, weight_g=500)
        put_stock(sku, units, at_bin=shelf, at=clock.now())
        _sold(sku, found.place, channel, a_day)
    return found


def _sold(sku, place, channel, a_day: int) -> None:
    """Write the demand of the complete weeks before this one."""
    today = clock.now().date()
    monday = today - dt.timedelta(days=today.weekday())
    DemandHistory.objects.bulk_create(
        DemandHistory(
            sku=sku,
            warehouse=place,
            channel=channel,
            on=monday - dt.timedelta(days=n),
            qty=a_day,
            cleaned_qty=a_day,
            value_amount=25 * a_day,
        )
        for n in range(1, 7 * WEEKS + 1)
    )


def _night(trade) -> None:
    """Run what runs at night, after a planner expects the tea to sell twice as fast."""
    now = clock.now()
    tea, cup = (Sku.objects.get(code=code) for code in ("TEA", "CUP"))
    run = RepurchaseRun.objects.create(
        cut_on=now.date(),
        computed_at=now,
        inputs_hash="journey",
        horizon_days=61,
        model="bgnbd",
        r=Decimal("0.2"),
        alpha=4,
        a=Decimal("0.8"),
        b=Decimal("2.4"),
        log_likelihood=-1,
        slope=1,
        customers=100,
        is_individual=True,
        method="hazard",
        kappa=1,
    )
    CrossPurchase.objects.create(
        run=run, first_sku=tea, then_sku=cup, watched=100, bought=34,
        planned=0.34, low=0.25, high=0.44, lift=2,
    )  # fmt: skip
    forecasting.run_forecast(as_of=now, now=now)
    overrides.enter(
        OverrideEntry(
            sku_id=tea.pk,
            warehouse_id=trade.place.pk,
            week_qty=140,
            from_on=now.date() - dt.timedelta(days=7),
            until_on=now.date() + dt.timedelta(days=100),
            reason="a magazine writes about it",
            expires_on=now.date() + dt.timedelta(days=100),
        ),
        actor=trade.buying,
        now=now,
    )
    replenishment.review(as_of=now, now=now)
    alerting.refresh(now=now)


def test_b13_b14_a_red_alert_becomes_one_approved_order_with_the_associated_product(desk, trade):
    _night(trade)
    lead, follower = (Proposal.objects.get(sku__code=code) for code in ("TEA", "CUP"))
    office, phone = desk(trade.buyer), desk(trade.approver, width=360)

    page = _from_the_alert_to_the_proposal(office)
    _read_why(page, lead, follower)
    _order_together(page)
    assert lead.mode == follower.mode == "split"
    order = PurchaseOrder.objects.get(mode="air")
    urgent = dict(order.lines.values_list("sku__code", "qty"))
    assert urgent == {"TEA": lead.fast_qty, "CUP": follower.fast_qty}
    _submit(office, order)
    _approve(phone, order)

    order.refresh_from_db()
    lead.refresh_from_db()
    follower.refresh_from_db()
    assert (order.state, order.approved_by) == ("approved", f"user:{trade.approver.pk}")
    assert (lead.state, follower.state, follower.partner_of_id) == ("accepted", "accepted", lead.pk)
    bought = PurchaseLine.objects.values_list("sku__code").annotate(units=Sum("qty"))
    assert dict(bought.order_by("sku__code")) == {"CUP": follower.qty, "TEA": lead.qty}


def _from_the_alert_to_the_proposal(office) -> Page:
    page = office.open("/planning/alerts/")
    with page.expect_navigation(wait_until=READY):
        page.locator("tr[data-row]", has_text="TEA").first.locator("a.row-link").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("TEA")
    with page.expect_navigation(wait_until=READY):
        main.get_by_role("link", name="Open proposal").first.click()
    return page


def _read_why(page: Page, lead: Proposal, follower: Proposal) -> None:
    """B-13, B-14: the tea's arithmetic, and the cup with the chance that brings it here."""
    sums = page.locator("#sums")
    expect(sums).to_contain_text(f"How {lead.computed_qty} is reached")
    expect(sums).to_contain_text("Demand over lead time and review")
    expect(sums).to_contain_text("at 20 a day")
    others = page.locator("section.card", has=page.get_by_role("heading", name="Associated"))
    expect(others).to_contain_text("CUP")
    expect(others).to_contain_text("34 % of its buyers take this next")
    expect(others).to_contain_text(str(follower.qty))
    with page.expect_navigation(wait_until=READY):
        others.get_by_role("link", name="CUP").click()
    rows = page.locator("#sums tr").all_inner_texts()
    found = [int(re.sub(r"\D", "", row.split("\t")[-1])) for row in rows]
    assert found == [84, 34, 118, 143, 150, 111, 120]
    expect(page.locator("#sums")).to_contain_text("34 % of 420 more buyers of TEA")
    with page.expect_navigation(wait_until=READY):
        page.get_by_role("link", name="Open it").click()


def _order_together(page: Page) -> None:
    page.get_by_role("button", name="Order them together").click()
    dialog = page.locator("#dialog[open]")
    expect(dialog).to_contain_text("Order 2 proposals?")
    with page.expect_navigation(wait_until=READY):
        dialog.locator("button[type=submit].btn-primary").click()
    expect(page.get_by_role("main")).to_contain_text("Drafted:")


def _submit(office, order: PurchaseOrder) -> None:
    page = office.page
    page.goto(f"{office.address}/purchase-orders/{order.pk}/", wait_until=READY)
    page.get_by_role("main").get_by_role("button", name="Submit order").click()
    dialog = page.locator("#dialog[open]")
    expect(dialog).to_be_visible()
    with page.expect_navigation(wait_until=READY):
        dialog.locator("button[type=submit].btn-primary").click()
    expect(page.get_by_text("Waits for approval.")).to_be_visible()


def _approve(phone, order: PurchaseOrder) -> None:
    page = phone.open("/approvals/")
    page.get_by_role("link", name="Hill Tea").click()
    page.get_by_role("button", name="Approve USD").click()
    dialog = page.locator("#dialog[open]")
    expect(dialog).to_contain_text(order.number)
    with page.expect_navigation(wait_until=READY):
        dialog.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("main")).to_contain_text(f"{order.number}: approved.")
