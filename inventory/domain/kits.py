"""Virtual kits: what one kit consists of, and how many can be made from what is there.

A kit of a kit is exploded down to goods, at most three levels deep. The price share of a part is
the product of the shares on the way to it; parts met twice are added up. Shares are rounded to
six decimals by largest remainder and sum to exactly 1.

A gift set of 2 cups (0.4) and a tea box (0.6), the tea box of 3 tins (1.0), gives for one set:
2 cups with share 0.4 and 3 tins with share 0.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from core.errors import DomainError, gettext_noop

MOST_LEVELS = 3
STEP = Decimal("0.000001")


class KitCycle(DomainError):
    """A kit would contain itself."""

    code = "KIT_CYCLE"
    text = gettext_noop(
        "A kit can't contain itself. Remove the component that leads back to the kit."
    )


class KitTooDeep(DomainError):
    """Kits are nested more than three levels."""

    code = "KIT_TOO_DEEP"
    text = gettext_noop("Kits nest at most 3 levels. Replace the inner kit by its components.")


class KitUndefined(DomainError):
    """A kit has no components to explode into."""

    code = "KIT_UNDEFINED"
    text = gettext_noop("A kit has no components yet. Define them before selling it.")


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a kit version: `qty` units of the component per kit, its share of the price.

    `is_optional`: a kit is built without it when it is short.
    """

    component_id: int
    qty: int
    price_share: Decimal
    is_optional: bool = False


Boms = Mapping[int, Sequence[Part]]
"""Current parts of every kit, by the kit's SKU id. A SKU without an entry is not a kit."""


def explode(kit_id: int, boms: Boms) -> list[Part]:
    """Return the goods one kit consists of, in the order they are met; shares sum to 1.

    A component that is asked for twice is optional only if it is so both times.

    Raises:
        KitCycle, KitTooDeep, KitUndefined: the definition can't be exploded.
    """
    qty: dict[int, int] = {}
    share: dict[int, Decimal] = {}
    needed: set[int] = set()
    for part in _goods(kit_id, boms, (), 1, Decimal(1)):
        qty[part.component_id] = qty.get(part.component_id, 0) + part.qty
        share[part.component_id] = share.get(part.component_id, Decimal(0)) + part.price_share
        if not part.is_optional:
            needed.add(part.component_id)
    return [
        Part(component, qty[component], rounded, component not in needed)
        for component, rounded in zip(qty, round_shares(share.values()), strict=True)
    ]


def _goods(
    kit_id: int,
    boms: Boms,
    path: tuple[int, ...],
    qty: int,
    share: Decimal,
    *,
    is_optional: bool = False,
) -> Iterable[Part]:
    if kit_id in path:
        raise KitCycle(kit_id=kit_id)
    if len(path) == MOST_LEVELS:
        raise KitTooDeep(kit_id=path[0])
    if not boms.get(kit_id):
        raise KitUndefined(kit_id=kit_id)
    for part in boms[kit_id]:
        whole, portion = qty * part.qty, share * part.price_share
        spare = is_optional or part.is_optional
        if part.component_id in boms:
            inside = (part.component_id, boms, (*path, kit_id), whole, portion)
            yield from _goods(*inside, is_optional=spare)
        else:
            yield Part(part.component_id, whole, portion, spare)


def round_shares(shares: Iterable[Decimal]) -> list[Decimal]:
    """Scale shares to sum to exactly 1 at six decimals, by largest remainder.

    Raises:
        ValueError: no share is above zero, or one is below.
    """
    given = list(shares)
    whole = sum(given, Decimal(0))
    if not given or min(given) < 0 or whole == 0:
        raise ValueError("shares must be zero or more, and one of them above zero")
    exact = [share / whole for share in given]
    parts = [part.quantize(STEP, rounding=ROUND_DOWN) for part in exact]
    left = int((1 - sum(parts, Decimal(0))) / STEP)
    order = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in order[:left]:
        parts[index] += STEP
    return parts


def buildable(parts: Sequence[Part], atp_qty: Mapping[int, int]) -> int:
    """Return how many kits the free units of the components make: the least over the parts.

    A component with nothing to promise, or promised beyond what is there, makes none; an optional
    one limits nothing.
    """
    return min(
        (max(0, atp_qty.get(part.component_id, 0)) // part.qty for part in needed(parts)), default=0
    )


def needed(parts: Sequence[Part]) -> list[Part]:
    """Return the parts without which no kit is built."""
    return [part for part in parts if not part.is_optional]


def short_parts(parts: Sequence[Part], kit_qty: int, atp_qty: Mapping[int, int]) -> dict[int, int]:
    """Return the units each component lacks to make `kit_qty` kits; empty when none lacks."""
    lacks = {
        part.component_id: part.qty * kit_qty - max(0, atp_qty.get(part.component_id, 0))
        for part in parts
    }
    return {component: qty for component, qty in lacks.items() if qty > 0}


def buildable_nested(kit_id: int, boms: Boms, atp_qty: Mapping[int, int]) -> int:
    """Return how many kits can be had when inner kits that lack are built too.

    Inner kits that lie ready go first; what they lack is asked of their own components, level by
    level, at most three deep. Components met on several ways share their units. The most is found
    by halving: what n kits need, n - 1 need less of.

    A box of 2 sets, a set of 3 cups; 5 sets and 9 cups free: 4 boxes (5 sets ready, 3 built).

    Raises:
        KitCycle, KitTooDeep, KitUndefined: the definition can't be built.
    """
    explode(kit_id, boms)
    most = 1
    while _can_build(kit_id, most, boms, atp_qty):
        most *= 2
    least = most // 2
    while most - least > 1:
        middle = (least + most) // 2
        if _can_build(kit_id, middle, boms, atp_qty):
            least = middle
        else:
            most = middle
    return least


def _can_build(kit_id: int, qty: int, boms: Boms, atp_qty: Mapping[int, int]) -> bool:
    free = dict(atp_qty)
    return all(_take(part, qty, boms, free) for part in needed(boms[kit_id]))


def _take(part: Part, kits: int, boms: Boms, free: dict[int, int]) -> bool:
    need = part.qty * kits
    ready = min(need, max(0, free.get(part.component_id, 0)))
    free[part.component_id] = free.get(part.component_id, 0) - ready
    lacking = need - ready
    if not lacking:
        return True
    return part.component_id in boms and all(
        _take(inner, lacking, boms, free) for inner in needed(boms[part.component_id])
    )
