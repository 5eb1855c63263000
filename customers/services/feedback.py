"""Ask customers how it was, take one answer per order, and add the answers up."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import Count
from django.utils.translation import gettext_noop

from core import audit
from core.actors import Actor
from core.errors import InputRefused, StateConflict
from customers.domain import feedback_scores
from customers.domain.feedback_scores import Score
from customers.models import Feedback

OPEN_FOR = dt.timedelta(days=60)
LONGEST_WORDS = 1_000
_TOKEN_BYTES = 16


class FeedbackRefused(InputRefused):
    """The answer has no grade, or one off the scale."""

    code = "FEEDBACK_REFUSED"
    text = gettext_noop("Choose how satisfied you are, from 1 to 5.")


class AnsweredBefore(StateConflict):
    """The order was answered for already."""

    code = "FEEDBACK_ANSWERED"
    text = gettext_noop("You answered already. Thank you, once is enough.")


@dataclass(frozen=True, slots=True)
class Question:
    """One order whose customer is to be asked; `was_late` against the promise at order time."""

    order_key: str
    order_number: str
    channel_code: str
    delivered_at: dt.datetime
    customer_id: int | None = None
    country: str = ""
    carrier_code: str = ""
    was_late: bool | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a customer says: `csat` 1 to 5, `nps` 0 to 10 or None, and words."""

    csat: int
    nps: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the questions of a span brought: scores, each with its n, and the response rate (%)."""

    asked: int
    answered: int
    rate: float | None
    csat: Score
    nps: Score


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token bound to its purpose, in hex."""
    return hashlib.sha256(f"feedback:{token}".encode()).hexdigest()


@transaction.atomic
def ask_many(questions: Sequence[Question], *, at: dt.datetime) -> dict[str, str]:
    """Write the questions that are new; return their tokens, kept nowhere, by order key.

    An order is asked about once. Two statements per 500.
    """
    by_key = {question.order_key: question for question in questions}
    known = Feedback.objects.filter(order_key__in=list(by_key))
    for key in known.values_list("order_key", flat=True).order_by():
        del by_key[key]
    tokens = {key: secrets.token_urlsafe(_TOKEN_BYTES) for key in by_key}
    Feedback.objects.bulk_create(
        [
            Feedback(
                order_key=key,
                order_number=question.order_number,
                channel_code=question.channel_code,
                customer_id=question.customer_id,
                country=question.country,
                carrier_code=question.carrier_code,
                was_late=question.was_late,
                language=question.language,
                token_hash=token_hash(tokens[key]),
                delivered_at=question.delivered_at,
                asked_at=at,
                expires_at=at + OPEN_FOR,
            )
            for key, question in by_key.items()
        ],
        batch_size=500,
    )
    return tokens


def find(token: str, *, at: dt.datetime) -> Feedback | None:
    """Return the question of a token that has not ended, None for any other token."""
    if len(token) > 64:
        return None
    rows = Feedback.objects.filter(token_hash=token_hash(token), expires_at__gt=at)
    return rows.first()


@transaction.atomic
def answer(feedback_id: int, said: Answer, *, at: dt.datetime) -> Feedback:
    """Take the answer of an order's customer, once.

    Raises:
        FeedbackRefused: a grade is missing or off its scale.
        AnsweredBefore: there is an answer already; the first one stays.
    """
    nps_fits = said.nps is None or 0 <= said.nps <= 10
    if not 1 <= said.csat <= 5 or not nps_fits or len(said.words) > LONGEST_WORDS:
        raise FeedbackRefused
    waiting = Feedback.objects.filter(pk=feedback_id, answered_at__isnull=True)
    taken = waiting.update(answered_at=at, csat=said.csat, nps=said.nps, words=said.words.strip())
    if not taken:
        raise AnsweredBefore
    row = Feedback.objects.get(pk=feedback_id)
    audit.record(
        actor=Actor("customer", None, row.order_number),
        action="customers.feedback_given",
        target=row.order_key,
        at=at,
        after={"csat": said.csat, "nps": said.nps},
    )
    return row


def figures(rows: models.QuerySet[Feedback]) -> Figures:
    """Add up the questions of a queryset and their answers; four small queries."""
    asked = rows.count()
    answered = rows.filter(answered_at__isnull=False)
    csat, nps = _per_grade(answered, "csat"), _per_grade(answered, "nps")
    count = answered.count()
    return Figures(
        asked,
        count,
        feedback_scores.response_rate(count, asked),
        feedback_scores.csat(csat),
        feedback_scores.nps(nps),
    )


def _per_grade(rows: models.QuerySet[Feedback], field: str) -> dict[int, int]:
    known = rows.filter(**{f"{field}__isnull": False})
    counted = known.values_list(field).annotate(n=Count("pk")).order_by(field)
    return dict(counted)
