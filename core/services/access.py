"""Ending access: what happens to sessions, trust and keys when a person's rights change."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core import audit, sessions
from core.actors import Actor
from core.errors import DomainError, gettext_noop
from core.models.people import ApiKey, Role, User
from core.services import trusted_browsers


class LastAdministrator(DomainError):
    """Without this person nobody could manage people and access any more."""

    code = "LAST_ADMINISTRATOR"
    text = gettext_noop(
        "This is the last person who can manage people. Make someone else administrator first."
    )


def lock_administration() -> None:
    """Let one change of administrators happen at a time. Call it first, inside a transaction."""
    list(Role.objects.filter(code="admin").select_for_update().order_by("pk"))


def check_an_administrator_is_left() -> None:
    """Let pass while somebody active can manage people.

    Raises:
        LastAdministrator: nobody could.
    """
    if not User.objects.holding("users.manage").exists():
        raise LastAdministrator


@transaction.atomic
def end_access(
    user: User,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    keep_session: str | None = None,
) -> int:
    """End the person's sessions and trusted browsers, revoke own API keys; return the keys revoked.

    `keep_session` spares one session: that of the browser in which the person acts now. The
    company's keys go on. Repeatable.
    """
    sessions.end_all(user, but=keep_session)
    trusted_browsers.forget_all(user, actor=actor, at=at)
    keys = list(ApiKey.objects.filter(owner=user, revoked_at__isnull=True).order_by("pk"))
    ApiKey.objects.filter(pk__in=[key.pk for key in keys]).update(
        revoked_at=at, revoke_reason=reason
    )
    for key in keys:
        audit.record(
            actor=actor,
            action="api_keys.revoked",
            target=f"api_key:{key.pk}",
            reason=reason,
            at=at,
        )
    return len(keys)
