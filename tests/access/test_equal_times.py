"""rel_s10: a known and an unknown address cannot be told apart by how long the answer takes."""

from __future__ import annotations

import statistics
import time

import pytest
from django.urls import reverse

from core import settings_store
from core.actors import SYSTEM
from tests.factories import customers as people
from tests.factories.customers import NOW

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
ROUNDS = 300


def spent_ms(client, email: str, visitor: str) -> float:
    began = time.perf_counter()
    answer = client.post(reverse("account-sign-in"), {"email": email}, REMOTE_ADDR=visitor)
    assert answer.status_code == 200
    return (time.perf_counter() - began) * 1000


def test_rel_s10_known_and_unknown_addresses_take_equally_long(client):
    """Medians of 300 interleaved tries each differ by less than the spread of one kind."""
    settings_store.put("customers.sign_in_tries_per_quarter_hour", "100", actor=SYSTEM, at=NOW)
    known, unknown = [], []
    for number in range(ROUNDS):
        people.make_customer(email=f"known{number}@example.org")
    for number in range(ROUNDS):
        visitor = f"10.1.{number // 200}.{number % 200 + 1}"
        known.append(spent_ms(client, f"known{number}@example.org", visitor))
        unknown.append(spent_ms(client, f"other{number}@example.org", visitor))

    quarters = statistics.quantiles(known, n=4)
    difference = abs(statistics.median(known) - statistics.median(unknown))
    print(f"known {statistics.median(known):.2f} ms, unknown {statistics.median(unknown):.2f} ms")  # noqa: T201  # the figure of the bench

    assert difference < quarters[2] - quarters[0]
