"""Secret links to one order's tracking page."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import Max

from core import audit
from core.actors import Actor
from shipping import configured
from shipping.domain import defaults
from shipping.models import Parcel, PublicLink

TRACKING: Final = "tracking"
LONGEST: Final = dt.timedelta(days=365)
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TOKEN_LENGTH: Final = 22


def new_token() -> str:
    """Return 128 random bits as 22 characters of base 62."""
    value = secrets.randbits(128)
    digits = []
    for _position in range(_TOKEN_LENGTH):
        value, digit = divmod(value, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def token_hash(token: str, purpose: str = TRACKING) -> str:
    """Return the SHA-256 of a token bound to its purpose, in hex."""
    return hashlib.sha256(f"{purpose}:{token}".encode()).hexdigest()


@transaction.atomic
def issue(order_key: str, *, at: dt.datetime) -> str:
    """Make a link to one order's page and return its token, which is kept nowhere.

    Links issued earlier stay valid: they are in mails already sent.
    """
    token = new_token()
    PublicLink.objects.create(
        token_hash=token_hash(token),
        purpose=TRACKING,
        order_key=order_key,
        created_at=at,
        expires_at=_ends_at(order_key, at),
    )
    return token


@transaction.atomic
def issue_many(order_keys: Sequence[str], *, at: dt.datetime) -> dict[str, str]:
    """Make one link for each order's page and return the tokens, which are kept nowhere.

    Two statements, whatever the number of orders up to 500.
    """
    keys = list(dict.fromkeys(order_keys))
    arrivals: dict[str, list[dt.datetime | None]] = {key: [] for key in keys}
    parcels = Parcel.objects.filter(order_key__in=keys).exclude(state="voided").order_by()
    for key, moment in parcels.values_list("order_key", "delivered_at"):
        arrivals[key].append(moment)
    tokens = {key: new_token() for key in keys}
    PublicLink.objects.bulk_create(
        [
            PublicLink(
                token_hash=token_hash(token),
                purpose=TRACKING,
                order_key=key,
                created_at=at,
                expires_at=_end_of(arrivals[key], at),
            )
            for key, token in tokens.items()
        ],
        batch_size=500,
    )
    return tokens


def find(token: str, *, at: dt.datetime) -> PublicLink | None:
    """Return the living link of a token, or None: unknown, ended, revoked or of other purpose."""
    if len(token) != _TOKEN_LENGTH or not token.isascii() or not token.isalnum():
        return None
    return PublicLink.objects.live(at).filter(token_hash=token_hash(token)).first()


@transaction.atomic
def revoke(order_key: str, *, actor: Actor, reason: str, at: dt.datetime) -> int:
    """End all links of an order at once; return how many lived. Repeatable."""
    ended = PublicLink.objects.live(at).filter(order_key=order_key).update(revoked_at=at)
    if ended:
        audit.record(
            actor=actor,
            action="shipping.links_revoked",
            target=order_key,
            at=at,
            after={"links": ended},
            reason=reason,
        )
    return ended


def end_after_delivery(order_keys: Sequence[str]) -> None:
    """Let the links of orders whose parcels have all arrived end some days later [90]."""
    if not order_keys:
        return
    days = _days_after_delivery()
    waiting = Parcel.objects.filter(order_key__in=order_keys, delivered_at__isnull=True)
    open_keys = set(waiting.exclude(state="voided").values_list("order_key", flat=True))
    done = [key for key in order_keys if key not in open_keys]
    arrived = Parcel.objects.filter(order_key__in=done, delivered_at__isnull=False)
    last = arrived.values("order_key").annotate(last_at=Max("delivered_at")).order_by("order_key")
    by_end: dict[dt.datetime, list[str]] = {}
    for row in last:
        by_end.setdefault(_end_of_day(row["last_at"] + days), []).append(row["order_key"])
    for ends_at, keys in by_end.items():
        links = PublicLink.objects.filter(order_key__in=keys, created_at__lt=ends_at)
        links.update(expires_at=ends_at)


def _ends_at(order_key: str, at: dt.datetime) -> dt.datetime:
    parcels = Parcel.objects.filter(order_key=order_key).exclude(state="voided")
    return _end_of(list(parcels.values_list("delivered_at", flat=True)), at)


def _end_of(arrivals: Sequence[dt.datetime | None], at: dt.datetime) -> dt.datetime:
    times = [moment for moment in arrivals if moment is not None]
    if not arrivals or len(times) < len(arrivals):
        return at + LONGEST
    return max(_end_of_day(max(times) + _days_after_delivery()), at + dt.timedelta(days=1))


def _end_of_day(moment: dt.datetime) -> dt.datetime:
    """Return the midnight (UTC) that ends a day: few distinct ends make few statements."""
    day = moment.astimezone(dt.UTC).date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)


def _days_after_delivery() -> dt.timedelta:
    return dt.timedelta(days=configured.whole(defaults.LINK_DAYS))
