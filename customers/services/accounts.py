"""Customers sign in by a link in their mail: no password, one use, the same answer for everybody.

The page does the same for every address typed: one row and one job. Only the job learns whether
the address is known, so neither the answer nor its time tells.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from core import audit, mail
from core.actors import Actor
from core.errors import NotFound, StateConflict
from core.jobs import enqueue
from customers import configured
from customers.domain import account_settings as settings
from customers.domain.drafts import normal_email
from customers.models import PortalAccount, PortalSession, SignInLink

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
#: A visit is noted at most this often: reading a page seldom writes.
_SEEN_EVERY: Final = dt.timedelta(minutes=10)
_DEVICES: Final = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "Mac"),
    ("linux", "Linux"),
)
_BROWSERS: Final = (
    ("edg/", "Edge"),
    ("firefox", "Firefox"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)


class LinkSpent(NotFound):
    """A link that signs nobody in: unknown, used, or too old."""

    code = "SIGN_IN_LINK_SPENT"
    text = gettext_noop("This link was used or is too old. Ask for a new one.")


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that was just opened; `token` is kept by the browser alone."""

    account: PortalAccount
    token: str
    expires_at: dt.datetime


def new_token() -> str:
    """Return 256 random bits as 43 characters."""
    return secrets.token_urlsafe(32)


def token_hash(token: str, purpose: str) -> str:
    """Return the SHA-256 of a token bound to its purpose, in hex."""
    return hashlib.sha256(f"{purpose}:{token}".encode()).hexdigest()


@transaction.atomic
def ask_for_link(email: str, *, language: str, at: dt.datetime) -> None:
    """Note the wish to sign in and queue the mail. It does the same for every address."""
    row = SignInLink.objects.create(
        email=email.strip()[:254],
        email_norm=normal_email(email)[:254],
        language=language,
        created_at=at,
        expires_at=at + dt.timedelta(minutes=configured.whole(settings.SIGN_IN_MINUTES)),
    )
    enqueue(
        "config.send_sign_in_link",
        key=f"sign-in:{row.pk}",
        args={"link_id": row.pk},
        queue="interactive",
        title="Sign-in link",
    )


@transaction.atomic
def send_link(link_id: int, *, is_known: bool, at: dt.datetime) -> str:
    """Mail the link to a known address, forget an unknown one; return what became of it.

    Repeatable: a link that was sent or dropped is left alone.
    """
    row = SignInLink.objects.select_for_update().get(pk=link_id)
    if row.state != SignInLink.State.ASKED:
        return str(row.state)
    if not is_known or row.expires_at <= at:
        row.state, row.email, row.email_norm = SignInLink.State.VOID, "", ""
        row.save(update_fields=["state", "email", "email_norm"])
        return str(row.state)
    token = new_token()
    row.state, row.token_hash = SignInLink.State.SENT, token_hash(token, "sign-in")
    row.save(update_fields=["state", "token_hash"])
    mail.queue(
        to=row.email,
        template="customers/sign_in_link",
        language=row.language or "en",
        context={"token": token, "minutes": configured.whole(settings.SIGN_IN_MINUTES)},
        target=f"sign_in_link:{row.pk}",
        dedupe_key=f"sign-in:{row.pk}",
    )
    return str(row.state)


def is_living(token: str, *, at: dt.datetime) -> bool:
    """Say whether a link can still sign somebody in; it uses nothing up."""
    if not _TOKEN.fullmatch(token):
        return False
    return SignInLink.objects.live(at).filter(token_hash=token_hash(token, "sign-in")).exists()


@transaction.atomic
def sign_in(token: str, *, device: str, at: dt.datetime) -> OpenSession:
    """Use a link up and open a session; the first time this makes the account of the address.

    Raises:
        LinkSpent: the link is unknown, used or too old.
    """
    hashed = token_hash(token, "sign-in")
    found = SignInLink.objects.live(at).filter(token_hash=hashed).first()
    if found is None or not _TOKEN.fullmatch(token):
        raise LinkSpent
    used = SignInLink.objects.live(at).filter(pk=found.pk)
    if not used.update(state=SignInLink.State.USED, used_at=at, email="", email_norm=""):
        raise LinkSpent
    account = _account(found, at)
    secret = new_token()
    ends = at + dt.timedelta(days=configured.whole(settings.SESSION_DAYS))
    PortalSession.objects.create(
        account=account,
        token_hash=token_hash(secret, "session"),
        device=device_words(device),
        created_at=at,
        last_seen_at=at,
        expires_at=ends,
    )
    audit.record(actor=actor_of(account), action="customers.signed_in", target=account.key, at=at)
    return OpenSession(account, secret, ends)


def _account(link: SignInLink, at: dt.datetime) -> PortalAccount:
    known = PortalAccount.objects.filter(email_norm=link.email_norm).first()
    if known is None:
        try:
            with transaction.atomic():
                return PortalAccount.objects.create(
                    email=link.email,
                    email_norm=link.email_norm,
                    language=link.language,
                    created_at=at,
                    last_seen_at=at,
                )
        except IntegrityError:
            known = PortalAccount.objects.get(email_norm=link.email_norm)
    PortalAccount.objects.filter(pk=known.pk).update(last_seen_at=at)
    return known


def actor_of(account: PortalAccount) -> Actor:
    """Return the customer as the one who acts; the label names nobody."""
    return Actor("customer", account.pk, f"account {account.pk}")


def session(token: str, *, at: dt.datetime) -> PortalSession | None:
    """Return the open session of a browser's secret, None for any other. One query, seldom two."""
    if not _TOKEN.fullmatch(token):
        return None
    rows = PortalSession.objects.live(at).select_related("account")
    found = rows.filter(token_hash=token_hash(token, "session")).first()
    if found is not None and at - found.last_seen_at > _SEEN_EVERY:
        PortalSession.objects.filter(pk=found.pk).update(last_seen_at=at)
    return found


@transaction.atomic
def end_session(account: PortalAccount, session_id: int, *, at: dt.datetime) -> None:
    """End one of the account's own sessions.

    Raises:
        NotFound: the account has no such open session.
    """
    own = PortalSession.objects.live(at).filter(account=account, pk=session_id)
    if not own.update(ended_at=at):
        raise NotFound
    audit.record(actor=actor_of(account), action="customers.signed_out", target=account.key, at=at)


@transaction.atomic
def end_others(account: PortalAccount, session_id: int, *, at: dt.datetime) -> int:
    """End every session of the account but one; return how many. Repeatable."""
    others = PortalSession.objects.live(at).filter(account=account).exclude(pk=session_id)
    ended = others.update(ended_at=at)
    if ended:
        audit.record(
            actor=actor_of(account),
            action="customers.signed_out",
            target=account.key,
            at=at,
            after={"sessions": ended},
        )
    return ended


@transaction.atomic
def speak(account: PortalAccount, language: str, *, at: dt.datetime) -> None:
    """Keep the language in which the customer gets mails."""
    if not PortalAccount.objects.filter(pk=account.pk).update(language=language):
        raise StateConflict
    audit.record(
        actor=actor_of(account),
        action="customers.language_chosen",
        target=account.key,
        after={"language": language},
        at=at,
    )


def forget_ended(*, at: dt.datetime) -> int:
    """Delete links and sessions that ended a day ago; return how many. Repeatable."""
    past = at - dt.timedelta(days=1)
    gone = SignInLink.objects.filter(expires_at__lt=past).delete()[0]
    ended = PortalSession.objects.filter(expires_at__lt=past)
    gone += ended.delete()[0]
    return gone + PortalSession.objects.filter(ended_at__lt=past).delete()[0]


def device_words(user_agent: str) -> str:
    """Return the kind of browser and machine in words, which names nobody."""
    text = user_agent.lower()
    browser = next((word for mark, word in _BROWSERS if mark in text), "")
    machine = next((word for mark, word in _DEVICES if mark in text), "")
    return " · ".join(part for part in (browser, machine) if part)
