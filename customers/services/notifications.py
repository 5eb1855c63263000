"""Who gets which mails: the choices of readers, the switches of channels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from core import audit
from core.actors import Actor
from core.errors import InputRefused
from customers.domain.drafts import normal_email
from customers.domain.topics import CODES, ESSENTIAL, TOPICS
from customers.models import NotificationChoice, NotificationSwitch

BATCH = 500


class UnknownTopic(InputRefused):
    """No mails are about this."""

    code = "UNKNOWN_TOPIC"
    text = gettext_noop("%(topic)s is no topic of our mails. Use one of: %(known)s.")


class TopicIsEssential(InputRefused):
    """Mails that belong to the contract are always sent."""

    code = "TOPIC_IS_ESSENTIAL"
    text = gettext_noop("Mails about orders and returns always come: they tell what was agreed.")


@dataclass(frozen=True, slots=True)
class Choice:
    """One topic as its reader has it. A fixed one can't be switched off."""

    topic: str
    is_on: bool
    is_fixed: bool


def address_hash(email: str) -> str:
    """Return the keyed hash under which choices of an address are kept; "" for none."""
    plain = normal_email(email)
    if not plain:
        return ""
    return salted_hmac("customers.notifications.address", plain, algorithm="sha256").hexdigest()


def choices_of(email: str) -> list[Choice]:
    """Return every topic and whether the reader of an address wants it. One query."""
    rows = NotificationChoice.objects.of([address_hash(email)])
    chosen = dict(rows.values_list("topic", "is_on").order_by())
    return [
        Choice(topic.code, topic.is_essential or chosen.get(topic.code, True), topic.is_essential)
        for topic in TOPICS
    ]


@transaction.atomic
def choose(
    email: str, wanted: Mapping[str, bool], *, source: str, actor: Actor, at: dt.datetime
) -> int:
    """Keep what the reader of an address wants, topic by topic; return how many changed.

    Repeatable: a choice that stands already writes nothing.

    Raises:
        UnknownTopic: there is no such topic.
        TopicIsEssential: it can't be switched off.
    """
    for topic, is_on in wanted.items():
        _check(topic)
        if topic in ESSENTIAL and not is_on:
            raise TopicIsEssential
    hashed = address_hash(email)
    before = {choice.topic: choice.is_on for choice in choices_of(email)}
    changed = {topic: is_on for topic, is_on in wanted.items() if before[topic] != is_on}
    for topic, is_on in changed.items():
        NotificationChoice.objects.update_or_create(
            address_hash=hashed,
            topic=topic,
            defaults={"is_on": is_on, "source": source, "changed_at": at},
        )
    if changed:
        audit.record(
            actor=actor,
            action="customers.mails_chosen",
            target=f"address:{hashed[:16]}",
            at=at,
            before={topic: before[topic] for topic in changed},
            after=dict(changed),
        )
    return len(changed)


def silenced(emails: Iterable[str], topic: str) -> frozenset[str]:
    """Return those of the addresses, normalised, whose readers silenced a topic. One query/500."""
    if topic in ESSENTIAL:
        return frozenset()
    by_hash = {address_hash(email): normal_email(email) for email in emails if email.strip()}
    hashes = sorted(by_hash)
    found: set[str] = set()
    for start in range(0, len(hashes), BATCH):
        rows = NotificationChoice.objects.of(hashes[start : start + BATCH])
        off = rows.filter(topic=topic, is_on=False).values_list("address_hash", flat=True)
        found.update(by_hash[hashed] for hashed in off.order_by())
    return frozenset(found)


def switches(channel_codes: Collection[str], topic: str) -> dict[str, bool]:
    """Return what channels have set for a topic; a channel that set nothing is absent."""
    rows = NotificationSwitch.objects.filter(channel_code__in=list(channel_codes), topic=topic)
    return dict(rows.values_list("channel_code", "is_on").order_by())


@transaction.atomic
def switch(channel_code: str, wanted: Mapping[str, bool], *, actor: Actor, at: dt.datetime) -> None:
    """Set which topics a channel writes to its customers about. Repeatable.

    Raises:
        UnknownTopic: there is no such topic.
    """
    for topic in wanted:
        _check(topic)
    rows = NotificationSwitch.objects.filter(channel_code=channel_code)
    before = dict(rows.values_list("topic", "is_on").order_by())
    changed = {topic: is_on for topic, is_on in wanted.items() if before.get(topic) != is_on}
    for topic, is_on in changed.items():
        NotificationSwitch.objects.update_or_create(
            channel_code=channel_code,
            topic=topic,
            defaults={"is_on": is_on, "changed_at": at, "changed_by": actor.key},
        )
    if changed:
        audit.record(
            actor=actor,
            action="customers.mails_switched",
            target=f"channel:{channel_code}",
            at=at,
            before={topic: before.get(topic) for topic in changed},
            after=dict(changed),
        )


def _check(topic: str) -> None:
    if topic not in CODES:
        raise UnknownTopic(topic=topic[:40], known=", ".join(CODES))
