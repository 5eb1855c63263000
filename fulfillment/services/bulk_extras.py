"""Extras of cartons that are packed whole, many at once: the same rules, without a scan.

What the rules plan goes in; coupon codes are taken as they come. Stock and codes are counted down
from parcel to parcel, so that the last card is promised once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Min

from core import audit
from core.actors import Actor
from fulfillment.domain.insert_rules import Decision, ParcelFacts, Rule, decide
from fulfillment.models import CampaignAssignment, Carton, CartonExtra
from fulfillment.services import coupons, inserts, parcel_facts
from fulfillment.services.parcel_facts import Subject
from inventory.models import Sku
from orders.models import Shipment


@dataclass(frozen=True, slots=True)
class Packed:
    """What went into one carton beside the goods: its box (None = own packaging), their weight."""

    box_sku_id: int | None = None
    weight_g: int = 0


def put_in(cartons: Sequence[Carton], *, actor: Actor, at: dt.datetime) -> dict[int, Packed]:
    """Ask the live rules about fresh, verified cartons and put in what they say, by carton id.

    The first qualifying parcel puts its customer into an arm of the campaign, as at the bench.
    Runs in the caller's transaction, which made the cartons. Two statements where no rule lives.

    Raises:
        ExtrasLeft: a rule that holds the parcel finds no stock or no coupon code.
    """
    rules = parcel_facts.live_rules()
    if not rules:
        return {carton.pk: Packed() for carton in cartons}
    shipments = Shipment.objects.in_bulk({carton.shipment_id for carton in cartons})
    firsts = _first_parcels(cartons, shipments)
    subjects = [
        Subject(
            shipments[carton.shipment_id].order_id,
            shipments[carton.shipment_id].warehouse_id,
            carton.pk in firsts,
        )
        for carton in cartons
    ]
    facts = parcel_facts.parcels_of(subjects, rules, at=at)
    batch = _Batch(rules)
    rows: list[CartonExtra] = []
    arms: list[CampaignAssignment] = []
    for carton, subject, parcel in zip(cartons, subjects, facts, strict=True):
        decisions = batch.decide(parcel, subject.warehouse_id)
        arms += inserts.assignments(decisions, parcel, subject.order_id, at)
        rows += [inserts.row_of(carton, made, at) for made in decisions]
    _store(rows, arms, actor=actor, at=at)
    _note(cartons, rows, actor=actor, at=at)
    return _packed(cartons, rows)


class _Batch:
    """Stock of each warehouse and codes of each campaign, less what earlier parcels take."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = list(rules)
        self.most = inserts.most_inserts()
        self.stock: dict[int, dict[int, int]] = {}

    def decide(self, parcel: ParcelFacts, warehouse_id: int) -> list[Decision]:
        left = self.stock.setdefault(warehouse_id, dict(parcel.stock))
        decisions = decide(self.rules, replace(parcel, stock=left), self.most)
        for made in decisions:
            if made.outcome == "hold":
                code = Sku.objects.values_list("code", flat=True).get(pk=made.sku_id)
                raise inserts.ExtrasLeft(sku=code)
            if made.outcome == "add":
                left[made.sku_id] = left.get(made.sku_id, 0) - made.rule.qty
                if made.rule.campaign is not None:
                    self._take_code(made.rule.campaign.campaign_id)
        return decisions

    def _take_code(self, campaign_id: int) -> None:
        for place, rule in enumerate(self.rules):
            campaign = rule.campaign
            if campaign and campaign.campaign_id == campaign_id and campaign.codes_left:
                fewer = replace(campaign, codes_left=campaign.codes_left - 1)
                self.rules[place] = replace(rule, campaign=fewer)


def _first_parcels(cartons: Sequence[Carton], shipments: dict[int, Shipment]) -> set[int]:
    """Return the cartons that are parcel 1 of their order."""
    boxes = dict(
        Carton.objects.filter(shipment_id__in=shipments)
        .exclude(state="voided")
        .values_list("shipment_id")
        .annotate(first=Min("number"))
    )
    parts = dict(
        Shipment.objects.filter(order_id__in={row.order_id for row in shipments.values()})
        .exclude(status="cancelled")
        .values_list("order_id")
        .annotate(first=Min("pk"))
    )
    return {
        carton.pk
        for carton in cartons
        if carton.number == boxes[carton.shipment_id]
        and carton.shipment_id == parts[shipments[carton.shipment_id].order_id]
    }


def _store(
    rows: Sequence[CartonExtra],
    arms: Sequence[CampaignAssignment],
    *,
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Keep arms and extras: what is scanned at a bench is in the box already, the box is not."""
    inserts.assign(arms)
    for row in rows:
        if row.state == "planned" and row.kind in inserts.SCANNED:
            row.state, row.added_at, row.added_by = "added", at, actor.key
    CartonExtra.objects.bulk_create(rows, batch_size=500)
    for row in rows:
        if row.state == "added" and row.campaign_id is not None:
            _take_code(row, at)


def _take_code(extra: CartonExtra, at: dt.datetime) -> None:
    """Give an insert its code; one that lost the last code to a bench meanwhile stays out.

    Raises:
        ExtrasLeft: its rule holds the parcel instead.
    """
    try:
        coupons.take(extra, at=at)
    except coupons.NoCodeLeft as none_left:
        if extra.rule.on_oos == "block":
            raise inserts.ExtrasLeft(sku=extra.sku.code) from none_left
        extra.state, extra.reason = "skipped", "NO_CODE_LEFT"
        extra.added_at, extra.added_by = None, ""
        extra.save(update_fields=["state", "reason", "added_at", "added_by"])


def _note(
    cartons: Sequence[Carton], rows: Sequence[CartonExtra], *, actor: Actor, at: dt.datetime
) -> None:
    told: dict[int, dict[str, str]] = defaultdict(dict)
    for row in rows:
        told[row.carton_id][row.rule_code] = row.reason or row.state
    audit.record_many(
        [
            audit.AuditDraft(
                actor=actor,
                action="fulfillment.extras_planned",
                target=f"shipment:{carton.shipment_id}",
                after=told[carton.pk],
                at=at,
            )
            for carton in cartons
            if carton.pk in told
        ]
    )


def _packed(cartons: Sequence[Carton], rows: Sequence[CartonExtra]) -> dict[int, Packed]:
    skus = Sku.objects.in_bulk({row.sku_id for row in rows if row.state != "skipped"})
    packed = {carton.pk: Packed() for carton in cartons}
    for row in rows:
        if row.state == "skipped":
            continue
        known = packed[row.carton_id]
        weight_g = known.weight_g + row.qty * int(skus[row.sku_id].weight_g or 0)
        box = row.sku_id if row.kind == "packaging" else known.box_sku_id
        packed[row.carton_id] = Packed(box, weight_g)
    return packed
