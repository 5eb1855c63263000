"""rel_k_01: SIGKILL of database, workers and web server under load loses and doubles nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter

import pytest

from scripts.pg import Cluster
from tests.conftest import SEED
from tests.kill.client import Client, Journal
from tests.kill.stack import Stack, tell

pytestmark = [pytest.mark.postgres, pytest.mark.alone]


def kill_database(cluster: Cluster, stack: Stack, chance: random.Random) -> None:
    cluster.kill()
    time.sleep(chance.uniform(0.1, 1.0))
    cluster.start()


def kill_worker(cluster: Cluster, stack: Stack, chance: random.Random) -> None:
    victims = stack.processes(chance.choice(["quayside", "quayside", "long"]), "qcluster")
    if victims:
        os.kill(chance.choice(victims).pid, signal.SIGKILL)


def kill_web(cluster: Cluster, stack: Stack, chance: random.Random) -> None:
    leader = stack.groups()["web"]
    victims = [leader, *(one.pid for one in stack.processes("web", "gunicorn"))]
    os.kill(chance.choice(victims), signal.SIGKILL)


def marks_of(shots: list) -> str:
    """Return how the marks of this run begin: other tests write into the same database."""
    return f"c{SEED}x{len(shots)}-"


def shoot(cluster: Cluster, stack: Stack, shots: list, seed: int) -> Journal:
    """Let four clients write while the shots fall; return all that they were told."""
    chance = random.Random(seed)
    _, stock = stack.request("POST", "/kill/stock/")
    clients = [
        Client(stack, f"{marks_of(shots)}{place}", stock["warehouse"], stock["skus"], seed + place)
        for place in range(4)
    ]
    for client in clients:
        client.start()
    chance.shuffle(shots)
    for shot in shots:
        time.sleep(chance.uniform(2.0, 5.0))
        shot(cluster, stack, chance)
    time.sleep(3)
    for client in clients:
        client.stop()
    whole = Journal()
    for client in clients:
        whole.acknowledged |= client.journal.acknowledged
        whole.refused |= client.journal.refused
        whole.sent += client.journal.sent
        whole.failures += client.journal.failures
    return whole


def nothing_waits(stack: Stack) -> bool:
    rows = stack.query(
        "SELECT (SELECT count(*) FROM core_outboxevent WHERE handed_at IS NULL)"
        " + (SELECT count(*) FROM core_handledevent WHERE state = 'waiting')"
        " + (SELECT count(*) FROM core_job WHERE name = 'kill.note' AND status <> 'succeeded')"
    )
    return rows[0][0] == 0


def effects(stack: Stack, kind: str, marks: str) -> Counter[str]:
    """Return how often each mark of this run had an effect of this kind."""
    rows = stack.query(
        "SELECT target_id, count(*) FROM core_auditentry"
        " WHERE target_kind = %s AND starts_with(target_id, %s) GROUP BY 1",
        kind,
        marks,
    )
    return Counter(dict(rows))


def assert_nothing_lost_or_doubled(stack: Stack, journal: Journal, marks: str) -> None:
    committed = dict(
        stack.query(
            "SELECT substr(target, 6), count(*) FROM core_outboxevent"
            " WHERE name = 'kill.happened' AND starts_with(substr(target, 6), %s) GROUP BY 1",
            marks,
        )
    )
    stock_events = {row[0] for row in stack.query("SELECT event_key FROM inventory_stockevent")}
    reserved = dict(
        stack.query("SELECT owner_key, sum(qty)::int FROM inventory_reservation GROUP BY owner_key")
    )
    lost = set(journal.acknowledged) - set(committed)
    assert lost == set(), f"{len(lost)} acknowledged writes are lost"
    assert {mark: count for mark, count in committed.items() if count != 1} == {}
    assert set(journal.acknowledged) <= stock_events
    for key, wish in journal.acknowledged.items():
        if wish["kind"] == "reserve":
            assert reserved[f"shipment_line:{key}"] == wish["qty"]
    assert effects(stack, "heard", marks) == Counter(committed)
    assert effects(stack, "mark", marks) == Counter(committed)
    assert json.loads(stack.manage("check_stock", "--json"))["drift"] == 0


def judge(cluster: Cluster, stack: Stack, shots: list, record_property) -> None:
    tell(f"seed {SEED}")
    journal = shoot(cluster, stack, shots, SEED)
    drained = stack.wait_until(lambda: nothing_waits(stack), 90, "outbox and queue are empty")
    figures = {
        "acknowledged": len(journal.acknowledged),
        "sent": journal.sent,
        "refused": len(journal.refused),
        "failed_tries": journal.failures,
        "drained_s": round(drained, 1),
    }
    tell(str(figures))
    record_property("figures", figures)
    assert len(journal.acknowledged) > 10 * len(shots)
    assert_nothing_lost_or_doubled(stack, journal, marks_of(shots))


def test_rel_k_01_ten_random_kills_lose_and_double_nothing(kill_cluster, stack, record_property):
    shots = [kill_database] * 4 + [kill_worker] * 3 + [kill_web] * 3
    judge(kill_cluster, stack, shots, record_property)


@pytest.mark.long
def test_rel_k_01_fifty_random_kills_lose_and_double_nothing(kill_cluster, stack, record_property):
    shots = [kill_database] * 20 + [kill_worker] * 15 + [kill_web] * 15
    judge(kill_cluster, stack, shots, record_property)
