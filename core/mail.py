"""Mails: the intent is a row in the caller's transaction, a job sends it and writes the outcome.

`template` is `app/name`: the files are `<app>/mail/<name>_subject.txt` and `<app>/mail/<name>.txt`
below templates/, rendered in the reader's language with `context` and `public_url`. What the
context holds is forgotten once the mail is sent. An `attachment` is the key of a document, such as
`purchase_order:17:2`: the function that config/wiring.py:MAIL_FILES names for its first part draws
it when the mail is sent, in the reader's language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from core import clock
from core.jobs import JobRun, enqueue
from core.models.documents import OutboundMail
from core.wiring import resolve, wired

MailValue = str | int | bool | None


@dataclass(frozen=True, slots=True)
class MailFile:
    """One file of a mail, as a wired function draws it."""

    name: str
    content_type: str
    content: bytes


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
        _write(mail, OutboundMail.State.FAILED, job.now, error=f"{type(error).__name__}: {error}")
        raise
    _write(mail, OutboundMail.State.SENT, job.now, subject=message.subject, context={})
    return {"state": OutboundMail.State.SENT}


def compose(mail: OutboundMail) -> EmailMessage:
    """Return the message as its reader will get it."""
    app, _, name = mail.template.partition("/")
    context = {**mail.context, "public_url": settings.PUBLIC_URL}
    with translation.override(mail.language):
        subject = render_to_string(f"{app}/mail/{name}_subject.txt", context)
        body = render_to_string(f"{app}/mail/{name}.txt", context)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    message = EmailMessage(
        # A line break in a subject would be another header.
        subject=" ".join(subject.split()),
        body=body,
        to=[mail.to],
        headers={"Message-ID": f"<quayside-mail-{mail.pk}@{domain}>"},
    )
    if mail.attachment:
        drawn = _draw(mail.attachment, mail.language)
        message.attach(drawn.name, drawn.content, drawn.content_type)
    return message


def _draw(key: str, language: str) -> MailFile:
    """Return the document of a key in a language."""
    draw = resolve(wired("MAIL_FILES")[key.partition(":")[0]])
    file: MailFile = draw(key, language)
    return file


def _write(mail: OutboundMail, state: str, now: dt.datetime, **fields: object) -> None:
    sent_at = now if state == OutboundMail.State.SENT else None
    values = {"state": state, "sent_at": sent_at, "error": "", **fields}
    values["error"] = str(values["error"])[:500]
    OutboundMail.objects.filter(pk=mail.pk).exclude(state=OutboundMail.State.SENT).update(**values)
