"""The order in which units go into an open box: what carries comes before what it carries."""

from __future__ import annotations

from collections.abc import Sequence

from fulfillment.domain.cartons.facts import Placement


def in_order(placements: Sequence[Placement]) -> list[Placement]:
    """Return the units from the floor up, from the far corner to the near one.

    Nothing comes after a unit it lies above, so a box that opens at the top takes them in turn.
    """
    return sorted(placements, key=lambda one: (one.at[2], one.at[1], one.at[0], one.unit.key))


def steps(placements: Sequence[Placement]) -> list[list[Placement]]:
    """Return `in_order` with neighbors in turn that are alike and turned alike put together."""
    found: list[list[Placement]] = []
    for one in in_order(placements):
        last = found[-1][-1] if found else None
        if (
            last is not None
            and _sku(last) == _sku(one)
            and last.size == one.size
            and last.at[2] == one.at[2]
        ):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _sku(one: Placement) -> str:
    return one.unit.key.rpartition("#")[0] or one.unit.key
