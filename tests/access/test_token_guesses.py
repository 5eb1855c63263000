"""rel_s10, rel_h_08: a million guesses of secret links find nothing."""

from __future__ import annotations

import datetime as dt
import secrets
import string

import pytest

from core import clock
from customers.models import PortalAccount, PortalSession, SignInLink
from customers.services import accounts
from shipping.models import PublicLink
from shipping.services import links

ALPHABET = string.ascii_letters + string.digits
BATCH = 500


def guesses(count: int, length: int) -> list[str]:
    return ["".join(secrets.choice(ALPHABET) for _place in range(length)) for _n in range(count)]


def plant(at: dt.datetime) -> None:
    """Let a thousand orders and accounts have a living secret each."""
    ends = at + dt.timedelta(days=30)
    PublicLink.objects.bulk_create(
        PublicLink(
            token_hash=links.token_hash(links.new_token()),
            order_key=f"order:{number}",
            created_at=at,
            expires_at=ends,
        )
        for number in range(1_000)
    )
    account = PortalAccount.objects.create(
        email="ada@example.org", email_norm="ada@example.org", created_at=at, last_seen_at=at
    )
    PortalSession.objects.bulk_create(
        PortalSession(
            account=account,
            token_hash=accounts.token_hash(accounts.new_token(), "session"),
            created_at=at,
            last_seen_at=at,
            expires_at=ends,
        )
        for _number in range(1_000)
    )
    SignInLink.objects.bulk_create(
        SignInLink(
            state="sent",
            token_hash=accounts.token_hash(accounts.new_token(), "sign-in"),
            created_at=at,
            expires_at=ends,
        )
        for _number in range(1_000)
    )


def found(count: int, at: dt.datetime) -> int:
    """Return how many of so many guesses, spread over the three kinds of links, are living."""
    hits = 0
    for start in range(0, count, 3 * BATCH):
        part = min(BATCH, -(-(count - start) // 3))
        short, long = guesses(part, 22), guesses(part, 43)
        tracked = [links.token_hash(one) for one in short]
        hits += PublicLink.objects.live(at).filter(token_hash__in=tracked).count()
        opened = [accounts.token_hash(one, "session") for one in long]
        hits += PortalSession.objects.live(at).filter(token_hash__in=opened).count()
        asked = [accounts.token_hash(one, "sign-in") for one in long]
        hits += SignInLink.objects.live(at).filter(token_hash__in=asked).count()
    return hits


@pytest.mark.django_db
@pytest.mark.parametrize("count", [15_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_rel_s10_guesses_of_secret_links_find_nothing(count):
    at = clock.now()
    plant(at)
    known = accounts.new_token()
    PortalSession.objects.filter(pk=PortalSession.objects.latest("pk").pk).update(
        token_hash=accounts.token_hash(known, "session")
    )

    assert found(count, at) == 0
    assert accounts.session(known, at=at) is not None, "the right one is found"


@pytest.mark.parametrize(("make", "bits"), [(links.new_token, 128), (accounts.new_token, 256)])
def test_rel_s10_tokens_have_the_bits_they_promise(make, bits):
    tokens = {make() for _n in range(2_000)}
    letters = 64 if bits == 256 else 62

    assert len(tokens) == 2_000
    assert {len(one) for one in tokens} == {43 if bits == 256 else 22}
    assert letters ** len(next(iter(tokens))) >= 2**bits
