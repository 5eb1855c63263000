"""Keep channels and destination rules: create or update by their codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, gettext_noop
from inventory.models import Warehouse
from orders.models import Channel, ChannelWarehouse, DestinationRule
from orders.services import master_data


class UnknownWarehouse(InputRefused):
    """No warehouse has this code."""

    code = "UNKNOWN_WAREHOUSE"
    text = gettext_noop("There is no warehouse %(warehouse)s. Create it first.")


@dataclass(frozen=True, slots=True)
class WarehouseRank:
    """One warehouse of a channel's list; lower ranks come first."""

    warehouse_code: str
    rank: int = 0
    is_allowed: bool = True


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    """A channel as a person or a seed describes it. `warehouses` empty: all may serve it."""

    code: str
    name: str
    currency: str
    kind: str = "shop"
    language: str = "en"
    partial_policy: str = "ship_complete"
    commit_partial: bool = False
    wait_days: int = 3
    max_parcels: int = 2
    allow_split: bool = True
    country_only: bool = False
    routing_preset: str = "balanced"
    min_life_days: int = 30
    priority: int = 5
    handling_days: int | None = None
    is_active: bool = True
    warehouses: Sequence[WarehouseRank] = ()


@dataclass(frozen=True, slots=True)
class DestinationRuleDraft:
    """A rule about a destination; `channel_code` empty holds for all channels."""

    country: str
    kind: str
    warehouse_code: str
    postcode_prefix: str = ""
    channel_code: str = ""
    priority: int = 0


def _warehouse(code: str) -> Warehouse:
    row = Warehouse.objects.filter(code=code).first()
    if row is None:
        raise UnknownWarehouse(warehouse=code)
    return row


@transaction.atomic
def save_channel(draft: ChannelDraft, *, actor: Actor, at: dt.datetime) -> Channel:
    """Create or update a channel and its list of warehouses, by code. Repeatable.

    Raises:
        UnknownWarehouse: the list names one that does not exist.
    """
    values = {
        name: value for name, value in asdict(draft).items() if name not in {"code", "warehouses"}
    }
    channel, created = Channel.objects.update_or_create(code=draft.code, defaults=values)
    ChannelWarehouse.objects.filter(channel=channel).delete()
    ChannelWarehouse.objects.bulk_create(
        [
            ChannelWarehouse(
                channel=channel,
                warehouse=_warehouse(row.warehouse_code),
                rank=row.rank,
                is_allowed=row.is_allowed,
            )
            for row in draft.warehouses
        ]
    )
    _saved(f"channel:{channel.pk}", "channel", actor, at, created=created)
    return channel


@transaction.atomic
def save_destination_rule(
    draft: DestinationRuleDraft, *, actor: Actor, at: dt.datetime
) -> DestinationRule:
    """Create or update a rule, by channel, destination and warehouse. Repeatable.

    Raises:
        UnknownWarehouse, UnknownChannel: the rule names one that does not exist.
    """
    channel = None
    if draft.channel_code:
        channel = Channel.objects.filter(code=draft.channel_code).first()
        if channel is None:
            raise master_data.UnknownChannel(channel=draft.channel_code)
    rule, created = DestinationRule.objects.update_or_create(
        channel=channel,
        country=draft.country.upper(),
        postcode_prefix=draft.postcode_prefix.upper().replace(" ", ""),
        warehouse=_warehouse(draft.warehouse_code),
        defaults={"kind": draft.kind, "priority": draft.priority},
    )
    _saved(f"destination_rule:{rule.pk}", "destination_rule", actor, at, created=created)
    return rule


def _saved(target: str, kind: str, actor: Actor, at: dt.datetime, *, created: bool) -> None:
    action = f"orders.{kind}_{'created' if created else 'changed'}"
    audit.record(actor=actor, action=action, target=target, at=at)
    master_data.forget()
    transaction.on_commit(master_data.forget)
