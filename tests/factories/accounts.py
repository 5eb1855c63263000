"""Customers who are signed in to their own pages."""

from __future__ import annotations

import datetime as dt
import re

from django.core import mail as sent
from django.test import Client

from core import jobs
from customers.models import PortalAccount, SignInLink
from customers.services import accounts

LINK = re.compile(r"/account/enter/([A-Za-z0-9_-]{43})/")


def token_for(email: str, *, at: dt.datetime) -> str:
    """Return the token of a link that was mailed to this address, as the job mails it."""
    accounts.ask_for_link(email, language="en", at=at)
    link = SignInLink.objects.order_by("-pk").first()
    assert link is not None
    accounts.send_link(link.pk, is_known=True, at=at)
    jobs.run_due(now=at + dt.timedelta(seconds=1))
    found = LINK.findall(sent.outbox[-1].body)
    return str(found[-1])


def open_session(client: Client, email: str, *, at: dt.datetime) -> PortalAccount:
    """Let a browser be signed in as the reader of an address."""
    opened = accounts.sign_in(_quick_token(email, at), device="Firefox Windows", at=at)
    client.cookies["quayside_customer"] = opened.token
    return opened.account


def _quick_token(email: str, at: dt.datetime) -> str:
    accounts.ask_for_link(email, language="en", at=at)
    link = SignInLink.objects.order_by("-pk").first()
    assert link is not None
    token = accounts.new_token()
    SignInLink.objects.filter(pk=link.pk).update(
        state="sent", token_hash=accounts.token_hash(token, "sign-in")
    )
    return token
