"""The way back: labels bought from carriers, codes for the counter, notes of other ways.

1. `issue` writes the row and, for ways that need one, the wish for a carrier's label, in one
   transaction. A job of shipping buys it outside of any.
2. `label_events` hears the carrier: the label is ready, refused, scanned.
3. `void` gives it back; `expire_due` ends what nobody used.

Papers are in `label_papers`; `files` and `read_file` of it are what pages call.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Q

from core import audit, settings_store
from core.actors import SYSTEM, Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from orders.domain.route_network import CUSTOMS_UNION
from returns.domain import exchange_settings as defaults
from returns.domain import label_methods, states
from returns.domain.label_methods import METHODS, Method
from returns.domain.return_papers import SlipLine
from returns.models import ReturnLabel, ReturnLine, ReturnRequest
from returns.services import progress
from returns.services.label_papers import LabelFile, Paper, files, read_file
from returns.services.label_parties import party_of_order, party_of_warehouse
from shipping import configured
from shipping.domain import defaults as shipping_defaults
from shipping.domain.label import Party
from shipping.models import Parcel
from shipping.services import labels, parcels
from shipping.services.parcels import ItemDraft, Measured, ParcelDraft

__all__ = [
    "IssueWish",
    "LabelFile",
    "LabelNeedsAddress",
    "LabelNotPossible",
    "Paper",
    "UnknownMethod",
    "current",
    "expire_due",
    "files",
    "issue",
    "pickup_days",
    "read_file",
    "resolve",
    "retry",
    "tell_tracking",
    "void",
]

#: Letters and digits that nobody takes for one another.
_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_PREFIX: Final = "RC"
CODE_LENGTH: Final = 12
#: States of a return in which a label makes sense.
_LABEL_STATES: Final = frozenset({states.APPROVED, states.LABEL_ISSUED})


class LabelNotPossible(StateConflict):
    """The return is not at the point where a label is given."""

    code = "RETURN_LABEL_NOT_POSSIBLE"
    text = gettext_noop("Return %(number)s needs no label now. Approve it first, or reload it.")


class LabelStands(StateConflict):
    """Another label of the same parcel is in use."""

    code = "RETURN_LABEL_STANDS"
    text = gettext_noop("Return %(number)s has a label already. Take it back before a new one.")


class UnknownMethod(InputRefused):
    """No way back has this code."""

    code = "UNKNOWN_RETURN_METHOD"
    text = gettext_noop("%(method)s is no way back. Choose one of: %(known)s.")


class PickupDayRefused(InputRefused):
    """No driver comes on this day."""

    code = "PICKUP_DAY"
    text = gettext_noop("No driver comes on that day. Choose one of: %(days)s.")


class LabelNeedsAddress(InputRefused):
    """Nobody knows where the parcel starts or ends."""

    code = "RETURN_LABEL_ADDRESS"
    text = gettext_noop("The %(side)s of return %(number)s has no address. Enter it, then retry.")


@dataclass(frozen=True, slots=True)
class IssueWish:
    """What is asked for; an empty method is the one of the return. `part` counts its parcels."""

    method: str = ""
    part: int = 1
    pickup_on: dt.date | None = None
    own_carrier: str = ""
    own_tracking: str = ""


@transaction.atomic
def issue(
    request_id: int, wish: IssueWish | None = None, *, actor: Actor, at: dt.datetime
) -> ReturnLabel:
    """Give a return its way back; a carrier's label follows by job within seconds.

    Repeatable: a label that stands, by the same method, is returned. What customs would miss makes
    a failed label with the reason, not an error, so that a listener can go on. Locks the return.

    Raises:
        ReturnNotFound: no such return.
        LabelNotPossible: it is not approved, or has gone on.
        LabelStands: the parcel has a label of another method.
        UnknownMethod, PickupDayRefused, LabelNeedsAddress: it can't be asked like this.
    """
    wish = wish or IssueWish()
    request = progress.lock(request_id)
    method = _method(wish.method or request.method)
    standing = request.labels.filter(part=wish.part).alive().first()
    if standing is not None:
        if standing.method == method.code:
            return standing
        raise LabelStands(number=request.number)
    if request.status not in _LABEL_STATES:
        raise LabelNotPossible(number=request.number)
    _end_failed(request, wish.part, at)
    if method.code != request.method:
        ReturnRequest.objects.filter(pk=request.pk).update(method=method.code)
        request.method = method.code
    row = _draft(request, method, wish, actor=actor, at=at)
    if method.buys_label:
        _ask_carrier(row, request, actor=actor, at=at)
    else:
        row.state, row.ready_at = label_methods.READY, at
        row.save(force_insert=True)
        progress.move(request.pk, "issue_label", actor=actor, at=at, why=_why(row))
    audit.record(
        actor=actor,
        action="returns.label_asked",
        target=request.key,
        at=at,
        after={"method": row.method, "state": row.state, "label": row.pk},
    )
    return row


def _method(code: str) -> Method:
    found = METHODS.get(code)
    if found is None:
        raise UnknownMethod(method=code[:20], known=", ".join(METHODS))
    return found


def _end_failed(request: ReturnRequest, part: int, at: dt.datetime) -> None:
    """Close failed attempts before a new one; their parcel is given up with them."""
    for row in request.labels.filter(part=part, state=label_methods.FAILED).order_by("pk"):
        if row.parcel_id is not None:
            _give_back(row.parcel_id, reason="new label", actor=SYSTEM, at=at)
        ReturnLabel.objects.filter(pk=row.pk).update(state=label_methods.VOIDED, ended_at=at)


def _draft(  # the row of one issue
    request: ReturnRequest, method: Method, wish: IssueWish, *, actor: Actor, at: dt.datetime
) -> ReturnLabel:
    if method.needs_day and wish.pickup_on not in pickup_days(request.pk, at=at):
        days = ", ".join(day.isoformat() for day in pickup_days(request.pk, at=at))
        raise PickupDayRefused(days=days)
    warehouse = request.warehouse
    country = request.from_country or (request.order.ship_country if request.order else "")
    payer, charged = _payer(request.policy)
    is_own = method.code == "own"
    return ReturnLabel(
        request=request,
        part=wish.part,
        method=method.code,
        code=CODE_PREFIX + "".join(secrets.choice(_SIGNS) for _place in range(CODE_LENGTH)),
        outbound_parcel=_outbound(request),
        warehouse=warehouse,
        payer=payer,
        charged_amount=charged if method.buys_label else Decimal(0),
        currency=request.currency,
        is_international=method.code != "store"
        and warehouse is not None
        and crosses_border(country, warehouse.country),
        pickup_on=wish.pickup_on if method.needs_day else None,
        own_carrier=wish.own_carrier.strip()[:60] if is_own else "",
        own_tracking=_plain(wish.own_tracking) if is_own else "",
        expires_on=_last_day(request, at),
        asked_at=at,
        asked_by=actor.key,
    )


def _last_day(request: ReturnRequest, at: dt.datetime) -> dt.date:
    days = settings_store.get(defaults.LABEL_DAYS)
    if not isinstance(days, int):
        raise TypeError(f"{defaults.LABEL_DAYS} is not a number of days")
    latest = (at + dt.timedelta(days=days)).date()
    return max(request.send_by_on, at.date()) if request.send_by_on else latest


def _payer(policy: Mapping[str, object]) -> tuple[str, Decimal]:
    """Return who pays the way back and what the customer bears of it, as the policy decided."""
    if policy.get("label_payer") != ReturnLabel.Payer.CUSTOMER:
        return ReturnLabel.Payer.SELLER, Decimal(0)
    amount = Decimal(str(policy.get("return_shipping_amount") or "0"))
    return ReturnLabel.Payer.CUSTOMER, amount


def crosses_border(from_country: str, to_country: str) -> bool:
    """Say whether goods between two countries (ISO 3166 alpha-2) pass customs."""
    if not from_country or not to_country or from_country == to_country:
        return False
    return not {from_country, to_country} <= CUSTOMS_UNION


def _outbound(request: ReturnRequest) -> Parcel | None:
    shipment_ids = request.lines.filter(shipment_line__isnull=False).values_list(
        "shipment_line__shipment_id", flat=True
    )
    keys = [f"shipment:{pk}" for pk in sorted(set(shipment_ids))]
    rows = Parcel.objects.for_owners(keys).exclude(state="voided").select_related("service")
    return rows.order_by("pk").first() if keys else None


def _ask_carrier(
    row: ReturnLabel, request: ReturnRequest, *, actor: Actor, at: dt.datetime
) -> None:
    sender, recipient = _ends(request)
    lines = list(
        request.lines.filter(kind=ReturnLine.Kind.EXPECTED)
        .exclude(resolution__in=["returnless", "reject"])
        .select_related("sku")
        .order_by("position")
    )
    if row.is_international:
        goods = [_customs_line(line) for line in lines]
        row.customs = [_plain_row(one) for one in goods]
        holes = {one.sku_code: one.lacking() for one in goods if one.lacking()}
        if holes:
            lacking = [f"{code} ({', '.join(names)})" for code, names in holes.items()]
            row.state = label_methods.FAILED
            row.problem = f"CUSTOMS_DATA_MISSING: {'; '.join(lacking)}"[:300]
            row.save(force_insert=True)
            return
    draft = ParcelDraft(
        owner_key=request.key,
        warehouse_code=request.warehouse.code if request.warehouse else "",
        service_code=row.outbound_parcel.service.code if row.outbound_parcel else "",
        shipment_number=request.number,
        position=row.part,
        parcel_count=row.part,
        measured=Measured(weight_g=sum(_weight(line) for line in lines) or None),
        ship_from=sender,
        ship_to=recipient,
        items=tuple(_item(line) for line in lines if line.sku is not None),
        is_verified=True,
        language=request.language or "en",
    )
    row.parcel = parcels.open_parcel(draft, actor=actor, at=at)
    row.save(force_insert=True)
    labels.request_label(row.parcel.pk, request_key=f"return:{row.code}", actor=actor, at=at)


def _ends(request: ReturnRequest) -> tuple[Party, Party]:
    sender = party_of_order(request.order) if request.order else Party()
    recipient = party_of_warehouse(request.warehouse) if request.warehouse else Party()
    for side, party in (("customer", sender), ("warehouse", recipient)):
        if not party.country:
            raise LabelNeedsAddress(side=side, number=request.number)
    return sender, recipient


def _weight(line: ReturnLine) -> int:
    known = line.sku.weight_g if line.sku else None
    return (known or configured.whole(shipping_defaults.DEFAULT_WEIGHT)) * line.qty


def _item(line: ReturnLine) -> ItemDraft:
    sku = line.sku
    if sku is None:
        raise TypeError(f"line {line.pk} names no SKU")
    return ItemDraft(sku.code, sku.name[:200], line.qty, name_zh=sku.name_zh[:200])


def _customs_line(line: ReturnLine) -> SlipLine:
    sku = line.sku
    return SlipLine(
        sku_code=sku.code if sku else line.description[:64],
        name=sku.name if sku else line.description,
        qty=line.qty,
        hs_code=sku.hs_code if sku else "",
        origin=sku.origin_country if sku else "",
        text=sku.customs_text if sku else "",
        weight_g=(sku.weight_g or 0) * line.qty if sku else 0,
        value=line.value_amount or line.unit_value_amount * line.qty,
    )


def _plain_row(line: SlipLine) -> dict[str, str | int]:
    return {key: str(v) if isinstance(v, Decimal) else v for key, v in asdict(line).items()}


def _why(row: ReturnLabel) -> progress.Why:
    return progress.Why(data={"method": row.method, "label": row.pk})


def pickup_days(request_id: int, *, at: dt.datetime) -> list[dt.date]:
    """Return the days on which a driver can be ordered: the next five Mondays to Fridays."""
    return label_methods.next_pickup_days(at.date())


def current(request_id: int, *, part: int = 1) -> ReturnLabel | None:
    """Return the newest label of a parcel of the return, whatever became of it; one statement."""
    rows = ReturnLabel.objects.filter(request_id=request_id, part=part)
    return rows.select_related("parcel", "warehouse").order_by("-pk").first()


@transaction.atomic
def retry(label_id: int, *, actor: Actor, at: dt.datetime) -> ReturnLabel:
    """Ask again for a label that was refused or whose customs data were completed since.

    Locks the return.

    Raises:
        LabelNotPossible: it is not failed, or the return has gone on.
    """
    row = ReturnLabel.objects.select_related("request").get(pk=label_id)
    request = progress.lock(row.request_id)
    row.refresh_from_db()
    if row.state != label_methods.FAILED or request.status not in _LABEL_STATES:
        raise LabelNotPossible(number=request.number)
    if row.parcel_id is None:
        wish = IssueWish(row.method, row.part, row.pickup_on)
        return issue(request.pk, wish, actor=actor, at=at)
    ReturnLabel.objects.filter(pk=row.pk).update(state=label_methods.ASKED, problem="")
    labels.try_again(row.parcel_id, actor=actor, at=at)
    row.refresh_from_db()
    return row


@transaction.atomic
def void(
    request_id: int,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    ended: str = label_methods.VOIDED,
) -> int:
    """Take back what is not used of a return's labels; return how many. Repeatable.

    Carriers are asked by job. A return that had its label is approved again and can get another.
    Locks the return.

    Raises:
        ReturnNotFound: no such return.
    """
    request = progress.lock(request_id)
    event = "expire" if ended == label_methods.EXPIRED else "void"
    rows = list(request.labels.filter(state__in=label_methods.sources(event)).lock())
    for row in rows:
        if row.parcel_id is not None:
            _give_back(row.parcel_id, reason=reason, actor=actor, at=at)
        ReturnLabel.objects.filter(pk=row.pk, state__in=label_methods.sources(event)).update(
            state=ended, ended_at=at
        )
    if rows:
        progress.move_if(
            request.pk, "void_label", actor=actor, at=at, why=progress.Why(reason=reason)
        )
        audit.record(
            actor=actor,
            action="returns.label_voided",
            target=request.key,
            at=at,
            after={"labels": len(rows), "state": ended},
            reason=reason,
        )
    return len(rows)


def _give_back(parcel_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> None:
    try:
        labels.void_label(parcel_id, reason=reason, actor=actor, at=at)
    except labels.LabelMissing:
        # Refused before it was sold: there is nothing to give back, only the parcel to end.
        pass
    except labels.LabelAlreadyUsed:
        return
    parcels.void(parcel_id, reason=reason, actor=actor, at=at)


def expire_due(*, as_of: dt.datetime, limit: int = 200) -> int:
    """End labels whose last day is over; return how many returns it concerned. Repeatable."""
    due = ReturnLabel.objects.filter(
        state__in=label_methods.sources("expire"), expires_on__lt=as_of.date()
    )
    ids = list(due.order_by("expires_on", "pk").values_list("request_id", flat=True)[:limit])
    for request_id in dict.fromkeys(ids):
        void(
            request_id,
            reason="label expired",
            actor=SYSTEM,
            at=as_of,
            ended=label_methods.EXPIRED,
        )
    return len(set(ids))


@transaction.atomic
def tell_tracking(
    request_id: int, carrier: str, number: str, *, actor: Actor, at: dt.datetime
) -> ReturnLabel:
    """Write down the parcel number of a customer who sends by a service of his own.

    Repeatable. Locks the return. The return counts as on its way from now on.

    Raises:
        ReturnNotFound: no such return.
        LabelNotPossible: the return does not come back this way.
    """
    request = progress.lock(request_id)
    row = request.labels.filter(method="own").alive().order_by("-pk").first()
    if row is None or not _plain(number):
        raise LabelNotPossible(number=request.number)
    ReturnLabel.objects.filter(pk=row.pk).update(
        own_carrier=carrier.strip()[:60],
        own_tracking=_plain(number),
        state=label_methods.USED,
        used_at=row.used_at or at,
    )
    progress.move_if(request.pk, "hand_over", actor=actor, at=at, why=_why(row))
    row.refresh_from_db()
    return row


def resolve(scanned: str) -> ReturnRequest | None:
    """Return the return that a scanned text names: its number, its code or a parcel's number.

    Two statements at most.
    """
    text = _plain(scanned)
    if not text:
        return None
    by_number = ReturnRequest.objects.filter(number=text).first()
    if by_number is not None:
        return by_number
    named = Q(code=text) | Q(own_tracking=text) | Q(parcel__tracking_number=text)
    label = ReturnLabel.objects.filter(named).select_related("request").order_by("-pk").first()
    return label.request if label else None


def _plain(text: str) -> str:
    return "".join(text.split()).upper()[:64]
