"""Secret links by which suppliers answer without an account."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Final, cast

from django.db import transaction

from core import audit, settings_store, tries
from core.actors import Actor
from suppliers.domain import answer_settings
from suppliers.models import LinkAttempt, PurchaseOrder, Supplier, SupplierLink

ORDER: Final = "order"
PORTAL: Final = "portal"
#: Wrong links per visitor and quarter of an hour before the page asks for patience.
MISSES: Final = 30
_TOKEN_BYTES: Final = 24
_TOKEN_LENGTH: Final = 32


def token_hash(token: str) -> str:
    """Return the SHA-256 under which a token is kept, in hex."""
    return hashlib.sha256(f"supplier:{token}".encode()).hexdigest()


@transaction.atomic
def issue(
    supplier: Supplier,
    *,
    actor: Actor,
    at: dt.datetime,
    order: PurchaseOrder | None = None,
    language: str = "",
) -> str:
    """Make a link to one order, or to all of the supplier, and return its token.

    The token (192 random bits) is kept nowhere. Links made earlier stay valid: they are in mails.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    days = cast(int, settings_store.get(answer_settings.LINK_DAYS))
    link = SupplierLink.objects.create(
        token_hash=token_hash(token),
        purpose=ORDER if order else PORTAL,
        supplier=supplier,
        order=order,
        language=language,
        created_at=at,
        created_by=actor.key,
        expires_at=at + dt.timedelta(days=days),
    )
    audit.record(
        actor=actor,
        action="suppliers.link_issued",
        target=f"purchase_order:{order.pk}" if order else f"supplier:{supplier.pk}",
        at=at,
        after={"link": link.pk, "expires_at": link.expires_at.isoformat()},
    )
    return token


def find(token: str, *, at: dt.datetime) -> SupplierLink | None:
    """Return the living link of a token, or None: unknown, ended, revoked, supplier not in use."""
    if len(token) != _TOKEN_LENGTH or not token.isascii():
        return None
    rows = SupplierLink.objects.live(at).select_related("supplier", "order")
    return rows.filter(token_hash=token_hash(token)).first()


def open_link(token: str, *, visitor: str, at: dt.datetime) -> SupplierLink | None:
    """Return the living link of a token. Only wrong ones count as tries.

    Raises:
        TooManyTries: this visitor tried more than 30 wrong links in 15 minutes.
    """
    link = find(token, at=at)
    if link is None:
        tries.count_try(LinkAttempt.objects.all(), f"supplier:{visitor}", limit=MISSES, at=at)
    return link


def visitor_key(address: str) -> str:
    """Return a keyed hash of a network address: enough to count tries, not to name anybody."""
    return tries.visitor_key(address, "suppliers.links.visitor")


@transaction.atomic
def revoke(supplier_id: int, *, actor: Actor, reason: str, at: dt.datetime) -> int:
    """End all links of a supplier at once; return how many lived. Repeatable."""
    ended = SupplierLink.objects.live(at).filter(supplier_id=supplier_id).update(revoked_at=at)
    if ended:
        audit.record(
            actor=actor,
            action="suppliers.links_revoked",
            target=f"supplier:{supplier_id}",
            at=at,
            after={"links": ended},
            reason=reason,
        )
    return ended


def sweep(*, now: dt.datetime) -> int:
    """Delete the counts of past windows; return how many. Repeatable."""
    return tries.forget(LinkAttempt.objects.all(), now=now)
