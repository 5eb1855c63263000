"""Rules of how long lots must live on at delivery: written by staff, read with the master data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from core import audit
from core.actors import Actor
from core.errors import InputRefused, gettext_noop
from customers.models import Customer
from inventory.models import Sku
from orders.models import Channel, LifeRule
from orders.services import master_data


class NothingNamed(InputRefused):
    """A rule for every order of every SKU would be the channel's own figure."""

    code = "NOTHING_NAMED"
    text = gettext_noop("Name a customer, a SKU, a channel or a country.")


class NotKnown(InputRefused):
    """A code that names nothing."""

    code = "NOT_KNOWN"
    text = gettext_noop("Nothing is called %(code_of)s. Check its code.")


@dataclass(frozen=True, slots=True)
class LifeScope:
    """Whom and what a rule is for, by code; "" means any. `country` has two letters."""

    customer: str = ""
    sku: str = ""
    channel: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class LifeAnswer:
    """What holds for one order and SKU: the days, and the rule that says so (None: no rule)."""

    min_days: int
    stop_days: int
    rule: LifeRule | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What the codes of a scope name; None and "" mean any."""

    customer: Customer | None
    sku: Sku | None
    channel: Channel | None
    country: str


@transaction.atomic
def save_rule(
    scope: LifeScope, *, min_days: int, note: str, actor: Actor, at: dt.datetime
) -> LifeRule:
    """Write the rule for a scope; one that is there for the same scope gets the new figures.

    Raises:
        NothingNamed, NotKnown: the scope is refused.
    """
    found = _find(scope)
    if found == _Found(None, None, None, ""):
        raise NothingNamed
    rule, made = LifeRule.objects.update_or_create(
        customer=found.customer,
        sku=found.sku,
        channel=found.channel,
        country=found.country,
        defaults={"min_days": min_days, "note": note},
    )
    audit.record(
        actor=actor,
        action="orders.life_rule_saved",
        target=f"life_rule:{rule.pk}",
        at=at,
        after={"min_days": min_days, "is_new": made},
    )
    transaction.on_commit(master_data.forget)
    return rule


@transaction.atomic
def remove_rule(rule_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Take a rule away; one that is gone already is left at that."""
    if LifeRule.objects.filter(pk=rule_id).delete()[0]:
        audit.record(
            actor=actor, action="orders.life_rule_removed", target=f"life_rule:{rule_id}", at=at
        )
        transaction.on_commit(master_data.forget)


def answer_for(scope: LifeScope, *, as_of: dt.datetime) -> LifeAnswer:
    """Return what routing asks of the lots of a SKU in a channel; the scope names both.

    Raises:
        NotKnown: a code names nothing, or SKU or channel is missing.
    """
    found = _find(scope)
    if found.sku is None or found.channel is None:
        raise NotKnown(code_of=scope.channel if found.sku else scope.sku)
    terms = master_data.current(as_of).life_rules.terms(
        sku_id=found.sku.pk,
        channel_id=found.channel.pk,
        country=found.country,
        customer_id=found.customer.pk if found.customer else None,
        default=found.channel.min_life_days,
    )
    return LifeAnswer(terms.min_days, terms.stop_days, _winner(found))


def _winner(found: _Found) -> LifeRule | None:
    """Return the rule that counts, in the order in which `LifeRules.terms` looks."""
    rows = LifeRule.objects.filter(
        Q(customer=None) | Q(customer=found.customer),
        Q(sku=None) | Q(sku=found.sku),
        Q(channel=None) | Q(channel=found.channel),
        country__in=("", found.country),
    ).select_related("customer", "sku", "channel")
    return min(rows, key=_rank, default=None)


def _rank(rule: LifeRule) -> tuple[bool, ...]:
    return (
        rule.customer_id is None,
        rule.sku_id is None,
        rule.channel_id is None,
        rule.country == "",
    )


def _find(scope: LifeScope) -> _Found:
    customer = Customer.objects.filter(number=scope.customer).first() if scope.customer else None
    sku = Sku.objects.filter(code=scope.sku).first() if scope.sku else None
    channel = Channel.objects.filter(code=scope.channel).first() if scope.channel else None
    for code, row in ((scope.customer, customer), (scope.sku, sku), (scope.channel, channel)):
        if code and row is None:
            raise NotKnown(code_of=code)
    return _Found(customer, sku, channel, scope.country.upper())
