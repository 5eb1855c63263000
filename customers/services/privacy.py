"""Requests about personal data: ask, decide, erase; who may stop it and what proves it.

A copy asked for in the customer's own account is made at once. An erasure waits out its grace,
then a person approves it who did not enter it; a job does the rest. What still needs the data,
such as an open order, stops it: each app says so through `config/wired_privacy.py:ERASURE_BLOCKS`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from core import audit, erasing, numbers
from core.actors import Actor
from core.erasing import Subject
from core.errors import DomainError, StateConflict
from core.jobs import enqueue
from core.models.documents import StoredFile
from core.wiring import resolve, wired
from customers import configured
from customers.domain import account_settings as settings
from customers.domain import privacy_states as states
from customers.models import Customer, PortalAccount, PrivacyHold, PrivacyRequest
from customers.services.tombstones import Tombstone, add, read

Kind = PrivacyRequest.Kind
Source = PrivacyRequest.Source


class AlreadyAsked(StateConflict):
    """The same wish is open already."""

    code = "PRIVACY_ALREADY_ASKED"
    text = gettext_noop("This was asked for already and is open. One request at a time is enough.")


class ErasureBlocked(DomainError):
    """Something still needs the data."""

    code = "ERASURE_BLOCKED"
    text = gettext_noop("%(count)s things still need the data. Finish them first: %(what)s.")


class GraceRunning(StateConflict):
    """The customer may still take the wish back."""

    code = "ERASURE_GRACE_RUNNING"
    text = gettext_noop("The customer may take this back until %(until)s. Approve it after that.")


class NeedsSecondPerson(DomainError):
    """Who entered a request does not approve it."""

    code = "PRIVACY_SECOND_PERSON"
    status = 403
    text = gettext_noop("You entered this request. Another person has to approve it.")


class ReasonMissing(DomainError):
    """A refusal tells the customer why."""

    code = "PRIVACY_REASON_MISSING"
    status = 422
    text = gettext_noop("Write why: the customer has a right to know.")


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that keeps data from being erased. `what` is a sentence for people."""

    code: str
    what: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose data, what is to happen with it, and by which way it came."""

    kind: str
    source: str
    customer_id: int | None = None
    account_id: int | None = None
    language: str = "en"


def subject_of(request: PrivacyRequest) -> Subject:
    """Return everything that is of the person of a request."""
    return person(request.customer, request.account)


def person(customer: Customer | None, account: PortalAccount | None) -> Subject:
    """Return everything that is of a customer and of the reader of an address."""
    ids: dict[str, list[int]] = {}
    emails = [account.email_norm] if account is not None else []
    if customer is not None:
        ids["customer"] = [customer.pk]
        emails.append(customer.email_norm)
    if account is not None:
        ids["account"] = [account.pk]
    return erasing.gather(ids, emails)


def blocks(subject: Subject) -> list[Block]:
    """Return what still needs the data: legal holds, and what other apps have open."""
    held = PrivacyHold.objects.filter(
        customer_id__in=sorted(subject.ids.get("customer", ())), lifted_at__isnull=True
    )
    found = [Block("LEGAL_HOLD", row.reason) for row in held.order_by("pk")]
    for path in wired("ERASURE_BLOCKS"):
        ask: Callable[[Subject], list[Block]] = resolve(path)
        found += ask(subject)
    return found


@transaction.atomic
def ask(wish: Wish, *, actor: Actor, at: dt.datetime) -> PrivacyRequest:
    """Enter a request. A copy for the customer's own account starts at once.

    Raises:
        AlreadyAsked: the same is open for this customer or account.
        ErasureBlocked: something open needs the data.
    """
    customer = Customer.objects.filter(pk=wish.customer_id or 0).first()
    account = PortalAccount.objects.filter(pk=wish.account_id or 0).first()
    if wish.kind == Kind.ERASURE:
        _refuse_blocked(blocks(person(customer, account)))
    grace = dt.timedelta(days=configured.whole(settings.GRACE_DAYS))
    row = PrivacyRequest(
        number=numbers.take("privacy_request")[0],
        kind=wish.kind,
        source=wish.source,
        customer=customer,
        account=account,
        language=wish.language,
        asked_at=at,
        asked_by=actor.key,
        grace_until=at + grace if wish.kind == Kind.ERASURE else None,
        due_on=(at + dt.timedelta(days=configured.whole(settings.ANSWER_DAYS))).date(),
    )
    if wish.kind == Kind.COPY and wish.source == Source.ACCOUNT:
        row.state = states.APPROVED
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyAsked from error
    _note(row, "asked", actor, at)
    if row.state == states.APPROVED:
        _start_job(row)
    return row


def _refuse_blocked(found: list[Block]) -> None:
    if found:
        raise ErasureBlocked(count=len(found), what="; ".join(one.what for one in found[:3]))


def approve(request_id: int, *, actor: Actor, at: dt.datetime) -> PrivacyRequest:
    """Let a request run, as the second person.

    Raises:
        NeedsSecondPerson: the actor entered it.
        GraceRunning: the customer may still take it back.
        ErasureBlocked: something open needs the data.
        StateConflict: it was decided meanwhile.
    """
    with transaction.atomic():
        row = _lock(request_id)
        if row.asked_by == actor.key:
            raise NeedsSecondPerson
        if row.kind == Kind.ERASURE:
            if row.source == Source.ACCOUNT and row.grace_until and at < row.grace_until:
                raise GraceRunning(until=row.grace_until.date().isoformat())
            _refuse_blocked(blocks(subject_of(row)))
        _move(row, "approve", actor, at, decided_at=at, decided_by=actor.key)
        _start_job(row)
    return row


def refuse(request_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> PrivacyRequest:
    """Say no to a request, with the reason that the customer is told.

    Raises:
        ReasonMissing: there is none.
        StateConflict: it was decided meanwhile.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        row = _lock(request_id)
        text = reason.strip()[:300]
        _move(row, "refuse", actor, at, decided_at=at, decided_by=actor.key, reason=text)
    return row


def withdraw(request_id: int, *, actor: Actor, at: dt.datetime) -> PrivacyRequest:
    """Take a request back before anybody approved it.

    Raises:
        StateConflict: it was decided meanwhile.
    """
    with transaction.atomic():
        row = _lock(request_id)
        _move(row, "withdraw", actor, at)
    return row


@transaction.atomic
def hold(customer_id: int, reason: str, *, actor: Actor, at: dt.datetime) -> PrivacyHold:
    """Keep a customer's data from being erased for a reason of law.

    Raises:
        ReasonMissing: there is none.
        StateConflict: a hold stands already.
    """
    if not reason.strip():
        raise ReasonMissing
    try:
        with transaction.atomic():
            row = PrivacyHold.objects.create(
                customer_id=customer_id,
                reason=reason.strip()[:300],
                placed_at=at,
                placed_by=actor.key,
            )
    except IntegrityError as error:
        raise StateConflict from error
    audit.record(
        actor=actor, action="customers.hold_placed", target=f"customer:{customer_id}", at=at
    )
    return row


@transaction.atomic
def lift(hold_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """End a legal hold.

    Raises:
        StateConflict: it was lifted already.
    """
    open_ones = PrivacyHold.objects.filter(pk=hold_id, lifted_at__isnull=True)
    if not open_ones.update(lifted_at=at, lifted_by=actor.key):
        raise StateConflict
    row = PrivacyHold.objects.get(pk=hold_id)
    audit.record(
        actor=actor, action="customers.hold_lifted", target=f"customer:{row.customer_id}", at=at
    )


def run_erasure(request_id: int, *, actor: Actor, at: dt.datetime) -> PrivacyRequest:
    """Erase the person of an approved request. A crash at any point is finished by a repeat.

    Rows change in one transaction; the list outside of the database and the files follow, from
    what that transaction left in the request.

    Raises:
        ErasureBlocked: something open needs the data since the approval.
        StateConflict: it is not approved.
    """
    with transaction.atomic():
        row = _lock(request_id)
        if row.state == states.APPROVED:
            _erase_rows(row, actor, at)
    if row.state == states.RUNNING:
        tomb = row.tally["ids"]
        add(Tombstone(row.number, at.isoformat(), tomb))
        erasing.unlink(row.leftovers)
        with transaction.atomic():
            row = _lock(request_id)
            _move(row, "finish", actor, at, done_at=at, leftovers=[])
    if row.state != states.DONE:
        raise StateConflict
    return row


def _erase_rows(row: PrivacyRequest, actor: Actor, at: dt.datetime) -> None:
    subject = subject_of(row)
    _refuse_blocked(blocks(subject))
    ids = {kind: sorted(found) for kind, found in subject.ids.items() if found}
    done = erasing.erase(subject, cause=row.key, actor=actor, at=at)
    people = Customer.objects.filter(pk__in=ids.get("customer", []))
    people.update(anonymised_at=at, updated_at=at)
    row.refresh_from_db()
    tally = {
        "ids": {kind: ids[kind] for kind in ("customer", "order") if kind in ids},
        "rows": {label: count for label, count in done.rows.items() if count},
        "quotes": done.quotes,
        "audit_entries": done.audit_entries,
        "files": done.files,
    }
    _move(row, "start", actor, at, tally=tally, leftovers=done.paths)


def start_copy(request_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Note that a copy is being made. Repeatable."""
    with transaction.atomic():
        row = _lock(request_id)
        if row.state == states.APPROVED:
            _move(row, "start", actor, at)


def finish_copy(
    request_id: int, stored: StoredFile, *, ends_at: dt.datetime, actor: Actor, at: dt.datetime
) -> PrivacyRequest:
    """Hang the finished copy on its request; the copy may be fetched until `ends_at`."""
    with transaction.atomic():
        row = _lock(request_id)
        _move(row, "finish", actor, at, done_at=at, file=stored, file_ends_at=ends_at)
    return row


def expire_copy(request_id: int, *, actor: Actor, at: dt.datetime) -> StoredFile | None:
    """Take the copy off its request, in the caller's transaction; return its file, if any."""
    row = _lock(request_id)
    stored = row.file
    if stored is None or row.state != states.DONE:
        return None
    _move(row, "expire", actor, at, file=None)
    return stored


def replay(*, actor: Actor, at: dt.datetime) -> int:
    """Erase again who a restored backup brought back; return how many. Repeatable."""
    again = 0
    for stone in read():
        back = Customer.objects.filter(
            pk__in=stone.ids.get("customer", []), anonymised_at__isnull=True
        )
        emails = list(back.values_list("email_norm", flat=True))
        subject = erasing.gather(stone.ids, emails)
        with transaction.atomic():
            done = erasing.erase(subject, cause=f"erasure_list:{stone.request}", actor=actor, at=at)
            back.update(anonymised_at=at, updated_at=at)
        erasing.unlink(done.paths)
        again += bool(emails or done.quotes)
    return again


def _lock(request_id: int) -> PrivacyRequest:
    found = PrivacyRequest.objects.select_for_update().select_related(None)
    return found.get(pk=request_id)


def _move(row: PrivacyRequest, event: str, actor: Actor, at: dt.datetime, **fields: object) -> None:
    target = states.after(event, row.state)
    if target is None:
        raise StateConflict
    same = PrivacyRequest.objects.filter(pk=row.pk, state=row.state)
    if not same.update(state=target, **fields):
        raise StateConflict
    row.refresh_from_db()
    _note(row, event, actor, at)


def _note(row: PrivacyRequest, event: str, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action=f"customers.privacy_{event}",
        target=row.key,
        at=at,
        after={"state": row.state, "kind": row.kind, "number": row.number},
        reason=row.reason,
    )


def _start_job(row: PrivacyRequest) -> None:
    enqueue(
        "config.answer_privacy_request",
        key=f"privacy:{row.pk}",
        args={"request_id": row.pk},
        queue="bulk",
        title=f"Personal data {row.number}",
    )
