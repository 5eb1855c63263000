"""Two stations ask for one slip, two tabs take one document, two workers send one job."""

from __future__ import annotations

import time

import pytest

from core.actors import SYSTEM
from fulfillment.models import PrintJob
from fulfillment.services import browser_printing, print_sending, printing
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.race import race, wins

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def place():
    make.channel()
    return make.warehouse()


def ask(station, kind="packing_slip", key="carton:1"):
    return printing.print_document(
        kind, key, station_code=station.code, copies=1, actor=SYSTEM, at=make.NOW
    )


def test_of_two_askers_of_one_slip_both_get_the_same_job(place):
    first = floor.station(place)
    second = floor.station(place, "LA-PACK-2")

    outcomes = race([lambda: ask(first), lambda: ask(second)])

    assert wins(outcomes) == 2
    assert PrintJob.objects.count() == 1
    assert {outcome.value.pk for outcome in outcomes} == {PrintJob.objects.get().pk}


def test_of_two_tabs_of_a_station_one_prints_the_document(place):
    station = floor.with_printers(floor.station(place), "browser")
    ask(station, "bin_label", f"bin:{station.bin_id}")

    def take():
        return browser_printing.take_next(station, at=make.NOW)

    outcomes = race([take, take, take])

    assert [outcome.error for outcome in outcomes] == [None, None, None]
    assert sum(outcome.value is not None for outcome in outcomes) == 1


def slow_printer(monkeypatch) -> list[int]:
    """Have the printer take its time, and note what it was given."""
    taken: list[int] = []

    def deliver(job, content):
        time.sleep(0.2)
        taken.append(len(content))

    monkeypatch.setattr(print_sending, "_deliver", deliver)
    return taken


def test_of_two_workers_one_sends_the_job(place, monkeypatch):
    job = floor.print_job(floor.station(place), "bin_label", "bin:1")
    PrintJob.objects.update(key=f"bin:{job.station.bin_id}")
    taken = slow_printer(monkeypatch)

    race([lambda: print_sending.send(job.pk, now=make.NOW)] * 2)

    assert len(taken) == 1


def test_without_the_claim_both_would_send_it(place, monkeypatch):
    job = floor.print_job(floor.station(place), "bin_label", "bin:1")
    PrintJob.objects.update(key=f"bin:{job.station.bin_id}")
    taken = slow_printer(monkeypatch)
    monkeypatch.setattr(printing, "move", lambda job, state, *, at, error="": None)

    race([lambda: print_sending.send(job.pk, now=make.NOW)] * 2)

    assert len(taken) == 2
