"""The channel an import is for, created on request."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core import audit
from core.actors import Actor
from orders.models import Channel

FALLBACK_CURRENCY = "USD"


@transaction.atomic
def ensure_channel(
    code: str, *, currency: str, country_only: bool, actor: Actor, at: dt.datetime
) -> tuple[Channel, bool]:
    """Return the channel with this code and whether it was created.

    A channel that exists is left as it is, but for `country_only`, which a run may switch on.
    """
    channel, is_new = Channel.objects.get_or_create(
        code=code,
        defaults={
            "name": code,
            "currency": currency or FALLBACK_CURRENCY,
            "country_only": country_only,
        },
    )
    switched = country_only and not channel.country_only
    if switched:
        Channel.objects.filter(pk=channel.pk).update(country_only=True)
        channel.country_only = True
    if is_new or switched:
        audit.record(
            actor=actor,
            action="orders.channel_created" if is_new else "orders.channel_changed",
            target=f"channel:{channel.pk}",
            after={"code": code, "country_only": channel.country_only},
            at=at,
        )
    return channel, is_new
