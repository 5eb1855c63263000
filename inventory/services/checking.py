"""Compare every cache of the stock with what it is derived from. Finds drift, repairs nothing.

Each rule is one or two grouped queries over the whole table, compared here: a million moves take
seconds. Run it in a transaction (repeatable read) or on a quiet database for a sharp answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, Q, Sum, Value, When

from inventory.domain.places import TRANSIT
from inventory.models import (
    BinReservation,
    BinStock,
    CostLayer,
    CostVariance,
    LandedShare,
    LayerConsumption,
    Reservation,
    StockLevel,
    StockMove,
    TransferLine,
)
from inventory.querysets.moves import ON_THE_WAY
from inventory.querysets.stock import OPEN_QTY

Sums = dict[tuple[Any, ...], int]


@dataclass(frozen=True, slots=True)
class Drift:
    """One number that is not what it is derived from."""

    rule: str
    where: str
    stored: int
    expected: int

    def as_dict(self) -> dict[str, str | int]:
        """Return the drift for JSON."""
        return asdict(self)


def check() -> list[Drift]:
    """Return every drift between caches and ledger; empty when the books balance."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return [drift for rule in RULES for drift in rule()]


def _compare(
    rule: str, names: str, stored: Mapping[Any, int], expected: Mapping[Any, int]
) -> list[Drift]:
    labels = names.split()
    return [
        Drift(
            rule,
            " ".join(f"{label}={value}" for label, value in zip(labels, key, strict=True)),
            stored.get(key, 0),
            expected.get(key, 0),
        )
        for key in sorted(stored.keys() | expected.keys(), key=str)
        if stored.get(key, 0) != expected.get(key, 0)
    ]


def _sums(rows: Iterable[tuple[Any, ...]]) -> Sums:
    return {tuple(key): value for *key, value in rows}


def _added(first: Sums, second: Sums, sign: int) -> Sums:
    total = dict(first)
    for key, value in second.items():
        total[key] = total.get(key, 0) + sign * value
    return total


def _ledger(entering: tuple[str, ...], leaving: tuple[str, ...], real: str) -> Sums:
    """Return arrivals less departures per place, from the moves alone."""
    moves = StockMove.objects.order_by()

    def sums(names: tuple[str, ...], end: str) -> Sums:
        rows = moves.filter(**{f"{end}_{real}": False}).values(*names).annotate(units=Sum("qty"))
        return _sums(rows.values_list(*names, "units"))

    return _added(sums(entering, "to"), sums(leaving, "from"), -1)


def on_hand_is_the_ledger() -> list[Drift]:
    """Compare `on_hand` of every level with the sum of its moves."""
    ledger = _ledger(
        ("to_warehouse_id", "sku_id"), ("from_warehouse_id", "sku_id"), "warehouse__isnull"
    )
    levels = StockLevel.objects.order_by().values_list("warehouse_id", "sku_id", "on_hand")
    return _compare("on_hand", "warehouse sku", _sums(levels), ledger)


def bins_are_the_ledger() -> list[Drift]:
    """Compare the units of every bin, SKU, lot and condition with the sum of their moves."""
    ledger = _ledger(
        ("to_bin_id", "sku_id", "lot_id", "condition_to"),
        ("from_bin_id", "sku_id", "lot_id", "condition_from"),
        "warehouse__isnull",
    )
    bins = BinStock.objects.order_by().values_list("bin_id", "sku_id", "lot_id", "condition", "qty")
    return _compare("bin_qty", "bin sku lot condition", _sums(bins), ledger)


def levels_are_the_bins() -> list[Drift]:
    """Compare `on_hand` and `unsellable` of every level with what lies in its bins."""
    sellable = Q(condition="good") & (Q(lot__isnull=True) | Q(lot__status="good"))
    rows = list(
        BinStock.objects.order_by()
        .values("bin__warehouse_id", "sku_id")
        .annotate(
            units=Sum("qty"),
            bad=Sum(
                Case(When(sellable, then=Value(0)), default=F("qty"), output_field=IntegerField())
            ),
        )
        .values_list("bin__warehouse_id", "sku_id", "units", "bad")
    )
    levels = list(
        StockLevel.objects.order_by().values_list("warehouse_id", "sku_id", "on_hand", "unsellable")
    )
    stored = {row[:2]: row[2] for row in levels}
    bad = {row[:2]: row[3] for row in levels}
    return [
        *_compare("bins_on_hand", "warehouse sku", stored, {row[:2]: row[2] for row in rows}),
        *_compare("unsellable", "warehouse sku", bad, {row[:2]: row[3] for row in rows}),
    ]


def reserved_is_promised() -> list[Drift]:
    """Compare `reserved` of every level with its pending reservations."""
    promised = (
        Reservation.objects.pending()
        .order_by()
        .values("level_id")
        .annotate(units=Sum(OPEN_QTY))
        .values_list("level_id", "units")
    )
    levels = StockLevel.objects.order_by().values_list("pk", "reserved")
    return _compare("reserved", "level", _sums(levels), _sums(promised))


def bin_reserved_is_claimed() -> list[Drift]:
    """Compare `reserved` of every bin stock row with the pending claims of picks."""
    claimed = (
        BinReservation.objects.pending()
        .order_by()
        .values("bin_stock_id")
        .annotate(units=Sum("qty"))
        .values_list("bin_stock_id", "units")
    )
    bins = BinStock.objects.filter(reserved__gt=0).order_by().values_list("pk", "reserved")
    return _compare("bin_reserved", "bin_stock", _sums(bins), _sums(claimed))


def layers_cover_stock() -> list[Drift]:
    """Compare the units left in cost layers with `on_hand`, and what left with consumptions."""
    left = (
        CostLayer.objects.filter(remaining_qty__gt=0)
        .order_by()
        .values("warehouse_id", "sku_id")
        .annotate(units=Sum("remaining_qty"))
        .values_list("warehouse_id", "sku_id", "units")
    )
    levels = StockLevel.objects.filter(on_hand__gt=0).order_by()
    gone = CostLayer.objects.filter(remaining_qty__lt=F("qty")).order_by()
    used = (
        LayerConsumption.objects.order_by()
        .values("layer_id")
        .annotate(units=Sum("qty"))
        .values_list("layer_id", "units")
    )
    return [
        *_compare(
            "cost_layers",
            "warehouse sku",
            _sums(left),
            _sums(levels.values_list("warehouse_id", "sku_id", "on_hand")),
        ),
        *_compare(
            "layer_used",
            "layer",
            _sums(gone.values_list("pk", F("qty") - F("remaining_qty"))),
            _sums(used),
        ),
    ]


def landed_costs_are_carried() -> list[Drift]:
    """Compare landed amounts (in millionths) on layers and in consumptions with what landed."""
    landed = _sums(
        LandedShare.objects.order_by()
        .values("layer_id")
        .annotate(amount=Sum(F("amount") - F("gone_amount")))
        .values_list("layer_id", "amount")
    )
    left = CostLayer.objects.exclude(landed_amount=0).order_by()
    taken = LayerConsumption.objects.exclude(landed_amount=0).order_by()
    carried = _added(
        _sums(left.values_list("pk", "landed_amount")),
        _sums(
            taken.values("layer_id")
            .annotate(amount=Sum("landed_amount"))
            .values_list("layer_id", "amount")
        ),
        1,
    )
    late = CostVariance.objects.order_by().values_list("share_id", "amount")
    gone = LandedShare.objects.exclude(gone_amount=0).order_by()
    return [
        *_compare("landed", "layer", _millionths(carried), _millionths(landed)),
        *_compare(
            "variance",
            "share",
            _millionths(_sums(late)),
            _millionths(_sums(gone.values_list("pk", "gone_amount"))),
        ),
    ]


def _millionths(sums: Sums) -> Sums:
    return {key: round(amount * 1_000_000) for key, amount in sums.items()}


def departures_are_costed() -> list[Drift]:
    """Compare the units that left the company with the consumptions of their moves, per SKU."""
    out = StockMove.objects.filter(from_warehouse__isnull=False, to_warehouse__isnull=True)
    left = out.order_by().values("from_warehouse_id", "sku_id").annotate(units=Sum("qty"))
    used = (
        LayerConsumption.objects.order_by()
        .values("move__from_warehouse_id", "move__sku_id")
        .annotate(units=Sum("qty"))
    )
    return _compare(
        "departures",
        "warehouse sku",
        _sums(used.values_list("move__from_warehouse_id", "move__sku_id", "units")),
        _sums(left.values_list("from_warehouse_id", "sku_id", "units")),
    )


def moves_name_their_warehouse() -> list[Drift]:
    """Find moves whose warehouses are not those of their bins."""
    drifts = []
    for end in ("from", "to"):
        wrong = (
            StockMove.objects.exclude(**{f"{end}_warehouse_id": F(f"{end}_bin__warehouse_id")})
            .exclude(**{f"{end}_warehouse__isnull": True, f"{end}_bin__warehouse__isnull": True})
            .order_by("pk")
            .values_list("pk", f"{end}_warehouse_id", f"{end}_bin__warehouse_id")
        )
        drifts += [
            Drift(f"move_{end}_warehouse", f"move={pk}", stored or 0, expected or 0)
            for pk, stored, expected in wrong
        ]
    return drifts


def transit_is_on_the_way() -> list[Drift]:
    """Compare what the ledger has in TRANSIT for each transfer line with what the line says."""
    moves = StockMove.objects.filter(owner_key__startswith="transfer_line:").order_by()

    def units(**end: int) -> Sums:
        rows = moves.filter(**end).values("owner_key").annotate(units=Sum("qty"))
        return _sums(rows.values_list("owner_key", "units"))

    in_transit = _added(units(to_bin_id=TRANSIT), units(from_bin_id=TRANSIT), -1)
    lines = TransferLine.objects.filter(shipped_qty__gt=0).annotate(on_the_way=ON_THE_WAY)
    said = {
        (f"transfer_line:{pk}",): qty
        for pk, qty in lines.order_by().values_list("pk", "on_the_way")
    }
    return _compare("in_transit", "line", said, in_transit)


RULES: tuple[Callable[[], list[Drift]], ...] = (
    on_hand_is_the_ledger,
    bins_are_the_ledger,
    levels_are_the_bins,
    reserved_is_promised,
    bin_reserved_is_claimed,
    layers_cover_stock,
    landed_costs_are_carried,
    departures_are_costed,
    moves_name_their_warehouse,
    transit_is_on_the_way,
)
