"""The letters to customers as the team looks at them: which were sent, and once more if asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models, transaction
from django.db.models import BigIntegerField, Case, Count, Exists, OuterRef, Q, When
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext_noop

from core import audit, jobs, letters, mail
from core.actors import Actor
from core.errors import StateConflict
from core.models import OutboundMail
from core.permissions import Principal
from core.wiring import resolve
from orders.models import Order

_PREFIX = "order:"


class LetterBoundToItsMoment(StateConflict):
    """A letter whose news was true on one day only is not sent again."""

    code = "LETTER_BOUND_TO_ITS_MOMENT"
    text = gettext_noop("This letter told the news of its day. It is not sent again.")


class LetterOnItsWay(StateConflict):
    """The letter waits to be sent; a second one would only follow it."""

    code = "LETTER_ON_ITS_WAY"
    text = gettext_noop("This letter is about to be sent. Wait until it has gone out.")


def letters_visible_to(principal: Principal) -> models.QuerySet[OutboundMail]:
    """Return the letters about orders in the principal's scope, unordered.

    A letter's `target` names its order; each is looked up by its primary key.
    """
    templates = [kind.template for kind in letters.kinds()]
    rows = OutboundMail.objects.filter(template__in=templates)
    if principal.channel_codes is None and principal.warehouse_codes is None:
        return rows
    # The case keeps a database from reading the number of a target that has none.
    number = Case(
        When(
            target__regex=r"^order:[0-9]+$",
            then=Cast(Substr("target", len(_PREFIX) + 1), BigIntegerField()),
        ),
        default=None,
        output_field=BigIntegerField(),
    )
    orders = Order.objects.visible_to(principal).filter(pk=OuterRef("order_pk"))
    return rows.annotate(order_pk=number).filter(Exists(orders))


def counts(*, since: dt.datetime) -> dict[str, dict[str, int]]:
    """Return how many letters of each template were planned since then, and how many failed."""
    rows: Any = (
        OutboundMail.objects.filter(created_at__gte=since)
        .values("template")
        .annotate(sent=Count("pk"), failed=Count("pk", filter=Q(state="failed")))
        .order_by("template")
    )
    return {row["template"]: {"sent": row["sent"], "failed": row["failed"]} for row in rows}


@transaction.atomic
def send_again(row: OutboundMail, *, actor: Actor, at: dt.datetime) -> None:
    """Send a letter once more, written anew from its order as it stands; audited.

    One that failed is tried again as it was planned. Repeatable within its moment.

    Raises:
        LetterOnItsWay: it was not sent yet.
        LetterBoundToItsMoment: its kind is not written twice, or its object is gone.
    """
    if row.state == OutboundMail.State.PLANNED:
        raise LetterOnItsWay
    if row.state == OutboundMail.State.FAILED:
        jobs.enqueue(
            "core.send_mail",
            key=f"mail:{row.pk}:again:{at.isoformat()}",
            args={"mail_id": row.pk},
            title="Send a mail",
        )
    else:
        kind = letters.kind_of(row.template)
        draft = resolve(kind.again)(row, at) if kind and kind.again else None
        if draft is None:
            raise LetterBoundToItsMoment
        mail.queue_many([draft])
    audit.record(
        actor=actor,
        action="orders.letter_sent_again",
        target=row.target,
        at=at,
        after={"template": row.template},
    )
