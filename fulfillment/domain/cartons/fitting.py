"""Does it fit: proofs first, then the sorted and random orders, then the search in depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.domain.cartons import apart, blocks, corners, exact, greedy, proof, rounds
from fulfillment.domain.cartons.facts import Box, Effort, Placement, Unit
from fulfillment.domain.cartons.turns import refusal

#: Up to here every order is tried; above, blocks of like units come first.
FEW = 12
#: Above this only blocks and three sorted orders are tried.
MANY = 40


@dataclass(frozen=True, slots=True)
class Fit:
    """What was found for some units in one box.

    `verdict` is FITS (with `placements`), a proof that they don't (TOO_HEAVY, TOO_BULKY, TOO_LONG,
    APART, IMPOSSIBLE by pairs or by the exact solver), or NOT_FOUND.
    """

    verdict: str
    placements: tuple[Placement, ...] = ()

    @property
    def fits(self) -> bool:
        """Say whether a packing was found."""
        return self.verdict == "FITS"


def fit(units: Sequence[Unit], box: Box, effort: Effort) -> Fit:
    """Return the answer of the whole cascade for one box.

    Raises:
        PackingUnproved: the packing found breaks a rule; never expected.
    """
    found = quick(units, box, effort)
    return deep(units, box, effort) if found.verdict == "NOT_FOUND" else found


def quick(units: Sequence[Unit], box: Box, effort: Effort) -> Fit:
    """Return a proof that the units don't fit, a packing by ordered filling, or NOT_FOUND.

    Raises:
        PackingUnproved: as `fit`.
    """
    why = refusal(units, box)
    if why:
        return Fit(why)
    few = len(units) <= effort.pair_units
    if few and apart.is_impossible(units, box, effort.pair_nodes):
        return Fit("IMPOSSIBLE")
    placements = _first_whole(units, box, effort)
    return proved(units, box, placements) if placements else Fit("NOT_FOUND")


def deep(units: Sequence[Unit], box: Box, effort: Effort) -> Fit:
    """Return what search in depth, then the exact solver where installed, finds.

    Raises:
        PackingUnproved: as `fit`.
    """
    if len(units) <= effort.restart_units:
        placements = rounds.search(units, box, effort)
        if placements:
            return proved(units, box, placements)
    if len(units) <= effort.search_units:
        placements = corners.search(units, box, effort.nodes)
        if placements:
            return proved(units, box, placements)
    if effort.exact_seconds and len(units) <= effort.exact_units and exact.is_installed():
        verdict, placements = exact.solve(units, box, effort.exact_seconds)
        return proved(units, box, placements) if placements else Fit(verdict)
    return Fit("NOT_FOUND")


def most(units: Sequence[Unit], box: Box) -> list[Placement]:
    """Return the fullest filling of one box found, by volume; some units may be left out."""
    found = [blocks.fill(units, box, growth) for growth in blocks.GROWTHS]
    if len(units) <= MANY:
        lines = greedy.orders(units, Effort(tries=0))
        found += [greedy.fill(line, box, rule, whole=False) for line, rule in lines]
    return max(found, key=lambda placements: sum(one.unit.volume_mm3 for one in placements))


def _first_whole(units: Sequence[Unit], box: Box, effort: Effort) -> list[Placement]:
    count = len(units)
    if count > FEW:
        for growth in blocks.GROWTHS:
            placements = blocks.fill(units, box, growth)
            if len(placements) == count:
                return placements
    tries = effort.tries if count <= FEW else effort.tries * FEW // (2 * count)
    scaled = Effort(tries=0 if count > MANY else tries, seed=effort.seed)
    for number, (line, rule) in enumerate(greedy.orders(units, scaled)):
        if count > MANY and number == 3:
            break
        placements = greedy.fill(line, box, rule, whole=True)
        if placements:
            return placements
    return []


def proved(units: Sequence[Unit], box: Box, placements: Sequence[Placement]) -> Fit:
    """Return the packing as FITS once the independent check has passed it.

    Raises:
        PackingUnproved: it breaks a rule.
    """
    proof.check(box, units, placements)
    return Fit("FITS", tuple(placements))
