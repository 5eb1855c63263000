"""What of a customer's returns keeps their data from being erased."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.erasing import Subject
from customers.services.privacy import Block
from returns.domain import states
from returns.models import ReturnRequest


def blocks(subject: Subject) -> list[Block]:
    """Return the customer's returns that are not settled."""
    own = ReturnRequest.objects.filter(pk__in=sorted(subject.ids.get("rma", ())))
    return [
        Block("OPEN_RETURN", _("return %(n)s is open") % {"n": row.number})
        for row in own.filter(status__in=states.OPEN_STATES).order_by("pk")
    ]
