"""Tell people about requests: who has to decide, and whose request was decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from core import mail, notices
from core.approvals import people
from core.errors import gettext_noop
from core.formats import amount
from core.models import ApprovalAuthor, ApprovalRequest, Notice, User
from core.notices import NoticeDraft
from core.services.rates import base_currency

#: What an approver is told: notice text by occasion. The mails are templates/core/mail/approval_*.
TEXTS = {
    "waiting": gettext_noop("%(label)s over %(currency)s %(amount)s waits for your approval."),
    "reminder": gettext_noop("%(label)s over %(currency)s %(amount)s still waits for you."),
    "escalation": gettext_noop(
        "Nobody decided on %(label)s over %(currency)s %(amount)s so far. You can decide now."
    ),
}


def tell_approvers(
    found: ApprovalRequest, user_ids: Iterable[int], occasion: str, at: dt.datetime
) -> int:
    """Tell people by notice and mail that a request waits; return how many. Repeatable.

    `occasion`: waiting, reminder or escalation; each is told once per step of a request.
    """
    currency = base_currency()
    data = {
        "label": found.label,
        "currency": currency,
        "amount": amount(found.amount_base, currency),
    }
    told = sorted(set(user_ids))
    once = f"approval:{found.pk}:{found.tier}:{occasion}"
    notices.notify(told, _notice(found, "approval_waiting", TEXTS[occasion], data, once, at))
    for user in User.objects.filter(pk__in=told).exclude(email="").order_by("pk"):
        mail.queue(
            to=user.email,
            template=f"core/approval_{occasion}",
            language=user.language,
            context={**data, "name": str(user), "path": _path(found)},
            target=found.document_key,
            dedupe_key=f"{once}:{user.pk}",
        )
    return len(told)


def tell_authors(
    found: ApprovalRequest, text: str, data: dict[str, str], once: str, at: dt.datetime
) -> None:
    """Tell those who asked or wrote by notice."""
    authors = ApprovalAuthor.objects.filter(request=found).values_list("user_id", flat=True)
    draft = _notice(found, "approval_news", text, {"label": found.label, **data}, once, at)
    notices.notify(authors, draft)


def tell_person(
    found: ApprovalRequest, user_id: int, text: str, data: dict[str, str], at: dt.datetime
) -> None:
    """Tell one person by notice."""
    full = {"label": found.label, **data}
    notices.notify([user_id], _notice(found, "approval_news", text, full, "", at))


def close_questions(found: ApprovalRequest, at: dt.datetime) -> None:
    """Take a closed request off the lists of those who could have decided."""
    rows = Notice.objects.filter(kind="approval_waiting", target=found.document_key, read_at=None)
    rows.filter(dedupe_key__startswith=f"approval:{found.pk}:").update(read_at=at)


def _notice(  # a notice has this many parts
    found: ApprovalRequest,
    kind: str,
    text: str,
    data: dict[str, str],
    once: str,
    at: dt.datetime,
) -> NoticeDraft:
    return NoticeDraft(
        kind=kind,
        text=text,
        data=data,
        at=at,
        target=found.document_key,
        url=_path(found),
        dedupe_key=once,
    )


def _path(found: ApprovalRequest) -> str:
    return reverse(people.kind_of(found.kind).url_name, args=[found.pk])
