"""The five routing presets: the weights of one comparison, from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from orders.domain.route_facts import Weights


@dataclass(frozen=True, slots=True)
class PresetAmounts:
    """The settings behind the presets, in the cost currency."""

    split: Decimal = Decimal("3.00")
    late_day: Decimal = Decimal("5.00")
    balanced_day: Decimal = Decimal("1.00")
    fastest_day: Decimal = Decimal("50.00")
    fastest_cap: Decimal = Decimal("3.0")
    km: Decimal = Decimal("1.00")
    rank: Decimal = Decimal("0.50")


def build_presets(amounts: PresetAmounts) -> Mapping[str, Weights]:
    """Return the weights of each preset.

    *cheapest* counts no days but never misses a promise that some service meets; *fastest* buys
    days up to a cost cap; *balanced* weighs both; *nearest* counts kilometers; *ranked* follows the
    channel's list after promise and number of parcels.
    """
    plain = Weights(
        "",
        split_amount=amounts.split,
        late_day_amount=amounts.late_day,
        rank_amount=amounts.rank,
    )
    return {
        "balanced": replace(plain, preset="balanced", day_amount=amounts.balanced_day),
        "cheapest": replace(plain, preset="cheapest", promise_first=True),
        "fastest": replace(
            plain,
            preset="fastest",
            day_amount=amounts.fastest_day,
            cost_cap=amounts.fastest_cap,
        ),
        "nearest": replace(plain, preset="nearest", km_amount=amounts.km),
        "ranked": replace(plain, preset="ranked", promise_first=True, is_ranked=True),
    }


def preset_for(
    channel_preset: str, *, order_preset: str, lifecycle: str, by_lifecycle: bool
) -> str:
    """Return the preset of an order: its own, else by lifecycle on a balanced channel.

    First orders go fastest within the cost cap, repeat and loyal ones cheapest inside the promise.
    """
    if order_preset:
        return order_preset
    if channel_preset != "balanced" or not by_lifecycle:
        return channel_preset
    return {"first": "fastest", "repeat": "cheapest", "loyal": "cheapest"}.get(
        lifecycle, channel_preset
    )
