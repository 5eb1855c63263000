"""The contexts of the floor's cards, shared by the page and by the answer to a scan."""

from __future__ import annotations

from typing import Any

from fulfillment import queries
from fulfillment.domain.pack_steps import PackCard
from fulfillment.models import Carton, CartonLine, Manifest, ManifestParcel, PickTask
from fulfillment.services import dispatch_desk, pack_desk, pick_desk
from fulfillment.views.box_card import box_context
from fulfillment.views.insert_cards import extras_context
from shipping.models import Parcel

#: Lines of a carton that the card shows at once; a wholesale order has hundreds.
MOST_LINES = 12

PICK_STEPS = ("bin", "item", "tote")


def pick_context(task: PickTask) -> dict[str, Any]:
    """Return what the pick card shows: task, its card, the walk, the three scan dots."""
    card = pick_desk.card_of(task)
    walk = queries.walk_of(task)
    step = "item" if card.step == "lot" else card.step
    return {
        "task": task,
        "card": card,
        "walk": [_tick(stop, task) for stop in walk],
        "position": next((i for i, stop in enumerate(walk, 1) if stop.pk == task.pk), 1),
        "total": len(walk),
        "dots": _dots(PICK_STEPS, step),
        "cutoff_at": task.shipment.cutoff_at,
        "timezone": task.warehouse.timezone,
    }


def pack_context(carton: Carton) -> dict[str, Any]:
    """Return what the pack screen shows: lines, box, weight, label."""
    card = pack_desk.card_of(carton)
    lines = _lines_shown(carton, card)
    return {
        "carton": carton,
        "card": card,
        "lines": lines,
        "more_lines": len(card.lines) - len(lines),
        "verified_qty": sum(line.verified_qty for line in card.lines),
        "total_qty": sum(line.qty for line in card.lines),
        "parcel": Parcel.objects.filter(pk=carton.parcel_id).first() if carton.parcel_id else None,
        "order": carton.shipment.order,
        "cutoff_at": carton.shipment.cutoff_at,
        "timezone": carton.shipment.warehouse.timezone,
        **extras_context(carton),
        **box_context(carton),
    }


def _lines_shown(carton: Carton, card: PackCard) -> list[CartonLine]:
    """Return the lines on the card: all of a usual order; of a long one the latest and next."""
    by_turn = sorted(
        card.lines,
        key=lambda line: (line.line_id != card.last_line_id, line.left_qty == 0, line.line_id),
    )
    shown = [line.line_id for line in by_turn[:MOST_LINES]]
    rows = CartonLine.objects.filter(carton=carton, pk__in=shown)
    return list(rows.select_related("sku", "lot").order_by("pk"))


def dispatch_context(manifest: Manifest) -> dict[str, Any]:
    """Return what the dispatch screen shows: loaded parcels and those still expected."""
    loaded = list(
        ManifestParcel.objects.filter(manifest=manifest)
        .order_by("-pk")
        .values_list("parcel_id", flat=True)
    )
    parcels = {row.pk: row for row in Parcel.objects.filter(pk__in=loaded[:20])}
    expected = dispatch_desk.expected(manifest) if manifest.state == "open" else []
    return {
        "manifest": manifest,
        "loaded": [parcels[pk] for pk in loaded[:20]],
        "loaded_count": len(loaded),
        "expected": expected[:20],
        "expected_count": len(loaded) + len(expected),
    }


def _tick(stop: PickTask, current: PickTask) -> str:
    if stop.pk == current.pk:
        return "now"
    return "todo" if stop.state in {"open", "skipped"} else "done"


def _dots(steps: tuple[str, ...], now: str) -> list[str]:
    at = steps.index(now)
    return ["done" if i < at else "now" if i == at else "todo" for i in range(len(steps))]
