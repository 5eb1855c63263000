"""The scenarios of returns and customers; `scenarios.py` joins them to the others."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from core import clock
from orders.models import Channel, ReturnFact
from tests.core.handlers.scene import Scenario, Scene, numbers
from tests.factories import orders


def past_return(_folder: Path) -> Scene:
    number = next(numbers)
    ReturnFact.objects.create(
        channel=Channel.objects.first() or orders.channel(),
        external_id=f"C{number}",
        source_row=number,
        sku_code="TEA",
        qty=1,
        unit_price=Decimal(1),
        at=clock.now(),
    )
    return Scene()


SCENARIOS: dict[str, Scenario] = {
    "returns.match_history": past_return,
}
