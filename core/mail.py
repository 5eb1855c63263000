"""Mails: the intent is a row in the caller's transaction, a job sends it and writes the outcome.

`template` is `app/name`: the files are `<app>/mail/<name>_subject.txt` and `<app>/mail/<name>.txt`
below templates/, rendered in the reader's language with `context` and `public_url`. What the
context holds is forgotten once the mail is sent. An `attachment` is the key of a document, such as
`purchase_order:17:2`: the function that config/wiring.py:MAIL_FILES names for its first part draws
it when the mail is sent, in the reader's language. Mails to customers are letters
(`core.letters`): they also get an HTML part, and may be worded by the team.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from core import clock, letters
from core.jobs import JobRun, enqueue
from core.models.documents import OutboundMail
from core.wiring import resolve, wired

MailValue = str | int | bool | None
BATCH: Final = 500
MAILS_PER_JOB: Final = 100


@dataclass(frozen=True, slots=True)
class MailFile:
    """One file of a mail, as a wired function draws it."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MailDraft:
    """One mail to be planned with others."""

    to: str
    template: str
    language: str
    target: str
    dedupe_key: str
    context: Mapping[str, MailValue] = field(default_factory=dict)


@transaction.atomic
def queue(  # noqa: PLR0913  # one mail has this many facts
    *,
    to: str,
    template: str,
    language: str,
    context: Mapping[str, MailValue],
    target: str,
    dedupe_key: str,
    attachment: str = "",
) -> OutboundMail:
    """Plan a mail in the caller's transaction; a known `dedupe_key` plans nothing. Repeatable."""
    known = OutboundMail.objects.filter(dedupe_key=dedupe_key).first()
    if known:
        return known
    draft = OutboundMail(
        to=to,
        template=template,
        language=language,
        context=dict(context),
        target=target,
        attachment=attachment,
        dedupe_key=dedupe_key,
        created_at=clock.now(),
    )
    OutboundMail.objects.bulk_create([draft], ignore_conflicts=True)
    mail = OutboundMail.objects.get(dedupe_key=dedupe_key)
    enqueue("core.send_mail", key=f"mail:{mail.pk}", args={"mail_id": mail.pk}, title="Send a mail")
    return mail


def known_keys(keys: Iterable[str]) -> frozenset[str]:
    """Return those of the keys for which a mail is planned or sent. One query per 500."""
    wanted = list(dict.fromkeys(keys))
    found: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        rows = OutboundMail.objects.filter(dedupe_key__in=wanted[start : start + BATCH])
        found.update(rows.values_list("dedupe_key", flat=True).order_by())
    return frozenset(found)


@transaction.atomic
def queue_many(drafts: Sequence[MailDraft]) -> int:
    """Plan many mails in the caller's transaction; return how many were new. Repeatable.

    A known `dedupe_key` plans nothing. One job sends up to 100 of them; the number of statements
    depends on the number of jobs, not of mails.
    """
    by_key = {draft.dedupe_key: draft for draft in drafts}
    known = known_keys(by_key)
    fresh = [draft for key, draft in by_key.items() if key not in known]
    now = clock.now()
    rows = [
        OutboundMail(
            to=draft.to,
            template=draft.template,
            language=draft.language,
            context=dict(draft.context),
            target=draft.target,
            dedupe_key=draft.dedupe_key,
            created_at=now,
        )
        for draft in fresh
    ]
    OutboundMail.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    keys = [draft.dedupe_key for draft in fresh]
    for start in range(0, len(keys), MAILS_PER_JOB):
        part = OutboundMail.objects.filter(dedupe_key__in=keys[start : start + MAILS_PER_JOB])
        ids = sorted(part.values_list("pk", flat=True).order_by())
        enqueue(
            "core.send_mails",
            key=f"mails:{ids[0]}:{len(ids)}",
            args={"mail_ids": " ".join(map(str, ids))},
            title="Send mails",
        )
    return len(fresh)


def send_many(job: JobRun, *, mail_ids: str, **_newer: object) -> dict[str, int]:
    """Send planned mails over one connection, each with an outcome of its own.

    One that fails keeps no other back; the job fails at the end and tries the rest again.
    """
    ids = [int(word) for word in mail_ids.split()]
    due = OutboundMail.objects.filter(pk__in=ids).exclude(state=OutboundMail.State.SENT)
    mails = list(due.order_by("pk"))
    problem: OSError | None = None
    connection = get_connection()
    for position, mail in enumerate(mails, start=1):
        message = compose(mail)
        message.connection = connection
        try:
            connection.open()
            message.send()
        except OSError as error:
            problem = error
            _note_failure(mail, job.now, error)
        else:
            _write(mail, OutboundMail.State.SENT, job.now, subject=message.subject, context={})
        job.progress(position, len(mails))
    connection.close()
    if problem is not None:
        raise problem
    return {"sent": len(mails)}


def send(job: JobRun, *, mail_id: int, **_newer: object) -> dict[str, str]:
    """Send one planned mail through Django's backend and write the outcome.

    A mail already sent is left alone. A crash between sending and writing sends it again with the
    same Message-ID, which mail programs show once.
    """
    mail = OutboundMail.objects.get(pk=mail_id)
    if mail.state == OutboundMail.State.SENT:
        return {"state": mail.state}
    message = compose(mail)
    try:
        message.send()
    except OSError as error:
        _note_failure(mail, job.now, error)
        raise
    _write(mail, OutboundMail.State.SENT, job.now, subject=message.subject, context={})
    return {"state": OutboundMail.State.SENT}


def compose(mail: OutboundMail) -> EmailMessage:
    """Return the message as its reader will get it."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    headers = {"Message-ID": f"<quayside-mail-{mail.pk}@{domain}>"}
    kind = letters.kind_of(mail.template)
    with translation.override(mail.language):
        message = _plain(mail, headers) if kind is None else _letter(mail, kind, headers)
    if mail.attachment:
        drawn = _draw(mail.attachment, mail.language)
        message.attach(drawn.name, drawn.content, drawn.content_type)
    return message


def _plain(mail: OutboundMail, headers: dict[str, str]) -> EmailMessage:
    app, _, name = mail.template.partition("/")
    context = {**mail.context, "public_url": settings.PUBLIC_URL}
    return EmailMessage(
        subject=_one_line(render_to_string(f"{app}/mail/{name}_subject.txt", context)),
        body=render_to_string(f"{app}/mail/{name}.txt", context),
        to=[mail.to],
        headers=headers,
    )


def _letter(mail: OutboundMail, kind: letters.LetterKind, headers: dict[str, str]) -> EmailMessage:
    worded = letters.in_force(mail.template, mail.language)
    subject, body = letters.render(kind, mail.context, mail.language, worded)
    subject, body = _one_line(subject), body + letters.foot(kind, mail.pk)
    if not kind.is_essential:
        # RFC 8058: mail programs offer one button that posts to the address.
        headers["List-Unsubscribe"] = f"<{letters.off_url(mail.pk)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(subject=subject, body=body, to=[mail.to], headers=headers)
    brand = str(mail.context.get("shop") or "")
    page = letters.as_html(body, subject=subject, brand=brand, language=mail.language)
    message.attach_alternative(page, "text/html")
    return message


def _one_line(text: str) -> str:
    """Return a subject without line breaks: each would begin another header."""
    return " ".join(text.split())


def _draw(key: str, language: str) -> MailFile:
    """Return the document of a key in a language."""
    draw = resolve(wired("MAIL_FILES")[key.partition(":")[0]])
    file: MailFile = draw(key, language)
    return file


def _note_failure(mail: OutboundMail, now: dt.datetime, error: OSError) -> None:
    _write(mail, OutboundMail.State.FAILED, now, error=f"{type(error).__name__}: {error}")


def _write(mail: OutboundMail, state: str, now: dt.datetime, **fields: object) -> None:
    sent_at = now if state == OutboundMail.State.SENT else None
    values = {"state": state, "sent_at": sent_at, "error": "", **fields}
    values["error"] = str(values["error"])[:500]
    OutboundMail.objects.filter(pk=mail.pk).exclude(state=OutboundMail.State.SENT).update(**values)
