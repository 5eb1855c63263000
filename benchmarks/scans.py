"""The time from a scan to its verdict, over HTTP against a real server and PostgreSQL.

    python -m benchmarks scans [--count 500] [--rate 4]

A picker's device sends bin, items and tote of one pick after another, `rate` scans a second, each
on the connection a browser would keep. Printed are median, 95th percentile and worst time of the
whole exchange, how many were answered as expected, and whether the books balance afterwards.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import statistics
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import psutil

from benchmarks import installation, workload
from scripts.environment import BIN, PROJECT

PORT = 8797
TARGET_MS = 150
ORDERS = 400
WAREHOUSE = "RTM"


@dataclass(frozen=True, slots=True)
class ScanFigures:
    """Milliseconds from sending a scan to having read its verdict, and how many were right."""

    count: int
    median_ms: float
    p95_ms: float
    worst_ms: float
    server_cpu_ms: float
    as_expected: int
    drift: int


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when the 95th percentile misses its target."""
    parser = argparse.ArgumentParser(prog="benchmarks scans", description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--rate", type=float, default=4.0)
    chosen = parser.parse_args(arguments)
    with installation.installed("bench-scans") as place:
        scans, cookie = _prepare(chosen.count)
        with served(place.url) as server:
            figures = _send(scans, cookie, chosen.rate, server)
    print(json.dumps(asdict(figures), indent=2))
    right = figures.as_expected == figures.count and figures.drift == 0
    return 0 if right and figures.p95_ms <= TARGET_MS else 1


def _prepare(count: int) -> tuple[list[tuple[str, str]], str]:
    """Return (task key, code) of `count` scans that are all right, and a session's cookie."""
    from django.conf import settings  # noqa: PLC0415  # after django.setup()
    from django.test import Client  # noqa: PLC0415

    from benchmarks import __main__ as run  # noqa: PLC0415
    from benchmarks import placing  # noqa: PLC0415

    work = workload.build(ORDERS)
    run.prepare(work)
    placing.in_bulk(work, os.getpid())
    client = Client(headers={"host": "localhost"})
    client.force_login(_person())
    return _walk(count), f"{settings.SESSION_COOKIE_NAME}={client.cookies['sessionid'].value}"


def _person():  # type: ignore[no-untyped-def]  # the user model is known after django.setup()
    from config.demo.staff import PEOPLE  # noqa: PLC0415
    from core import clock  # noqa: PLC0415
    from core.models import User  # noqa: PLC0415
    from core.services import first_people  # noqa: PLC0415

    first_people.set_demo_people(PEOPLE, production=False, at=clock.now())
    return User.objects.get(username=PEOPLE[0].username)


def _walk(count: int) -> list[tuple[str, str]]:
    from core.actors import SYSTEM  # noqa: PLC0415
    from fulfillment.models import PickTask  # noqa: PLC0415
    from fulfillment.services import waves  # noqa: PLC0415
    from inventory.models import Bin, Warehouse  # noqa: PLC0415
    from orders.models import Shipment  # noqa: PLC0415

    place = Warehouse.objects.get(code=WAREHOUSE)
    planned = Shipment.objects.filter(warehouse=place, status="planned", order__stage="routed")
    ids = list(planned.order_by("pk").values_list("pk", flat=True)[:250])
    wave = waves.release_wave(
        order=waves.WaveOrder(place.pk, ids), actor=SYSTEM, at=installation.AT
    ).wave
    scans: list[tuple[str, str]] = []
    totes: dict[int, str] = {}
    tasks = PickTask.objects.filter(wave=wave, qty__lte=4).select_related("bin", "sku")
    for task in tasks.order_by("shipment_id", "pk"):
        if task.shipment_id not in totes:
            totes[task.shipment_id] = Bin.objects.create(
                warehouse=place, code=f"T-{len(totes):04d}", kind="tote", is_pickable=False
            ).code
        codes = [task.bin.code, *[task.sku.code] * task.qty, totes[task.shipment_id]]
        scans += [(f"pick_task:{task.pk}", code) for code in codes]
    if len(scans) < count:
        raise RuntimeError(f"the workload yields {len(scans)} scans only")
    return scans[:count]


@contextlib.contextmanager
def served(url: str) -> Iterator[psutil.Process]:
    """Serve the installation with gunicorn, as `make serve` does."""
    environment = {**os.environ, "DATABASE_URL": url, "QUAYSIDE_LOG_LEVEL": "ERROR"}
    command = [str(BIN / "gunicorn"), "config.wsgi", "--bind", f"127.0.0.1:{PORT}", "--threads"]
    process = subprocess.Popen([*command, "4"], cwd=PROJECT, env=environment)
    try:
        for _ in range(150):
            with contextlib.suppress(OSError):
                line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=1)
                line.request("GET", "/healthz")
                line.getresponse().read()
                break
            time.sleep(0.2)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _cpu_s(server: psutil.Process) -> float:
    """Return the CPU seconds that the web server and its workers have used."""
    alive = [server, *server.children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in alive)


def _send(
    scans: list[tuple[str, str]], cookie: str, rate: float, server: psutil.Process
) -> ScanFigures:
    from benchmarks import __main__ as run  # noqa: PLC0415

    line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    line.request("GET", "/floor/", headers={"Cookie": cookie})
    page = line.getresponse()
    body = page.read().decode()
    found = re.search(r"X-CSRFToken\W+(?:quot;)?\W*(?:quot;)?(\w{32,})", body)
    if page.status != 200 or found is None:
        raise RuntimeError(f"the floor answered {page.status}")
    token = found[1]
    kept = [cookie, *(value.split(";")[0] for value in page.headers.get_all("Set-Cookie") or [])]
    headers = {
        "Cookie": "; ".join(kept),
        "X-CSRFToken": token,
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    times, right, used, started = [], 0, _cpu_s(server), time.monotonic()
    for index, (task, code) in enumerate(scans):
        time.sleep(max(0.0, started + index / rate - time.monotonic()))
        scan = {"scan_id": str(uuid.uuid4()), "task": task, "raw": code}
        begun = time.perf_counter()
        line.request("POST", "/floor/scan/pick/", json.dumps(scan), headers)
        answer = json.loads(line.getresponse().read())
        times.append((time.perf_counter() - begun) * 1000)
        right += answer.get("verdict") in {"accept", "complete"}
    ranked = sorted(times)
    return ScanFigures(
        len(times),
        round(statistics.median(times), 1),
        round(ranked[int(len(ranked) * 0.95) - 1], 1),
        round(ranked[-1], 1),
        round((_cpu_s(server) - used) / len(times) * 1000, 1),
        right,
        run.drift(),
    )
