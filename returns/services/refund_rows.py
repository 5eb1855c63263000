"""Write a refund: the debt at the order, the refund with its rows, and the payments it is made of.

The debt (`orders.RefundDue`) is the one place that counts what goes back: it is written under the
order's lock, once per key, and never above what was paid. A refund without a debt can't exist.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from core import audit, numbers, settings_store
from core.actors import Actor
from core.wiring import resolve, wired
from orders.models import Order, Payment, RefundDue
from orders.services import refunding
from returns.domain.money_settings import DEFAULT_GATEWAY
from returns.domain.refund_math import Breakdown, Row, Way, split_over_payments
from returns.gateways.base import Handling, PaymentGateway
from returns.models import Refund, RefundLine, RefundPayment, ReturnRequest
from returns.services.money_errors import GatewayUnknown

MANUAL = "manual"
STORE_CREDIT = "store_credit"
ZERO = Decimal(0)
State = RefundPayment.State


@dataclass(frozen=True, slots=True)
class Units:
    """Which units a GOODS row pays for: of which lines, from which unit on."""

    return_line_id: int
    order_line_id: int | None
    from_unit: int


@dataclass(frozen=True, slots=True)
class RefundDraft:
    """One refund to write. The order is locked; `breakdown` has the rows of `way`.

    `units` maps the key of a GOODS row to the units it stands for.
    """

    order: Order
    way: Way
    reason: str
    event_key: str
    breakdown: Breakdown
    request: ReturnRequest | None = None
    units: tuple[tuple[int, Units], ...] = ()
    note: str = ""

    @property
    def amount(self) -> Decimal:
        """Return what counts against what was paid."""
        if self.way == Way.REFUND:
            return self.breakdown.refund_amount
        return self.breakdown.credit_amount


def gateway_of(name: str) -> PaymentGateway:
    """Return the gateway of a name, as wired.

    Raises:
        GatewayUnknown: the wiring has no such gateway.
    """
    path = wired("PAYMENT_GATEWAYS").get(name)
    if path is None:
        raise GatewayUnknown(gateway=name)
    found: PaymentGateway = resolve(path)()
    return found


def remote_gateways() -> list[str]:
    """Return the names of the gateways that a program pays through, and paying by hand."""
    own = Handling.OWN_BOOKS
    return [name for name in wired("PAYMENT_GATEWAYS") if gateway_of(name).handling != own]


def write(draft: RefundDraft, *, actor: Actor, at: dt.datetime) -> Refund | None:
    """Owe the amount and write its refund, waiting; None where nothing is left to owe.

    Repeatable by `event_key`. The caller holds the order's lock and has capped the breakdown.
    """
    known = Refund.objects.filter(due__event_key=draft.event_key).first()
    if known is not None:
        return known
    given = refunding.owed(
        draft.order, draft.amount, reason=draft.reason, event_key=draft.event_key, at=at
    )
    if given <= 0:
        return None
    due = RefundDue.objects.get(event_key=draft.event_key)
    return write_for_due(due, draft, actor=actor, at=at)


def write_for_due(due: RefundDue, draft: RefundDraft, *, actor: Actor, at: dt.datetime) -> Refund:
    """Write the refund of a debt that stands. The caller holds the order's lock."""
    refund = Refund.objects.create(
        number=numbers.take("refund")[0],
        due=due,
        order=draft.order,
        request=draft.request,
        reason=draft.reason,
        note=draft.note[:500],
        way=draft.way,
        amount=due.amount,
        bonus_amount=draft.breakdown.bonus_amount if draft.way == Way.CREDIT else ZERO,
        fee_amount=draft.breakdown.fee_amount if draft.way == Way.REFUND else ZERO,
        currency=due.currency,
        breakdown=_of_way(draft).as_json(),
        state=Refund.State.TO_APPROVE,
        content_hash=_hash(draft, due.amount),
        created_at=at,
        created_by=actor.key,
    )
    _write_lines(refund, draft)
    _write_payments(refund, draft, at)
    audit.record(
        actor=actor,
        action="returns.refund_made",
        target=refund.key,
        after={"amount": str(refund.amount), "currency": refund.currency, "way": refund.way},
        reason=refund.note,
        at=at,
    )
    return refund


def _of_way(draft: RefundDraft) -> Breakdown:
    """Return the breakdown without the rows that another refund stands for."""
    whole, way = draft.breakdown, draft.way
    is_refund = way == Way.REFUND
    return Breakdown(
        whole.currency,
        whole.of_way(way),
        whole.refund_amount if is_refund else ZERO,
        ZERO if is_refund else whole.credit_amount,
        ZERO if is_refund else whole.bonus_amount,
        whole.fee_amount if is_refund else ZERO,
    )


def _hash(draft: RefundDraft, amount: Decimal) -> str:
    facts = [draft.order.pk, draft.event_key, str(amount), _of_way(draft).as_json()]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _write_lines(refund: Refund, draft: RefundDraft) -> None:
    units = dict(draft.units)
    rows = draft.breakdown.of_way(draft.way)
    RefundLine.objects.bulk_create(
        _line(refund, position, row, units.get(row.key) if row.key is not None else None)
        for position, row in enumerate(rows, start=1)
    )


def _line(refund: Refund, position: int, row: Row, units: Units | None) -> RefundLine:
    is_goods = row.code == "GOODS"
    return RefundLine(
        refund=refund,
        position=position,
        code=row.code,
        return_line_id=units.return_line_id if units else None,
        order_line_id=units.order_line_id if units else None,
        qty=row.qty,
        from_unit=units.from_unit if units and is_goods else None,
        amount=row.amount,
    )


def _write_payments(refund: Refund, draft: RefundDraft, at: dt.datetime) -> None:
    RefundPayment.objects.bulk_create(
        RefundPayment(
            refund=refund,
            payment_id=payment_id,
            position=position,
            gateway=gateway,
            refund_key=f"{refund.number}-{position}",
            amount=part,
            currency=refund.currency,
            created_at=at,
        )
        for position, (payment_id, gateway, part) in enumerate(
            _parts(draft.order, Way(refund.way), refund.amount), start=1
        )
    )


def _parts(order: Order, way: Way, amount: Decimal) -> list[tuple[int | None, str, Decimal]]:
    """Return (payment, gateway, part): over the payments of the order, the oldest first."""
    if way == Way.CREDIT:
        return [(None, STORE_CREDIT, amount)]
    payments = list(Payment.objects.filter(order=order).order_by("at", "pk"))
    gone = _gone_back([payment.pk for payment in payments])
    left = [(payment.pk, payment.amount - gone.get(payment.pk, ZERO)) for payment in payments]
    methods = {payment.pk: payment.method for payment in payments}
    return [
        (key, _gateway_for(methods[key]) if key is not None else MANUAL, part)
        for key, part in split_over_payments(amount, left)
    ]


def _gone_back(payment_ids: Sequence[int]) -> dict[int, Decimal]:
    rows = RefundPayment.objects.filter(payment__in=payment_ids)
    rows = rows.exclude(state__in=(State.REPLACED, State.DROPPED))
    sums = rows.values("payment").annotate(total=Coalesce(Sum("amount"), ZERO)).order_by()
    return dict(sums.values_list("payment", "total"))


def _gateway_for(method: str) -> str:
    """Return the gateway that knows a payment's method, else the one of the settings."""
    known = wired("PAYMENT_GATEWAYS")
    if method in known:
        return method
    chosen = str(settings_store.get(DEFAULT_GATEWAY))
    return chosen if chosen in known and chosen != STORE_CREDIT else MANUAL
