from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from config import wiring
from core import clock, health
from core.events import publish
from core.models import HandledEvent, Job, JobHeartbeat, OutboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def live_workers() -> None:
    for cluster in ("quayside", "long"):
        JobHeartbeat.objects.create(group=f"host/{cluster}", cluster=cluster, at=clock.now())


def test_a_process_that_answers_is_alive(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_an_installation_with_live_workers_is_ready(client, live_workers):
    response = client.get("/readyz")

    assert (response.status_code, response.json()["problems"]) == (200, [])


def test_silent_workers_are_named(client, live_workers):
    JobHeartbeat.objects.filter(cluster="long").update(at=clock.now() - dt.timedelta(seconds=91))

    response = client.get("/readyz")

    assert (response.status_code, response.json()["problems"]) == (503, ["workers"])
    with pytest.raises(CommandError, match="long"):
        call_command("worker_health", max_age=60)


def test_a_worker_busy_with_one_long_job_is_not_silent(live_workers):
    now = clock.now()
    JobHeartbeat.objects.update(at=now - dt.timedelta(minutes=10))
    Job.objects.create(
        name="x",
        queue="bulk",
        status="running",
        run_after=now,
        created_at=now,
        lease_until=now + dt.timedelta(seconds=40),
    )

    silence = health.worker_silence(now)

    assert silence["long"] == pytest.approx(5)
    assert silence["quayside"] == pytest.approx(600)


def test_a_fact_that_waits_for_too_long_is_named(client, live_workers):
    OutboxEvent.objects.create(
        name="x.y", target="order:1", at=clock.now() - dt.timedelta(minutes=6)
    )

    assert client.get("/readyz").json()["problems"] == ["outbox"]


def test_unapplied_migrations_are_named(client, live_workers, monkeypatch):
    monkeypatch.setattr(health, "_is_migrated", lambda: False)

    assert client.get("/readyz").json()["problems"] == ["migrations"]


def test_metrics_tell_figures_in_the_text_format(client, live_workers):
    Job.objects.create(name="x", run_after=clock.now(), created_at=clock.now())

    response = client.get("/metrics")

    assert response["Content-Type"] == "text/plain; version=0.0.4"
    lines = response.text.splitlines()
    assert 'quayside_jobs{queue="normal",status="queued"} 1' in lines
    assert "quayside_outbox_waiting 0" in lines
    assert "# TYPE quayside_worker_silence_seconds gauge" in lines


@pytest.mark.parametrize(
    ("header", "status"), [("Bearer t0ken", 200), ("Bearer wrong", 404), ("", 404)]
)
def test_metrics_ask_for_the_token(client, settings, header, status):
    settings.METRICS_TOKEN = "t0ken"

    assert client.get("/metrics", headers={"Authorization": header}).status_code == status


def test_metrics_without_a_token_are_for_this_machine_in_development_alone(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404
    settings.PRODUCTION = True
    assert client.get("/metrics").status_code == 404


def test_the_outbox_command_counts_what_waits(capsys, monkeypatch):
    monkeypatch.setitem(wiring.EVENT_HANDLERS, "test.heard", ("x.y",))
    publish("test.heard", target="order:1", at=clock.now())

    call_command("outbox_status")

    assert capsys.readouterr().out.startswith("1 waiting, oldest 0 s, 0 given up")
    assert HandledEvent.objects.count() == 0
