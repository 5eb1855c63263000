"""The optional exact step: constraint programming over position, turn and separation.

Each unit has a position and one of its turns; each pair is parted along one of six directions; a
unit off the floor carries 60 % of its base by what ends right below. Needs the extra `exact`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from fulfillment.domain.cartons.facts import SUPPORT_PERCENT, Box, Placement, Unit
from fulfillment.domain.cartons.resting import crushes
from fulfillment.domain.cartons.turns import turns


def is_installed() -> bool:
    """Say whether the extra `exact` is installed."""
    return importlib.util.find_spec("ortools") is not None


def solve(units: Sequence[Unit], box: Box, seconds: float) -> tuple[str, list[Placement]]:
    """Return ("FITS", placements), ("IMPOSSIBLE", []) as a proof, or ("NOT_FOUND", []) in time.

    One worker and a fixed seed, so that equal input gives equal answers within the time limit.
    """
    from ortools.sat.python import cp_model  # noqa: PLC0415  # optional: the extra `exact`

    model = cp_model.CpModel()
    bodies = [_Body(model, unit, box, index) for index, unit in enumerate(units)]
    for first, second in combinations(bodies, 2):
        _part(model, first, second)
        if first.unit.kind == second.unit.kind:
            model.add(first.rank(box) <= second.rank(box))
    for body in bodies:
        _carry(model, body, bodies, box)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    answer = solver.solve(model)
    if answer in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return "FITS", [body.placement(solver) for body in bodies]
    return ("IMPOSSIBLE" if answer == cp_model.INFEASIBLE else "NOT_FOUND"), []


class _Body:
    """The variables of one unit: corner, turned size, end along each axis."""

    def __init__(self, model: Any, unit: Unit, box: Box, index: int) -> None:
        self.unit, self.index = unit, index
        ways = turns(unit.size, unit.this_side_up)
        self.at = [model.new_int_var(0, box.inner[axis], f"at{index}{axis}") for axis in range(3)]
        self.side = [model.new_int_var(1, box.inner[axis], f"s{index}{axis}") for axis in range(3)]
        self.end = [model.new_int_var(1, box.inner[axis], f"e{index}{axis}") for axis in range(3)]
        model.add_allowed_assignments(self.side, [list(way) for way in ways])
        for axis in range(3):
            model.add(self.end[axis] == self.at[axis] + self.side[axis])

    def rank(self, box: Box) -> Any:
        """Return what orders like units, so that mirror images are looked at once."""
        return self.at[2] * box.inner[0] + self.at[0]

    def placement(self, solver: Any) -> Placement:
        """Return where the solver put the unit."""
        x, y, z = (solver.value(variable) for variable in self.at)
        length, width, height = (solver.value(variable) for variable in self.side)
        return Placement(self.unit, (x, y, z), (length, width, height))


def _part(model: Any, first: _Body, second: _Body) -> None:
    literals = []
    for axis in range(3):
        for low, high in ((first, second), (second, first)):
            if axis == 2 and crushes(high.unit, low.unit):
                continue
            literal = model.new_bool_var(f"p{low.index}.{high.index}.{axis}")
            model.add(low.end[axis] <= high.at[axis]).only_enforce_if(literal)
            literals.append(literal)
    model.add_bool_or(literals)


def _carry(model: Any, body: _Body, bodies: Sequence[_Body], box: Box) -> None:
    """Ask 60 % of the base to lie on the floor or on units that end right below it."""
    on_floor = model.new_bool_var(f"floor{body.index}")
    model.add(body.at[2] == 0).only_enforce_if(on_floor)
    most = box.inner[0] * box.inner[1]
    base = model.new_int_var(1, most, f"base{body.index}")
    model.add_multiplication_equality(base, [body.side[0], body.side[1]])
    shares = [
        _share(model, body, other, box)
        for other in bodies
        if other is not body and not crushes(body.unit, other.unit)
    ]
    model.add(100 * sum(shares) >= SUPPORT_PERCENT * base).only_enforce_if(on_floor.negated())


def _share(model: Any, body: _Body, other: _Body, box: Box) -> Any:
    """Return the area by which `other` carries `body`: 0 unless it ends right below."""
    name = f"{body.index}.{other.index}"
    below = model.new_bool_var(f"below{name}")
    model.add(other.end[2] == body.at[2]).only_enforce_if(below)
    stretches = []
    for axis in range(2):
        room = box.inner[axis]
        end = model.new_int_var(0, room, f"m{name}.{axis}")
        start = model.new_int_var(0, room, f"n{name}.{axis}")
        length = model.new_int_var(0, room, f"l{name}.{axis}")
        model.add_min_equality(end, [body.end[axis], other.end[axis]])
        model.add_max_equality(start, [body.at[axis], other.at[axis]])
        model.add(length <= end - start).only_enforce_if(below)
        model.add(length == 0).only_enforce_if(below.negated())
        stretches.append(length)
    area = model.new_int_var(0, box.inner[0] * box.inner[1], f"a{name}")
    model.add_multiplication_equality(area, stretches)
    return area
