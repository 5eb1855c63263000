"""Pages at 100 000 orders: median time and number of queries, as a signed-in manager."""

from __future__ import annotations

import statistics
import time
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks import installation

REPEATS = 15


@dataclass(slots=True)
class PageFigures:
    """Median and worst milliseconds of server time, median CPU of this process, queries."""

    page: str
    median_ms: float
    worst_ms: float
    queries: int
    cpu_ms: float

    def as_json(self) -> dict[str, float | str]:
        """Return the figures by name."""
        return asdict(self)


def settle() -> None:
    """Let the server take statistics, as its own upkeep would overnight."""
    from django.db import connection  # noqa: PLC0415  # after django.setup()

    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def measure() -> list[PageFigures]:
    """Ask for every page through the whole request stack."""
    person = _person()
    return [timed(person, name, path) for name, path in _pages().items()]


def timed(person: Any, name: str, path: str) -> PageFigures:
    """Ask for one page `REPEATS` times as a signed-in person."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{name}: {path} answered {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    asked = len(queries)  # the next request empties the log
    times, cpu = [], []
    for _ in range(REPEATS):
        started, used = time.perf_counter(), time.process_time()
        client.get(path)
        times.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    median = round(statistics.median(times), 1)
    spent = round(statistics.median(cpu), 1)
    return PageFigures(name, median, round(max(times), 1), asked, spent)


def _person():  # type: ignore[no-untyped-def]  # the user model is known after django.setup()
    from config.demo.staff import PEOPLE  # noqa: PLC0415
    from core import clock  # noqa: PLC0415
    from core.models import User  # noqa: PLC0415
    from core.services import first_people  # noqa: PLC0415

    first_people.set_demo_people(PEOPLE, production=False, at=clock.now())
    return User.objects.get(username=PEOPLE[0].username)


def _pages() -> dict[str, str]:
    from orders.models import Order  # noqa: PLC0415
    from shipping.services import links, portal  # noqa: PLC0415
    from shipping.services.portal import TrackedOrderDraft  # noqa: PLC0415

    order = Order.objects.filter(stage="routed").order_by("pk")[500]
    portal.publish_orders(
        [TrackedOrderDraft(order_key=order.key, order_number=order.number)], at=installation.AT
    )
    token = links.issue(order.key, at=installation.AT)
    return {
        "role home": "/",
        "orders index": "/orders/",
        "orders index, filtered": "/orders/?tab=new&country=DE",
        "orders index, searched": f"/orders/?q={order.number}",
        "order": f"/orders/{order.pk}/",
        "stock on hand": "/stock/",
        "ledger": "/stock/ledger/",
        "attention queue": "/orders/attention/",
        "wave planning": "/waves/",
        "tracking": f"/t/{token}/",
    }
