"""The scenarios of returns and customers; `scenarios.py` joins them to the others."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from core import clock
from core.actors import SYSTEM, Actor
from customers.models import SignInLink
from customers.services import accounts, copies, privacy
from customers.services.privacy import Wish
from orders.models import Channel, RefundDue, ReturnFact
from returns.models import ReturnDraft, ReturnRequest
from returns.services import card_holds, exchanges, policy_rules, policy_trials, refunds
from returns.services.policy_rules import PolicyRuleDraft
from returns.services.refunds import Giving
from shipping.services import links
from tests.core.handlers.scene import Scenario, Scene, numbers
from tests.factories import claims, money, orders, returns
from tests.factories import core as people
from tests.factories import customers as buyers
from tests.factories import exchanges as exchange_rows
from tests.factories.return_labels import approve


def past_return(_folder: Path) -> Scene:
    number = next(numbers)
    ReturnFact.objects.create(
        channel=Channel.objects.first() or orders.channel(),
        external_id=f"C{number}",
        source_row=number,
        sku_code="TEA",
        qty=1,
        unit_price=Decimal(1),
        at=clock.now(),
    )
    return Scene()


def return_to_be_sent_soon(_folder: Path) -> Scene:
    returns.ensure_rules()
    returns.stocked()
    request = returns.request(returns.delivered_order())
    ReturnRequest.objects.filter(pk=request.pk).update(
        status="approved", decided_at=clock.now(), send_by_on=clock.now().date()
    )
    return Scene()


def return_never_sent(_folder: Path) -> Scene:
    returns.ensure_rules()
    returns.stocked()
    request = returns.request(returns.delivered_order())
    ReturnRequest.objects.filter(pk=request.pk).update(
        status="approved", send_by_on=clock.now().date() - dt.timedelta(days=1)
    )
    return Scene()


def returns_chosen(_folder: Path) -> Scene:
    returns.ensure_rules()
    returns.stocked()
    request = returns.request(returns.delivered_order())
    ReturnRequest.objects.filter(pk=request.pk).update(status="review", decided_at=None)
    boss = people.make_user("admin")
    args = {"ids": str(request.pk), "query": "", "excluded": "", "is_all": False, "reason": "seen"}
    return Scene(args, f"user:{boss.pk}")


def policy_on_trial(_folder: Path) -> Scene:
    returns.stocked()
    request = returns.request(returns.delivered_order())
    draft = PolicyRuleDraft(f"R{next(numbers)}", "Trial", effects={"window_days": "1"})
    rule = policy_rules.save_draft(draft, actor=SYSTEM, at=request.requested_at)
    trial = policy_trials.start(rule.pk, 200, actor=SYSTEM, at=request.requested_at)
    return Scene({"trial_id": trial.pk})


def draft_left_behind(_folder: Path) -> Scene:
    returns.ensure_rules()
    returns.stocked()
    order = returns.delivered_order()
    link = links.find(links.issue(order.key, at=clock.now()), at=clock.now())
    began = clock.now() - dt.timedelta(days=9)
    ReturnDraft.objects.create(
        link=link,
        order=order,
        submission_key=f"portal:{next(numbers)}",
        created_at=began,
        updated_at=began,
        expires_at=began + dt.timedelta(days=2),
    )
    return Scene()


def refund_to_be_sent(_folder: Path) -> Scene:
    order = money.paid_order(orders.line("TEA", 2))
    giving = Giving("LATE", f"scene-{order.pk}", "late")
    refund = refunds.give(order.pk, Decimal("5.00"), giving, actor=SYSTEM, at=clock.now())
    return Scene({"payments": str(refund.payments.get().pk)})


def debt_of_an_order(_folder: Path) -> Scene:
    order = money.paid_order(orders.line("TEA", 2))
    RefundDue.objects.create(
        order=order,
        amount=Decimal("4.00"),
        currency="USD",
        reason="ORDER_EDITED",
        event_key=f"scene-due-{order.pk}",
        created_at=clock.now(),
    )
    return Scene()


def exchange_to_follow(_folder: Path) -> Scene:
    request = exchange_rows.wanted(exchange_rows.shirts())
    approve(request)
    return Scene({"request_id": request.pk, "at": orders.NOW.isoformat()})


def exchange_that_waits(_folder: Path) -> Scene:
    place = exchange_rows.shirts()
    request = exchange_rows.wanted(place, "SHIRT-S")
    approve(request)
    row = exchanges.open_or_ask(request.lines.get().pk, actor=SYSTEM, at=orders.NOW)
    exchanges.choose(row.pk, "wait", actor=SYSTEM, at=orders.NOW)
    orders.put(row.sku, place, 1)
    return Scene({"skus": str(row.sku_id)})


def exchange_kept_too_long(_folder: Path) -> Scene:
    request = exchange_rows.wanted(exchange_rows.shirts())
    approve(request)
    exchanges.open_for(request.lines.get().pk, actor=SYSTEM, at=orders.NOW)
    return Scene()


def order_to_ask_about(_folder: Path) -> Scene:
    returns.stocked()
    returns.delivered_order(at=clock.now() - dt.timedelta(days=8))
    return Scene()


def parcel_without_a_scan(_folder: Path) -> Scene:
    returns.stocked()
    # Four days hold two to four working days: a worry, and no units move yet.
    claims.parcel_of(claims.sent_order(), at=clock.now() - dt.timedelta(days=4))
    return Scene()


def card_to_ask(_folder: Path) -> Scene:
    request = exchange_rows.wanted(exchange_rows.shirts())
    approve(request)
    row = exchanges.open_for(request.lines.get().pk, actor=SYSTEM, at=orders.NOW)
    hold = card_holds.ask(row.pk, "pay_1", gateway="practice", actor=SYSTEM, at=orders.NOW)
    return Scene({"holds": str(hold.pk)})


def person_to_forget(_folder: Path) -> Scene:
    customer = buyers.make_customer(email=f"gone{next(numbers)}@example.org")
    row = privacy.ask(Wish("erasure", "desk", customer.pk), actor=SYSTEM, at=clock.now())
    privacy.approve(row.pk, actor=Actor("user", 7, "Boss"), at=clock.now())
    return Scene({"request_id": row.pk})


def copy_kept_too_long(_folder: Path) -> Scene:
    customer = buyers.make_customer(email=f"copied{next(numbers)}@example.org")
    before = clock.now() - dt.timedelta(days=40)
    row = privacy.ask(Wish("copy", "desk", customer.pk), actor=SYSTEM, at=before)
    privacy.approve(row.pk, actor=Actor("user", 7, "Boss"), at=before)
    copies.make(row.pk, actor=SYSTEM, at=before)
    accounts.ask_for_link("nobody@example.org", language="en", at=before)
    return Scene()


def sign_in_asked(_folder: Path) -> Scene:
    email = f"asks{next(numbers)}@example.org"
    buyers.make_customer(email=email)
    accounts.ask_for_link(email, language="en", at=clock.now())
    return Scene({"link_id": SignInLink.objects.latest("pk").pk})


SCENARIOS: dict[str, Scenario] = {
    "config.answer_privacy_request": person_to_forget,
    "config.privacy_clock": copy_kept_too_long,
    "config.send_sign_in_link": sign_in_asked,
    "returns.ask_cards": card_to_ask,
    "returns.bulk_approve": returns_chosen,
    "returns.bulk_reject": returns_chosen,
    "returns.expire_requests": return_never_sent,
    "returns.exchange_clock": exchange_kept_too_long,
    "returns.follow_exchanges": exchange_to_follow,
    "returns.keep_for_waiting": exchange_that_waits,
    "returns.pay_refunds": refund_to_be_sent,
    "returns.sweep_refunds": debt_of_an_order,
    "orders.ask_feedback": order_to_ask_about,
    "returns.match_history": past_return,
    "returns.remind_customers": return_to_be_sent_soon,
    "returns.sweep_drafts": draft_left_behind,
    "returns.try_policy": policy_on_trial,
    "returns.watch_parcels": parcel_without_a_scan,
}
