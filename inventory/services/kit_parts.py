"""What goes into one kit: the parts a worker scanned against the lines of the work order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import StateConflict, gettext_noop
from inventory.domain.kits import Part
from inventory.models import BinReservation, Bom, BomLine, WorkOrderLine
from inventory.queries.kits import direct_parts, read_boms


class WrongParts(StateConflict):
    """The scanned components are not those of one kit."""

    code = "WRONG_PARTS"
    text = gettext_noop("These are not the components of one kit. Scan them again.")


@dataclass(frozen=True, slots=True)
class PartTaken:
    """Units of one component lot that go into each kit."""

    line_id: int
    lot_id: int | None
    qty: int


def check_parts(
    parts: Sequence[PartTaken], lines: Mapping[int, WorkOrderLine]
) -> list[WorkOrderLine]:
    """Refuse what is not one kit; return the optional components it goes without."""
    units: dict[int, int] = dict.fromkeys(lines, 0)
    for part in parts:
        if part.line_id not in lines or part.qty < 1:
            raise WrongParts
        units[part.line_id] += part.qty
    left_out = [line for pk, line in lines.items() if line.is_optional and not units[pk]]
    claimed = _claimed(left_out)
    if any(claimed.get(line.owner_key, 0) >= line.per_kit_qty for line in left_out):
        raise WrongParts
    whole = (line for line in lines.values() if line not in left_out)
    if any(units[line.pk] != line.per_kit_qty for line in whole):
        raise WrongParts
    return left_out


def _claimed(lines: Sequence[WorkOrderLine]) -> dict[str, int]:
    claims = BinReservation.objects.pending().filter(owner_key__in=[row.owner_key for row in lines])
    units: dict[str, int] = {}
    for owner_key, qty in claims.values_list("owner_key", "qty"):
        units[owner_key] = units.get(owner_key, 0) + qty
    return units


def parts_of(bom: Bom) -> list[Part]:
    """Return what kits of one BOM version consist of, virtual kits inside them exploded."""
    rows = BomLine.objects.filter(bom=bom).select_related("component").order_by("pk")
    own = [Part(row.component_id, row.qty, row.price_share, row.is_optional) for row in rows]
    virtual = [row.component_id for row in rows if row.component.kind == "virtual_kit"]
    return direct_parts(bom.kit_id, {**read_boms(virtual), bom.kit_id: own})
