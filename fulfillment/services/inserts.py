"""Extras of a carton: planned by the rules at the bench, added by a scan, used up at the end.

The rules are asked when the carton opens and again before it closes, so an order that became VIP
while it was picked still gets its card. What is in the box stays there whatever the rules say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from core import audit, settings_store
from core.actors import Actor
from core.errors import DomainError, StateConflict, gettext_noop
from fulfillment.domain import defaults
from fulfillment.domain.conditions import Value
from fulfillment.domain.insert_rules import Decision, ParcelFacts, Rule, decide
from fulfillment.models import CampaignAssignment, Carton, CartonExtra
from fulfillment.services import coupons, parcel_facts
from fulfillment.services.parcel_facts import Subject
from inventory.models import Sku
from inventory.services.consuming import ConsumeLine, consume, give_back
from orders.models import Shipment

VOIDED = "BOX_VOIDED"
SCANNED = ("insert", "tissue", "gift_card")
MISSING = "MISSING_AT_BENCH"


class ExtrasLeft(DomainError):
    """A carton closes only when each planned extra was scanned or skipped."""

    code = "EXTRAS_LEFT"
    text = gettext_noop("%(sku)s is not in the box yet. Scan it, or scan CMD-SHORT if it is gone.")


class ExtraDecided(StateConflict):
    """The extra was added or skipped meanwhile."""

    code = "EXTRA_DECIDED"
    text = gettext_noop("%(sku)s is decided already. Scan the next one.")


@dataclass(frozen=True, slots=True)
class ShortExtra:
    """What a missing extra led to: skipped, alternate (its SKU takes its place) or held."""

    outcome: str
    extra: CartonExtra


@transaction.atomic
def plan_extras(carton_id: int, *, actor: Actor, at: dt.datetime) -> list[CartonExtra]:
    """Ask the live rules what goes into a carton and keep the answers; return all its extras.

    Repeatable: added extras and those a packer reported missing stay, the others follow the order
    as it is now. The first qualifying parcel puts its customer into an arm of the campaign. Locks
    the carton row. A closed or voided carton is returned as it is.
    """
    carton = (
        Carton.objects.select_for_update(of=("self",))
        .select_related("shipment__order")
        .get(pk=carton_id)
    )
    if carton.state not in {"closed", "voided"}:
        rules = parcel_facts.live_rules()
        known = {row.rule_code: row for row in CartonExtra.objects.filter(carton=carton)}
        if rules or known:
            _plan(carton, rules, known, actor=actor, at=at)
    return list(CartonExtra.objects.filter(carton_id=carton_id).on_card())


def _plan(
    carton: Carton,
    rules: list[Rule],
    known: dict[str, CartonExtra],
    *,
    actor: Actor,
    at: dt.datetime,
) -> None:
    subject = Subject(
        carton.shipment.order_id,
        carton.shipment.warehouse_id,
        _is_first_parcel(carton),
        {code: row.kind for code, row in known.items() if row.state == "added"},
        frozenset(code for code, row in known.items() if row.reason == MISSING),
    )
    [facts] = parcel_facts.parcels_of([subject], rules, at=at)
    decisions = decide(rules, facts, most_inserts())
    assign(assignments(decisions, facts, carton.shipment.order_id, at))
    wanted = {made.rule.code: row_of(carton, made, at) for made in decisions}
    fresh = [row for code, row in wanted.items() if code not in known]
    CartonExtra.objects.bulk_create(fresh)
    for code, old in known.items():
        if old.state != "added" and old.reason != MISSING:
            _follow(old, wanted.get(code))
    if fresh:
        audit.record(
            actor=actor,
            action="fulfillment.extras_planned",
            target=f"shipment:{carton.shipment_id}",
            after={row.rule_code: row.reason or row.state for row in fresh},
            at=at,
        )


def most_inserts() -> int:
    """Return how many inserts a parcel takes at most (setting)."""
    return int(str(settings_store.get(defaults.MOST_INSERTS.name)))


def _is_first_parcel(carton: Carton) -> bool:
    """Say whether a carton is parcel 1 of its order: first box of the first shipment that goes."""
    earlier_box = (
        Carton.objects.filter(shipment_id=carton.shipment_id, number__lt=carton.number)
        .exclude(state="voided")
        .exists()
    )
    earlier_part = (
        Shipment.objects.filter(order_id=carton.shipment.order_id, pk__lt=carton.shipment_id)
        .exclude(status="cancelled")
        .exists()
    )
    return not (earlier_box or earlier_part)


def assignments(
    decisions: Sequence[Decision], facts: ParcelFacts, order_id: int, at: dt.datetime
) -> list[CampaignAssignment]:
    """Return into which arms of which campaigns these decisions put a customer."""
    return [
        CampaignAssignment(
            campaign_id=made.rule.campaign.campaign_id,
            customer_key=facts.customer_key,
            arm=made.arm,
            order_key=f"order:{order_id}",
            assigned_at=at,
        )
        for made in decisions
        if made.arm and made.rule.campaign is not None
    ]


def assign(arms: Sequence[CampaignAssignment]) -> None:
    """Keep the arms; a customer who is in one already stays there."""
    CampaignAssignment.objects.bulk_create(arms, ignore_conflicts=True)


def row_of(carton: Carton, made: Decision, at: dt.datetime) -> CartonExtra:
    """Return the extra a decision makes, not yet stored: planned, or skipped for a reason."""
    return CartonExtra(
        carton=carton,
        rule_id=made.rule.rule_id,
        rule_code=made.rule.code,
        sku_id=made.sku_id,
        kind=made.rule.kind,
        campaign_id=made.rule.campaign.campaign_id if made.rule.campaign else None,
        qty=made.rule.qty,
        state="skipped" if made.outcome == "skip" else "planned",
        reason=made.reason,
        why=why_of(made),
        planned_at=at,
    )


def why_of(made: Decision) -> dict[str, Any]:
    """Return the explanation of a decision as it is stored and shown."""
    return {
        "rule": made.rule.code,
        "version": made.rule.version,
        "matched": {name: _plain(value) for name, value in made.matched.items()},
        "arm": made.arm,
    }


def _plain(value: Value) -> str | int | bool | list[str]:
    if isinstance(value, bool | int | str):
        return value
    return list(value) if isinstance(value, tuple) else str(value)


def _follow(old: CartonExtra, new: CartonExtra | None) -> None:
    """Make a stored extra what the rules say now; one without a rule any more is skipped."""
    if new is None:
        old.state, old.reason = "skipped", "NO_LONGER_MATCHES"
    else:
        for name in ("rule_id", "sku_id", "kind", "campaign_id", "qty", "state", "reason", "why"):
            setattr(old, name, getattr(new, name))
    old.save()


def wanted_box(carton_id: int) -> Sku | None:
    """Return the box or mailer a rule asks for, None where the packer is free to choose."""
    row = (
        CartonExtra.objects.filter(carton_id=carton_id, kind="packaging", state="planned")
        .select_related("sku")
        .order_by("pk")
        .first()
    )
    return row.sku if row else None


def waiting(carton_id: int) -> list[CartonExtra]:
    """Return the extras that must still be scanned, in the order of the rules."""
    rows = CartonExtra.objects.filter(carton_id=carton_id, state="planned", kind__in=SCANNED)
    return list(rows.on_card())


@transaction.atomic
def add(extra_id: int, *, coupon_code: str = "", actor: Actor, at: dt.datetime) -> CartonExtra:
    """Book that an extra lies in the box; a coupon insert takes its code (the next one free).

    Raises:
        ExtraDecided: it was added or skipped meanwhile.
        NoCodeLeft, CodeTaken: the coupon's code can't go into this parcel.
    """
    extra = _decide(extra_id, "added", "", actor=actor, at=at)
    if extra.campaign_id is not None:
        coupons.take(extra, code=coupon_code, at=at)
    return extra


@transaction.atomic
def report_missing(extra_id: int, *, actor: Actor, at: dt.datetime) -> ShortExtra:
    """Do what the rule says about an extra that is not at the bench: skip, alternate or hold.

    A skipped coupon keeps its code free. "Hold" leaves the extra planned; the caller holds the
    order.

    Raises:
        ExtraDecided: it was added or skipped meanwhile.
    """
    extra = CartonExtra.objects.select_related("rule").get(pk=extra_id)
    rule = extra.rule
    if rule.on_oos == "block":
        return ShortExtra("held", extra)
    other = rule.alternate_sku_id
    if rule.on_oos == "alternate" and other is not None and extra.sku_id != other:
        changed = CartonExtra.objects.filter(pk=extra_id, state="planned", sku_id=extra.sku_id)
        if not changed.update(sku_id=other, reason="ALTERNATE_USED"):
            raise ExtraDecided(sku=extra.sku.code)
        return ShortExtra("alternate", CartonExtra.objects.select_related("sku").get(pk=extra_id))
    return ShortExtra("skipped", _decide(extra_id, "skipped", MISSING, actor=actor, at=at))


@transaction.atomic
def undo_last(carton_id: int, *, actor: Actor, at: dt.datetime) -> CartonExtra | None:
    """Take the extra decided last by a scan back to planned; None if no scan decided any.

    Locks the carton; of a closed or voided one nothing is undone.
    """
    carton = Carton.objects.select_for_update(of=("self",)).get(pk=carton_id)
    rows = CartonExtra.objects.filter(carton=carton, added_at__isnull=False)
    if carton.state in {"closed", "voided"}:
        return None
    last = rows.select_related("sku").order_by("-added_at", "-pk").first()
    if last is None:
        return None
    coupons.give_back(last)
    last.state, last.reason, last.added_at, last.added_by = "planned", "", None, ""
    last.save(update_fields=["state", "reason", "added_at", "added_by"])
    audit.record(
        actor=actor,
        action="fulfillment.extra_undone",
        target=f"carton:{carton_id}",
        after={"sku": last.sku.code},
        at=at,
    )
    return last


def _decide(
    extra_id: int, state: str, reason: str, *, actor: Actor, at: dt.datetime
) -> CartonExtra:
    changed = CartonExtra.objects.filter(pk=extra_id, state="planned").update(
        state=state,
        **({"reason": reason} if reason else {}),
        added_at=at,
        added_by=actor.key,
    )
    extra = CartonExtra.objects.select_related("sku", "rule").get(pk=extra_id)
    if not changed:
        raise ExtraDecided(sku=extra.sku.code)
    audit.record(
        actor=actor,
        action=f"fulfillment.extra_{state}",
        target=f"carton:{extra.carton_id}",
        after={"sku": extra.sku.code, "rule": f"{extra.rule_code} v{extra.rule.version}"},
        at=at,
    )
    return extra


def check_none_left(carton_id: int) -> None:
    """Refuse to go on while a planned extra is not in the box.

    Raises:
        ExtrasLeft: names the first of them.
    """
    left = waiting(carton_id)
    if left:
        raise ExtrasLeft(sku=left[0].sku.code)


def use_up(cartons: Iterable[Carton], *, actor: Actor, at: dt.datetime) -> None:
    """Take the box and the added extras of closed cartons out of stock; keep cost and shortage.

    Call it inside the transaction that closes them. A wrong count stops no parcel: what the books
    lack is kept on the extra, and a count is asked for. Repeatable per carton.
    """
    closed = list(cartons)
    extras: dict[int, list[CartonExtra]] = {}
    for row in CartonExtra.objects.filter(carton__in=closed).order_by("pk"):
        extras.setdefault(row.carton_id, []).append(row)
    for carton in closed:
        mine = extras.get(carton.pk, [])
        _settle_box(carton, [row for row in mine if row.kind == "packaging"], at)
        _use_up(carton, [row for row in mine if row.state == "added"], actor=actor, at=at)


@transaction.atomic
def take_back(cartons: Iterable[Carton], *, actor: Actor, at: dt.datetime) -> None:
    """Undo the extras of boxes that are being voided: stock, coupon codes, usage.

    What `use_up` took returns to the bins it came from, codes are free again, and no extra of the
    box counts as used. The planned ones are decided first: a scan that comes later finds nothing
    to add. The caller holds the shipments and the carton rows. Repeatable per carton.
    """
    for carton in cartons:
        extras = CartonExtra.objects.filter(carton=carton)
        _close_to_scans(carton)
        for extra in extras.filter(state="added").order_by("pk"):
            coupons.give_back(extra)
        done = extras.filter(state="added").update(
            state="skipped", reason=VOIDED, cost_amount=None, missing_qty=0
        )
        back = give_back(
            f"pack:{carton.pk}",
            event_key=f"unpack:{carton.pk}",
            else_bin_id=carton.station_bin_id,
            actor=actor,
            at=at,
        )
        if done or back is not None:
            audit.record(
                actor=actor,
                action="fulfillment.extras_taken_back",
                target=f"shipment:{carton.shipment_id}",
                after={"carton": carton.number, "extras": done},
                at=at,
            )


def _close_to_scans(carton: Carton) -> None:
    """Wait for scans that are being booked, and leave nothing for later ones to add."""
    waiting = CartonExtra.objects.filter(carton=carton, state="planned")
    waiting.update(state="skipped", reason=VOIDED)


def _settle_box(carton: Carton, wanted: Sequence[CartonExtra], at: dt.datetime) -> None:
    for row in wanted:
        if row.state != "planned":
            continue
        if row.sku_id == carton.box_sku_id:
            row.state, row.added_at, row.added_by = "added", at, carton.packed_by
        else:
            row.state, row.reason = "skipped", "OTHER_BOX_USED"
        row.save(update_fields=["state", "reason", "added_at", "added_by"])


def _use_up(carton: Carton, added: list[CartonExtra], *, actor: Actor, at: dt.datetime) -> None:
    boxed = {row.sku_id for row in added if row.kind == "packaging"}
    bench = carton.station_bin_id
    lines = [ConsumeLine(row.sku_id, row.qty, bench, f"carton_extra:{row.pk}") for row in added]
    if carton.box_sku_id and carton.box_sku_id not in boxed:
        lines.append(ConsumeLine(carton.box_sku_id, 1, bench, f"carton:{carton.pk}"))
    if not lines:
        return
    done = consume(lines, event_key=f"pack:{carton.pk}", actor=actor, at=at)
    for row, used in zip(added, done, strict=False):
        row.cost_amount, row.missing_qty = used.cost_amount, used.missing_qty
    CartonExtra.objects.bulk_update(added, ["cost_amount", "missing_qty"])


def weight_g(carton_id: int) -> int:
    """Return the weight of what lies in the box beside the goods, in grams; unknown counts 0."""
    total = CartonExtra.objects.filter(carton_id=carton_id, state="added").aggregate(
        grams=Sum(F("qty") * F("sku__weight_g"))
    )["grams"]
    return int(total or Decimal(0))
