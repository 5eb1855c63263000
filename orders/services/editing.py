"""Change an order after it was placed, as far as its stage allows (X08).

Before the wave everything is free. In a wave, not picked: the shipment is recalled, then planned
again. Picked or packed: only address and service, unless a supervisor asks to un-pick. A country
never changes in place. Quantities change by the difference, and so does the money, once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal

from django.db import transaction

from core import audit, events, money
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from orders.domain import states
from orders.domain.drafts import AddressDraft
from orders.models import Order, OrderLine
from orders.models.orders import HoldKind, LineKind, OrderStatus
from orders.services import holds, lifecycle, master_data, refunding, replanning, stages
from orders.services.dossier import Dossier, open_dossier
from orders.services.replanning import Wish
from orders.services.unpromising import EDIT_PENDING, recall, take_back_planned
from shipping.domain.label import Party
from shipping.models import Parcel
from shipping.services import readdressing

PICKED = frozenset({states.PICKING, states.PACKED})
MOST_UNITS = 1_000_000


class CountryChangeRefused(StateConflict):
    """Another country is another order: duties, rates and stock differ."""

    code = "COUNTRY_CHANGE_REFUSED"
    text = gettext_noop("The country can't change in place. Cancel the order and enter it anew.")


class ItemsLocked(StateConflict):
    """Goods are picked; only a supervisor may have them un-picked."""

    code = "ITEMS_LOCKED"
    text = gettext_noop(
        "The goods are picked: quantities are locked. Ask a supervisor to un-pick the order."
    )


class EditRefused(InputRefused):
    """The change makes no sense; `why` says what to correct."""

    code = "EDIT_REFUSED"
    text = gettext_noop("The order can't be changed like this: %(why)s")


@dataclass(frozen=True, slots=True)
class OrderEdit:
    """What to change; None leaves a value as it is.

    `qty` maps line positions to new quantities (0 cancels the line), `sku` to other SKU codes.
    `unpick` allows items to change although goods are picked: they are brought back first.
    """

    version: int | None = None
    ship_to: AddressDraft | None = None
    service_code: str | None = None
    note: str | None = None
    email: str | None = None
    qty: Mapping[int, int] = field(default_factory=dict)
    sku: Mapping[int, str] = field(default_factory=dict)
    unpick: bool = False

    @property
    def changes_items(self) -> bool:
        """Say whether units or SKUs change."""
        return bool(self.qty or self.sku)


@dataclass(frozen=True, slots=True)
class EditResult:
    """What an edit did: the stage, shipments recalled, money owed back (-) or still due (+).

    `relabelled` and `parcels_gone` are numbers of parcels: packed ones that get another label, and
    those on a closed manifest, which go to the old address.
    """

    order_id: int
    stage: str
    recalled: tuple[int, ...] = ()
    difference_amount: Decimal = Decimal(0)
    address_problems: tuple[str, ...] = ()
    relabelled: tuple[str, ...] = ()
    parcels_gone: tuple[str, ...] = ()


def edit(order_id: int, change: OrderEdit, *, actor: Actor, at: dt.datetime) -> EditResult:
    """Change an order, check it again, and plan anew what nobody has picked.

    Locks the order. Packed parcels take the new address at once: their label is voided and
    another is asked for. Parcels that have left keep theirs (`parcels_gone`). Publishes
    `orders.edited` with `address_changed` 1 or 0.

    Raises:
        OrderNotFound, OrderChanged, OrderMoveRefused: it is gone, newer, or closed.
        CountryChangeRefused, ItemsLocked, EditRefused: the change is not possible at this stage.
    """
    with transaction.atomic():
        dossier = open_dossier(order_id)
        lifecycle.check_version(dossier.order, change.version)
        dossier.demand("edit")
        before = _facts(dossier.order)
        recalled = _reach(dossier, change, actor, at)
        problems = _change_address(dossier, change, actor, at)
        difference = _change_items(dossier, change, actor, at)
        order = dossier.order
        relabelled, gone = _readdress(dossier, change, actor, at)
        order.version += 1
        order.updated_at = at
        order.save()
        audit.record(
            actor=actor,
            action="orders.edited",
            target=order.key,
            before=before,
            after=_facts(order),
            at=at,
        )
        events.publish(
            "orders.edited",
            target=order.key,
            at=at,
            order_id=order.pk,
            address_changed=int(change.ship_to is not None or change.service_code is not None),
        )
        stage = stages.refresh([order_id], at=at).get(order_id, order.stage)
        replans = order.status == OrderStatus.CONFIRMED and not recalled
    if replans and _routes_anew(change):
        replanning.replan(order_id, Wish("edited"), actor=actor, at=at)
        stage = str(Order.objects.values_list("stage", flat=True).get(pk=order_id))
    return EditResult(order_id, stage, recalled, difference, problems, relabelled, gone)


def _routes_anew(change: OrderEdit) -> bool:
    return change.changes_items or change.ship_to is not None or change.service_code is not None


def _facts(order: Order) -> dict[str, str]:
    return {
        "address": " / ".join(
            part for part in (order.ship_line1, order.ship_city, order.ship_postcode) if part
        ),
        "service": order.service_code,
        "total": str(order.total_amount),
        "version": str(order.version),
    }


def _reach(dossier: Dossier, change: OrderEdit, actor: Actor, at: dt.datetime) -> tuple[int, ...]:
    """Bring back what the change touches on the floor; refuse what may not be touched."""
    rows = dossier.active_shipments
    if rows and all(row.status in lifecycle.GONE for row in rows) and not _waits(dossier):
        raise lifecycle.AlreadyShipped(number=dossier.order.number)
    if not _routes_anew(change):
        return ()
    picked = [row for row in rows if row.status in PICKED]
    if change.changes_items and picked and not change.unpick:
        raise ItemsLocked
    back = [row for row in rows if row.status == states.RELEASED]
    if change.changes_items:
        back += picked
    recall(back, exception=EDIT_PENDING, reason="edited", actor=actor, at=at)
    return tuple(row.pk for row in back)


def _waits(dossier: Dossier) -> bool:
    return any(line.backorder_qty for line in dossier.lines)


def _change_address(
    dossier: Dossier, change: OrderEdit, actor: Actor, at: dt.datetime
) -> tuple[str, ...]:
    order, new = dossier.order, change.ship_to
    if change.service_code is not None:
        order.service_code = change.service_code
    if change.note is not None:
        order.note = change.note
    if change.email is not None:
        order.email = change.email.strip().lower()
    if new is None:
        return ()
    if order.ship_country and new.country != order.ship_country:
        raise CountryChangeRefused(old=order.ship_country, new=new.country)
    order.ship_name, order.ship_company = new.name[:160], new.company[:160]
    order.ship_line1, order.ship_line2 = new.line1[:200], new.line2[:200]
    order.ship_city, order.ship_region = new.city[:120], new.region[:120]
    order.ship_postcode = new.postcode.strip().upper()[:20]
    order.ship_country, order.ship_phone = new.country, new.phone[:40]
    order.name_norm = new.name.strip().casefold()[:160]
    order.save()
    if order.status != OrderStatus.CONFIRMED:
        return ()
    return lifecycle.check_address(order, actor=actor, at=at)


def _readdress(
    dossier: Dossier, change: OrderEdit, actor: Actor, at: dt.datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give packed parcels the new address; return their numbers, and those that have left.

    A shipment leaves under the order's lock, so what is packed here is still here.
    """
    if change.ship_to is None:
        return (), ()
    rows = dossier.active_shipments
    packed = [row.key for row in rows if row.status == states.PACKED and not row.exception]
    away = [row.key for row in rows if row.status in lifecycle.GONE]
    changed = []
    if packed:
        party = Party(**asdict(lifecycle.address_of(dossier.order)))
        changed = readdressing.readdress(
            packed, party, reason="ADDRESS_CHANGED", actor=actor, at=at
        )
    left = Parcel.objects.for_owners(away).order_by("pk") if away else Parcel.objects.none()
    return tuple(row.number for row in changed), tuple(left.values_list("number", flat=True))


def _change_items(dossier: Dossier, change: OrderEdit, actor: Actor, at: dt.datetime) -> Decimal:
    if not change.changes_items:
        return Decimal(0)
    order = dossier.order
    if order.status == OrderStatus.CONFIRMED:
        # The units of planned shipments go back first, so that only differences are left.
        take_back_planned(dossier, event=f"edit-{order.version}", actor=actor, at=at)
    by_position = {line.position: line for line in dossier.lines}
    for position, code in sorted(change.sku.items()):
        _change_sku(_line(by_position, position), code, at)
    for position, qty in sorted(change.qty.items()):
        _change_qty(dossier, _line(by_position, position), qty)
    OrderLine.objects.bulk_update(
        dossier.lines, ["sku", "sku_code", "description", "qty", "cancelled_qty", "backorder_qty"]
    )
    return _settle_money(dossier, actor, at)


def _line(by_position: Mapping[int, OrderLine], position: int) -> OrderLine:
    line = by_position.get(position)
    if line is None or line.kind == LineKind.COMPONENT:
        why = gettext_noop("there is no such line, or it is part of a kit.")
        raise EditRefused(why=why, position=position)
    if line.kind == LineKind.SUBSTITUTE or line.substituted_qty:
        why = gettext_noop("units of this line were replaced. Cancel the order and place it again.")
        raise EditRefused(why=why, position=position)
    return line


def _change_sku(line: OrderLine, code: str, at: dt.datetime) -> None:
    if line.kind == LineKind.KIT:
        raise EditRefused(why=gettext_noop("a kit can't become another SKU. Cancel the line."))
    weight_g = master_data.current(at).default_weight_g
    fact = master_data.skus_by_code([code], weight_g).get(code)
    if fact is None or fact.kind == "virtual_kit":
        why = gettext_noop("the new SKU is unknown or a kit. Choose another.")
        raise EditRefused(why=why, sku=code)
    line.sku_id, line.sku_code, line.description = fact.id, fact.code, fact.name[:300]


def _change_qty(dossier: Dossier, line: OrderLine, qty: int) -> None:
    if not 0 <= qty <= MOST_UNITS:
        raise EditRefused(why=gettext_noop("a quantity is a whole number from 0 to 1,000,000."))
    parts = [line]
    if line.kind == LineKind.KIT:
        parts += [one for one in dossier.lines if one.kit_position == line.position]
    gone = dossier.committed(
        row for row in dossier.active_shipments if row.status in lifecycle.GONE
    )
    for part in parts:
        units = qty * (part.qty_per_kit or 1 if part is not line else 1)
        if units < gone.get(part.pk, 0):
            raise EditRefused(why=gettext_noop("more units than that have left already."))
        _set_units(part, units)


def _set_units(line: OrderLine, units: int) -> None:
    """Set the open units of a line by the difference: cancelled units stay visible."""
    difference = units - (line.qty - line.cancelled_qty)
    if difference < 0:
        line.cancelled_qty -= difference
    else:
        line.qty += difference
    waits = line.kind in {LineKind.GOODS, LineKind.FREE, LineKind.COMPONENT}
    if waits:
        line.backorder_qty = max(0, line.backorder_qty + difference)


def _settle_money(dossier: Dossier, actor: Actor, at: dt.datetime) -> Decimal:
    """Sum the order's amounts anew; owe a surplus back, hold the order for what is due."""
    order = dossier.order
    old_total = order.total_amount
    billed = [line for line in dossier.lines if line.kind != LineKind.COMPONENT]
    open_units = {
        line.position: line.qty - line.cancelled_qty
        for line in billed
        if line.kind != LineKind.KIT or line.qty > line.cancelled_qty
    }
    items = sum((line.unit_price * open_units.get(line.position, 0) for line in billed), Decimal(0))
    order.items_amount = money.quantize(items, order.currency)
    order.total_amount = max(
        Decimal(0),
        order.items_amount - order.discount_amount + order.shipping_amount + order.tax_amount,
    )
    difference: Decimal = order.total_amount - old_total
    surplus = order.paid_amount - order.total_amount
    if difference < 0 < surplus:
        refunding.owed(
            order,
            min(surplus, -difference),
            reason="ORDER_EDITED",
            event_key=f"order:{order.pk}:edit:{order.version}",
            at=at,
        )
    elif difference > 0 and order.paid_amount and surplus < 0:
        holds.place_hold(
            order.pk,
            HoldKind.PAYMENT,
            note=f"{money.quantize(-surplus, order.currency)} {order.currency}",
            actor=actor,
            at=at,
        )
    return difference


def with_address(order: Order, **parts: str) -> AddressDraft:
    """Return the order's address with some parts replaced, for an `OrderEdit`."""
    return replace(lifecycle.address_of(order), **parts)
