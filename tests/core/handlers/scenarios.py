"""For each job of the wiring, the state in which it has something to do, and its arguments.

A scenario may be set up several times in one database. A job without a scenario fails the tests.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from django.db import connection
from django.db.models import F

from core import audit, clock, mail, settings_store
from core.actors import SYSTEM, Actor
from core.events import publish
from core.imports import pipeline
from core.jobs import JobRun
from core.models import IdempotencyKey, ImportBatch, User
from core.services import people, second_factor_resets
from fulfillment.models import WaveRule
from fulfillment.services import packing, rule_trials
from inventory.models import Sku, Warehouse
from orders.models import Channel, Order
from orders.services import holds
from orders.services.subscriptions import ItemDraft
from planning.models import (
    Alert,
    DemandHistory,
    ForecastOutcome,
    ReportSchedule,
    RiskMode,
    SeriesOutlook,
    WeeklyPack,
)
from planning.services import alert_rules, forecast_sharing
from shipping.models import LabelRequest
from shipping.services import labels
from suppliers.services.purchase_submitting import submit
from tests.core.handlers import return_scenarios
from tests.core.handlers.scene import Scenario, Scene, numbers
from tests.core.imports.batches import batch_of
from tests.factories import (
    alerts,
    forecasts,
    fulfillment,
    inserts,
    moves,
    orders,
    packaging,
    policies,
    proposals,
    purchases,
    reviews,
    shipping,
    subscriptions,
    supplier_terms,
)
from tests.factories import customers as people_make
from tests.factories import inventory as stock_make
from tests.factories.core import make_user, with_second_factor


def _boss() -> User:
    number = next(numbers)
    return make_user(role="admin", username=f"boss{number}", email=f"boss{number}@example.com")


def _order(stock_qty: int = 10) -> Order:
    if not Channel.objects.exists():
        orders.channel()
        orders.warehouse()
    if not Sku.objects.exists():
        orders.sku()
    if stock_qty:
        orders.put(Sku.objects.get(kind="goods"), Warehouse.objects.get(), stock_qty)
    return orders.place_one()


def _chosen(order: Order | Alert, **more: str) -> Scene:
    boss = _boss()
    args = {"ids": str(order.pk), "query": "", "excluded": "", "is_all": False, **more}
    return Scene(args, f"user:{boss.pk}")


def _imported(folder: Path) -> ImportBatch:
    number = next(numbers)
    return batch_of(folder, f"code,name\nIMP-{number},Tea {number}\n", "products")


def unplanned_carton(_folder: Path) -> Scene:
    order = _order()
    fulfillment.pick_all(fulfillment.release(order))
    Sku.objects.update(length_mm=90, width_mm=80, height_mm=70)
    shipment = order.shipments.get()
    packaging.box("BOX-1", 200, 150, 100)
    carton = packing.open_carton(
        shipment_id=shipment.pk,
        station_bin_id=fulfillment.bench(shipment.warehouse).pk,
        actor=SYSTEM,
        at=fulfillment.NOW,
    )
    return Scene({"carton_id": carton.pk})


def nothing_special(_folder: Path) -> Scene:
    return Scene()


def evaluated_before(_folder: Path) -> Scene:
    RiskMode.objects.get_or_create(pk=1)
    return Scene()


def expired_lot(_folder: Path) -> Scene:
    day = clock.now().date()
    stock_make.put_stock(
        stock_make.make_sku(lot_tracked=True), 3, lot="OLD", expires_on=day.replace(year=2020)
    )
    return Scene()


def bins_to_count(_folder: Path) -> Scene:
    stock_make.put_stock(stock_make.make_sku(), 3)
    return Scene()


def deliver_events(_folder: Path) -> Scene:
    publish("orders.cancelled", target="order:1", at=clock.now(), order_id=_order().pk)
    return Scene()


def send_mail(_folder: Path) -> Scene:
    planned = mail.queue(
        to="li@example.com",
        template="shipping/tracking_link",
        language="en",
        context={"order_number": "1", "token": "t"},
        target="order:1",
        dedupe_key=f"scene:{next(numbers)}",
    )
    return Scene({"mail_id": planned.pk})


def send_mails(folder: Path) -> Scene:
    mail_id = send_mail(folder).args["mail_id"]
    return Scene({"mail_ids": str(mail_id)})


def request_nobody_decides(_folder: Path) -> Scene:
    trade = purchases.trade(currency="USD")
    draft = purchases.draft(trade, {purchases.goods(trade, f"APR-{next(numbers)}"): 5})
    submit(draft.pk, actor=trade.buying, at=clock.now() - dt.timedelta(days=8))
    return Scene()


def seal_audit(_folder: Path) -> Scene:
    audit.record(actor=SYSTEM, action="x.y", target="order:1", at=clock.now())
    return Scene()


def due_subscription(_folder: Path) -> Scene:
    _order()
    subscriptions.subscription(Channel.objects.get().code, first_on=clock.now().date())
    return Scene()


def subscribed_kit(_folder: Path) -> Scene:
    number = next(numbers)
    if not Channel.objects.exists():
        orders.channel()
        orders.warehouse()
    kit = subscriptions.kit_of(f"PART{number}", stock_qty=9)
    subscriptions.subscription(
        Channel.objects.get().code,
        items=(ItemDraft(kit.code, 1, Decimal(20)),),
        first_on=clock.now().date() + dt.timedelta(days=5),
    )
    return Scene()


def reset_nobody_decided(_folder: Path) -> Scene:
    long_ago = clock.now() - dt.timedelta(days=2)
    asker, _decider, subject = _boss(), _boss(), make_user("operator")
    with_second_factor(subject)
    second_factor_resets.ask(
        subject.pk, reason="lost", actor=Actor("user", asker.pk, "Boss"), at=long_ago
    )
    return Scene()


def purge(_folder: Path) -> Scene:
    long_ago = clock.now() - dt.timedelta(days=9)
    IdempotencyKey.objects.create(
        scope="x",
        key=str(next(numbers)),
        fingerprint="",
        holder="",
        lease_until=long_ago,
        created_at=long_ago,
        expires_at=long_ago + dt.timedelta(days=3),
    )
    return Scene()


def send_password_link(_folder: Path) -> Scene:
    return Scene({"user_id": _boss().pk})


def send_invitation(_folder: Path) -> Scene:
    draft = people.InvitationDraft(email=f"new{next(numbers)}@example.com", full_name="New")
    return Scene({"invitation_id": people.invite(draft, actor=SYSTEM, at=clock.now()).pk})


def export_index(_folder: Path) -> Scene:
    boss = _boss()
    args = {"index": "users", "query": "", "columns": "", "file_format": "csv", "user_id": boss.pk}
    return Scene(args, f"user:{boss.pk}")


def check_import(folder: Path) -> Scene:
    return Scene({"batch_id": _imported(folder).pk})


def apply_import(folder: Path) -> Scene:
    batch = _imported(folder)
    pipeline.preview(batch.pk, actor=SYSTEM, now=clock.now())
    return Scene({"batch_id": batch.pk})


def undo_import(folder: Path) -> Scene:
    scene = apply_import(folder)
    pipeline.apply(scene.args["batch_id"], actor=SYSTEM, now=clock.now())
    return scene


def waiting_order(_folder: Path) -> Scene:
    _order(stock_qty=0)
    orders.put(Sku.objects.get(kind="goods"), Warehouse.objects.get(), 1)
    return Scene()


def dear_warehouse(_folder: Path) -> Scene:
    """Two orders went where there was stock; since then a cheaper warehouse has some."""
    number = next(numbers)
    if not Channel.objects.exists():
        orders.channel()
    tea = Sku.objects.first() or orders.sku()
    dear = orders.warehouse(f"DEAR{number}", handling_cost=Decimal(90))
    orders.put(tea, dear, 2)
    for _ in range(2):
        orders.place_one()
    orders.put(tea, orders.warehouse(f"CHEAP{number}"), 2)
    return Scene()


def empty_pick_face(_folder: Path) -> Scene:
    moves.empty_face()
    return Scene()


def drifted_level(_folder: Path) -> Scene:
    """Somebody changed a level by hand, and there is one to be told."""
    _order()
    _boss()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_stocklevel SET on_hand = on_hand + 1")
    return Scene()


def held_until_now(_folder: Path) -> Scene:
    holds.place_hold(_order().pk, "HOLD_UNTIL", actor=SYSTEM, at=clock.now(), until=clock.now())
    return Scene()


def bulk_hold(_folder: Path) -> Scene:
    return _chosen(_order(), kind="OPERATOR")


def bulk_release(_folder: Path) -> Scene:
    order = _order()
    holds.place_hold(order.pk, "OPERATOR", actor=SYSTEM, at=clock.now())
    return _chosen(order, reason="checked")


def bulk_cancel(_folder: Path) -> Scene:
    return _chosen(_order(), reason="CUSTOMER_REQUEST")


def _wish() -> LabelRequest:
    parcel = shipping.make_parcel(owner_key=f"shipment:{next(numbers)}")
    return labels.request_label(
        parcel.pk, request_key=f"parcel:{parcel.pk}:1", actor=SYSTEM, at=shipping.NOW
    )


def send_link(_folder: Path) -> Scene:
    key = shipping.publish_order(shipping.make_parcel(owner_key=f"shipment:{next(numbers)}"))
    asked_at = shipping.NOW.isoformat()
    return Scene(
        {"order_key": key, "to": "li.wei@example.com", "language": "en", "asked_at": asked_at}
    )


def buy_labels(_folder: Path) -> Scene:
    return Scene({"requests": str(_wish().pk)})


def void_labels(_folder: Path) -> Scene:
    parcel = shipping.make_labelled(owner_key=f"shipment:{next(numbers)}")
    wish = labels.void_label(parcel.pk, reason="WRONG_BOX", actor=SYSTEM, at=shipping.NOW)
    return Scene({"requests": str(wish.pk)})


def label_to_file(_folder: Path) -> Scene:
    place = Warehouse.objects.filter(code="PRINT").first() or orders.warehouse("PRINT")
    station = fulfillment.station(place)
    job = fulfillment.print_job(station, "bin_label", f"bin:{station.bin_id}")
    return Scene({"print_job": job.pk})


def rule_on_trial(_folder: Path) -> Scene:
    order = _order()
    rule = inserts.rule(f"R{next(numbers)}", Sku.objects.get().code, live=False)
    trial = rule_trials.start(rule.pk, 200, actor=SYSTEM, at=order.placed_at)
    return Scene({"trial_id": trial.pk})


def wave_rule_of_the_clock(_folder: Path) -> Scene:
    order = _order()
    WaveRule.objects.create(
        warehouse=order.shipments.get().warehouse,
        name=f"Clock {next(numbers)}",
        is_automatic=True,
    )
    return Scene()


def ordered_goods(_folder: Path) -> Scene:
    if not Channel.objects.exists():
        orders.channel()
        orders.warehouse()
    asked = orders.sku(f"ASKED-{next(numbers)}")
    orders.put(asked, Warehouse.objects.get(), 5)
    orders.place_one(orders.line(asked.code))
    return Scene({"whole": True})


def bought_yesterday(_folder: Path) -> Scene:
    order = _order()
    customer = people_make.make_customer(external_id="again")
    yesterday = clock.now() - dt.timedelta(days=1)
    Order.objects.filter(pk=order.pk).update(customer=customer, placed_at=yesterday)
    return Scene({"whole": True})


def sold_last_week(_folder: Path) -> Scene:
    order = _order()
    SeriesOutlook.objects.all().delete()  # lines of the board are overwritten, never added
    sold = next(numbers)  # another history each time, or there is nothing new to forecast
    DemandHistory.objects.update_or_create(
        sku=Sku.objects.get(kind="goods"),
        warehouse=Warehouse.objects.get(),
        channel=order.channel,
        on=clock.now().date() - dt.timedelta(days=7),
        defaults={"qty": sold, "cleaned_qty": sold},
    )
    return Scene()


def supplier_to_be_told(_folder: Path) -> Scene:
    now = clock.now()
    trade = purchases.trade()
    sku = purchases.goods(trade, f"TOLD-{next(numbers)}")
    monday = forecast_sharing.monday_of(now)
    term = {"valid_from": monday, "valid_until": monday + dt.timedelta(days=9)}
    supplier_terms.make_agreement(trade.supplier, {sku: "9"}, **term)
    forecasts.run_of({(sku, trade.place): [10]}, from_on=monday, at=now, mark=sku.code)
    return Scene()


def long_lasting_stock(_folder: Path) -> Scene:
    trade = purchases.trade()
    sku = purchases.goods(trade, f"LONG-{next(numbers)}")
    proposals.cover(sku, trade.place, proposals.review(), cover_days=300.0, overstock="stop")
    return Scene()


def week_off_its_forecast(_folder: Path) -> Scene:
    # Another meeting about another week each time, or its pack is known already.
    ago = dt.timedelta(weeks=next(numbers) + 9)
    WeeklyPack.objects.update(week_on=F("week_on") - ago)
    ForecastOutcome.objects.update(week_on=F("week_on") - ago)
    trade = purchases.trade()
    sku = stock_make.make_sku(f"OFF-{next(numbers)}", list_price=Decimal(5))
    week_on = forecast_sharing.monday_of(clock.now()) - dt.timedelta(weeks=1)
    forecasts.outcome_of(sku, trade.place, week_on, forecast=10, actual=4)
    return Scene()


def goods_to_review(_folder: Path) -> Scene:
    trade = purchases.trade()
    sku = purchases.goods(trade, f"LOW-{next(numbers)}")
    reviews.limits(sku, trade.place, least=5, most=20)
    return Scene()


def stock_that_ends(_folder: Path) -> Scene:
    sku, place = stock_make.make_sku(), stock_make.make_warehouse()
    alert_rules.ensure_standard(actor=SYSTEM, now=clock.now())
    alerts.cover(sku, place)
    alerts.set_level(sku, place, 10)
    _planner()
    return Scene()


def alert_to_mail(_folder: Path) -> Scene:
    """The hour of the daily mail has come in every zone."""
    settings_store.put("planning.alert_digest_hour", "0", actor=SYSTEM, at=clock.now())
    _alert(rule=alerts.rule("expiry", category=f"C{next(numbers)}"))
    make_user("planner")
    return Scene()


def chosen_alert(_folder: Path) -> Scene:
    return _chosen(_alert(), act="dismiss", reason="EXPECTED", note="")


def _planner() -> None:
    """Let one person be told, however many scenes there are."""
    if not User.objects.holding("planning.manage").exists():
        make_user("planner")


def _alert(**fields: object) -> Alert:
    return alerts.alert(stock_make.make_sku(), stock_make.make_warehouse(), **fields)


def report_due_today(_folder: Path) -> Scene:
    reader, today = make_user("planner"), clock.now().date()
    fields = {"weekday": today.weekday(), "next_on": today, "created_at": clock.now()}
    ReportSchedule.objects.create(user=reader, report="stock", **fields)
    return Scene()


def policy_on_trial(_folder: Path) -> Scene:
    return Scene({"run_id": policies.what_if_run(f"TRIED-{next(numbers)}").pk})


def silent_supplier(_folder: Path) -> Scene:
    trade = purchases.trade()
    purchases.sent(trade, {purchases.goods(trade, f"QUIET-{next(numbers)}"): 10})
    return Scene()


def ended_agreement(_folder: Path) -> Scene:
    supplier = supplier_terms.make_supplier()
    supplier_terms.make_agreement(
        supplier, {}, valid_from=dt.date(2020, 1, 1), valid_until=dt.date(2020, 3, 31)
    )
    return Scene()


SCENARIOS: dict[str, Scenario] = {
    "core.deliver_events": deliver_events,
    "core.send_mail": send_mail,
    "core.send_mails": send_mails,
    "core.approval_clock": request_nobody_decides,
    "core.seal_audit": seal_audit,
    "core.purge": purge,
    "core.expire_second_factors": reset_nobody_decided,
    "core.send_password_link": send_password_link,
    "core.send_invitation": send_invitation,
    "core.export_index": export_index,
    "core.check_import": check_import,
    "core.apply_import": apply_import,
    "core.undo_import": undo_import,
    "inventory.expire_promises": nothing_special,
    "inventory.check_stock": drifted_level,
    "inventory.plan_refills": empty_pick_face,
    "inventory.hold_expired": expired_lot,
    "inventory.plan_counts": bins_to_count,
    "orders.date_waiting": waiting_order,
    "orders.retry_backorders": waiting_order,
    "orders.replan_together": dear_warehouse,
    "orders.clock": held_until_now,
    "orders.run_subscriptions": due_subscription,
    "orders.build_kits_ahead": subscribed_kit,
    "orders.refresh_transit": nothing_special,
    "orders.bulk_hold": bulk_hold,
    "orders.bulk_release": bulk_release,
    "orders.bulk_cancel": bulk_cancel,
    "fulfillment.plan_carton": unplanned_carton,
    "fulfillment.print": label_to_file,
    "fulfillment.release_waves": wave_rule_of_the_clock,
    "fulfillment.try_rule": rule_on_trial,
    "planning.care_for_policies": long_lasting_stock,
    "planning.alert_digest": alert_to_mail,
    "planning.bulk_alerts": chosen_alert,
    "planning.what_if": policy_on_trial,
    "planning.fit_repurchase": bought_yesterday,
    "planning.refresh_alerts": stock_that_ends,
    "planning.review_alerts": stock_that_ends,
    "planning.rebuild_history": ordered_goods,
    "planning.run_forecast": sold_last_week,
    "planning.watch_risks": evaluated_before,
    "planning.judge_deviations": nothing_special,
    "planning.review_replenishment": goods_to_review,
    "planning.share_forecasts": supplier_to_be_told,
    "planning.build_weekly_pack": week_off_its_forecast,
    "planning.mail_reports": report_due_today,
    "shipping.buy_labels": buy_labels,
    "shipping.void_labels": void_labels,
    "shipping.send_link": send_link,
    "shipping.sweep": nothing_special,
    "suppliers.answer_clock": silent_supplier,
    "suppliers.run_agreements": ended_agreement,
    **return_scenarios.SCENARIOS,
}


def careless(_job: JobRun, **_args: object) -> None:
    """Act anew each time: what the tests must be able to see."""
    audit.record(actor=SYSTEM, action="x.careless", target="order:1", at=clock.now())
