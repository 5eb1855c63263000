"""The public side: what an order shows of itself, and who may ask how often.

Orders stands above shipping and hands down snapshots; nothing here reads an order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.utils.crypto import salted_hmac

from core import jobs, mail, tries
from core.models import StoredFile
from core.wiring import resolve, wired
from shipping import configured
from shipping.domain import defaults
from shipping.models import PortalAttempt, PublicLink, TrackedOrder
from shipping.services import links

#: Wrong links per visitor and window before the page asks for patience.
MISSES: Final = 30
#: However many visitors ask, an order gets one mail in this time.
MAIL_EVERY_S: Final = 300
TooManyTries = tries.TooManyTries
#: A phone number has at least this many digits.
PHONE_LEAST: Final = 7
#: The kind of stored files that are logos of brands: everybody may see them.
LOGO: Final = "brand_logo"
FIND: Final = "find"
OPEN: Final = "open"

_UPDATED: Final = (
    "order_number",
    "email_hash",
    "phone_hash",
    "language",
    "first_name",
    "city",
    "country",
    "brand",
    "items",
    "status",
    "promised_from_on",
    "promised_by_on",
    "placed_at",
    "updated_at",
)


@dataclass(frozen=True, slots=True)
class TrackedOrderDraft:
    """What one order lets the public see. `email` and `phone` are kept as hashes only.

    `items` are `{"name", "name_zh", "qty"}`; `brand` may hold `name`, `color` (`#rrggbb`) and
    `logo` (the hash of a stored file). Dates are those of the promise, in the destination's
    calendar.
    """

    order_key: str
    order_number: str
    email: str = ""
    phone: str = ""
    language: str = "en"
    first_name: str = ""
    city: str = ""
    country: str = ""
    brand: Mapping[str, str] = field(default_factory=dict)
    items: tuple[Mapping[str, object], ...] = ()
    status: str = "confirmed"
    promised_from_on: dt.date | None = None
    promised_by_on: dt.date | None = None
    placed_at: dt.datetime | None = None


@transaction.atomic
def publish_orders(
    drafts: Sequence[TrackedOrderDraft], *, at: dt.datetime, is_partial: bool = False
) -> None:
    """Write or renew the public view of orders: one statement per 500. Repeatable.

    `is_partial` keeps what a parcel does not know of an order that has a view already: its items,
    brand, status and date, and the address of a search where the draft has none.
    """
    rows = [
        TrackedOrder(
            order_key=draft.order_key,
            order_number=draft.order_number,
            email_hash=email_hash(draft.email),
            phone_hash=phone_hash(draft.phone),
            language=draft.language,
            first_name=draft.first_name[:60],
            city=draft.city[:80],
            country=draft.country,
            brand=dict(draft.brand),
            items=[dict(item) for item in draft.items],
            status=draft.status,
            promised_from_on=draft.promised_from_on,
            promised_by_on=draft.promised_by_on,
            placed_at=draft.placed_at,
            updated_at=at,
        )
        for draft in drafts
    ]
    TrackedOrder.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["order_key"],
        update_fields=_fields_to_renew(drafts, is_partial),
    )


def _fields_to_renew(drafts: Sequence[TrackedOrderDraft], is_partial: bool) -> list[str]:
    if not is_partial:
        return list(_UPDATED)
    known = ["first_name", "city", "country", "updated_at"]
    if all(draft.email for draft in drafts):
        known.append("email_hash")
    if all(draft.phone for draft in drafts):
        known.append("phone_hash")
    if all(draft.promised_by_on for draft in drafts):
        known += ["promised_from_on", "promised_by_on"]
    return known


def email_hash(email: str) -> str:
    """Return the keyed hash under which an e-mail address is compared; "" for none."""
    plain = email.strip().casefold()
    if not plain:
        return ""
    return salted_hmac("shipping.portal.email", plain, algorithm="sha256").hexdigest()


def phone_hash(phone: str) -> str:
    """Return the keyed hash under which a phone number is compared; "" for fewer than 7 digits.

    Only the last 9 digits count, so `+49 170 1234567` and `0170 1234567` are one number.
    """
    digits = "".join(str(int(char)) for char in phone if char.isdecimal())
    if len(digits) < PHONE_LEAST:
        return ""
    return salted_hmac("shipping.portal.phone", digits[-9:], algorithm="sha256").hexdigest()


def visitor_key(address: str) -> str:
    """Return a keyed hash of a network address: enough to count tries, not to name anybody."""
    return tries.visitor_key(address, "shipping.portal.visitor")


@transaction.atomic
def ask_for_link(
    order_number: str, contact: str, *, visitor: str, language: str, at: dt.datetime
) -> None:
    """Mail a link to the tracking page if number and address, or phone number, belong together.

    It tells the caller nothing: right and wrong pairs end alike, after the same statements. The
    mail is written by a job; by phone it goes to the order's own address.

    Raises:
        TooManyTries: this visitor searched more often than the setting allows.
    """
    count_try(FIND, visitor, limit=configured.whole(defaults.FIND_TRIES), at=at)
    rows = TrackedOrder.objects.filter(order_number=order_number.strip())
    is_mail = "@" in contact
    if is_mail:
        rows = rows.filter(email_hash=email_hash(contact)).exclude(email_hash="")
    else:
        rows = rows.filter(phone_hash=phone_hash(contact)).exclude(phone_hash="")
    order = rows.order_by("pk").first()
    found = {
        "order_key": order.order_key if order else "",
        "to": contact.strip() if order and is_mail else "",
        "language": language,
        "asked_at": at.isoformat(),
    }
    jobs.enqueue("shipping.send_link", args=found, title="Send a tracking link")


@transaction.atomic
def send_link(order_key: str, to: str, language: str, *, at: dt.datetime) -> bool:
    """Mail a new link of an order; return whether there was an address to send it to.

    Without `to` the order's own address is asked for above. Repeatable: one mail, and one link, in
    5 minutes. Locks the public view of the order.
    """
    order = TrackedOrder.objects.select_for_update().filter(order_key=order_key).first()
    address = to or (order and resolve(wired("ORDER_ADDRESS"))(order_key))
    if order is None or not address:
        return False
    dedupe_key = f"tracking-link:{order.order_key}:{int(at.timestamp()) // MAIL_EVERY_S}"
    # A link is a secret of its own: a mail that is planned already needs no other.
    if mail.known_keys([dedupe_key]):
        return True
    token = links.issue(order.order_key, at=at)
    mail.queue(
        to=address,
        template="shipping/tracking_link",
        language=language,
        context={"order_number": order.order_number, "token": token},
        target=order.order_key,
        dedupe_key=dedupe_key,
    )
    return True


def tracked(order_key: str) -> TrackedOrder | None:
    """Return the public view of an order, if one was published."""
    return TrackedOrder.objects.filter(order_key=order_key).first()


def logo(sha256: str) -> StoredFile | None:
    """Return the stored logo of this content."""
    rows = StoredFile.objects.filter(kind=LOGO, sha256=sha256, content_type="image/png")
    return rows.order_by("pk").first()


def open_link(token: str, *, visitor: str, at: dt.datetime) -> PublicLink | None:
    """Return the living link of a token. Only wrong ones count as tries, so customers never wait.

    Raises:
        TooManyTries: this visitor tried more than 30 wrong links in 15 minutes.
    """
    link = links.find(token, at=at)
    if link is None:
        count_try(OPEN, visitor, limit=MISSES, at=at)
    return link


def count_try(page: str, visitor: str, *, limit: int, at: dt.datetime) -> None:
    """Count one try of a visitor in the current quarter of an hour.

    Raises:
        TooManyTries: it was one too many.
    """
    tries.count_try(PortalAttempt.objects.all(), f"{page}:{visitor}", limit=limit, at=at)


def sweep_attempts(*, now: dt.datetime) -> int:
    """Delete the counts of past windows; return how many. Repeatable."""
    return tries.forget(PortalAttempt.objects.all(), now=now)
