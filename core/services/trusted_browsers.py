"""Browsers that a person trusts: no second factor is asked for there, for thirty days.

The browser keeps a random text, the row its SHA-256. allauth's own signed cookie must agree: it
ends by itself with a changed password or factor. The row is what can be listed and taken back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import NotPermitted, gettext_noop
from core.models.people import RoleCapability, User
from core.models.second_factor import TrustedBrowser

TRUSTED_FOR = dt.timedelta(days=30)
#: Who holds one of these proves both factors at every sign-in.
NEVER_TRUSTED = frozenset({"users.manage", "keys.manage", "settings.manage", "admin.site"})


class NotForAdministrators(NotPermitted):
    """The person may manage people, keys or settings, and so is asked every time."""

    code = "NOT_FOR_ADMINISTRATORS"
    text = gettext_noop(
        "Who manages people, keys or settings is asked for the second factor at every sign-in."
    )


@dataclass(frozen=True, slots=True)
class BrowserDraft:
    """A browser to trust: its secret text, and what the list shows of it."""

    token: str
    ip_address: str | None = None
    user_agent: str = ""


def may_trust(user: User) -> bool:
    """Say whether this person's browsers may be trusted: nobody's who manages the installation."""
    held = RoleCapability.objects.filter(
        role__archived=False, role__user_grants__user=user, capability__in=NEVER_TRUSTED
    )
    return not held.exists()


def token_hash(token: str) -> str:
    """Return what a row keeps of the browser's secret text."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def trust(user: User, draft: BrowserDraft, *, at: dt.datetime) -> TrustedBrowser:
    """Trust a browser of a person for thirty days from now; repeating it starts them anew.

    Raises:
        NotForAdministrators: the person manages people, keys or settings.
    """
    if not may_trust(user):
        raise NotForAdministrators
    row, _made = TrustedBrowser.objects.update_or_create(
        user=user,
        token_hash=token_hash(draft.token),
        defaults={
            "ip_address": draft.ip_address,
            "user_agent": draft.user_agent[:300],
            "trusted_at": at,
            "expires_at": at + TRUSTED_FOR,
            "last_used_at": None,
        },
    )
    audit.record(
        actor=Actor("user", user.pk, str(user)),
        action="users.browser_trusted",
        target=f"user:{user.pk}",
        after={"until": row.expires_at.isoformat(), "device": row.device},
        at=at,
    )
    return row


def is_trusted(user: User, token: str, *, at: dt.datetime) -> bool:
    """Say whether the browser with this secret text is trusted now; a yes is noted as its use."""
    if not token or not may_trust(user):
        return False
    rows = TrustedBrowser.objects.current(at).filter(user=user, token_hash=token_hash(token))
    return bool(rows.update(last_used_at=at))


@transaction.atomic
def forget(user: User, browser_id: int, *, actor: Actor, at: dt.datetime) -> bool:
    """End the trust in one browser of a person; say whether there was one. Repeatable."""
    gone, _kinds = TrustedBrowser.objects.filter(user=user, pk=browser_id).delete()
    if gone:
        _note(user, gone, actor, at)
    return bool(gone)


@transaction.atomic
def forget_all(user: User, *, actor: Actor, at: dt.datetime, but_token: str = "") -> int:
    """End the trust in all browsers of a person, or all but one; return how many. Repeatable."""
    rows = TrustedBrowser.objects.filter(user=user)
    if but_token:
        rows = rows.exclude(token_hash=token_hash(but_token))
    gone, _kinds = rows.delete()
    if gone:
        _note(user, gone, actor, at)
    return gone


def forget_expired(at: dt.datetime) -> int:
    """Delete the rows whose thirty days are over; return how many. Repeatable."""
    return TrustedBrowser.objects.filter(expires_at__lte=at).delete()[0]


def _note(user: User, count: int, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action="users.trust_ended",
        target=f"user:{user.pk}",
        after={"browsers": count},
        at=at,
    )
