"""Stock from a file: each row is received once, however often the file comes.

The key of a row's stock event is the hash of the file's content and the line, so the ledger itself
refuses a second time. After an undo the key counts up, and the same file may come again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError
from core.imports.fields import FieldSpec, OptionSpec, SourceRow
from core.imports.kinds import (
    Applied,
    Change,
    Group,
    ImportContext,
    PlainKind,
    TablePass,
    UndoReport,
    Verdict,
)
from core.imports.problems import Problem
from core.models import ImportBatch
from inventory.domain.catalog import BinDraft, WarehouseDraft
from inventory.domain.lines import AdjustLine, ReceiveLine
from inventory.models import Bin, BinStock, Lot, Sku, StockEvent, StockLevel, Warehouse
from inventory.services import importing, places, stock
from inventory.services.lots import lock_lots, open_lots

MAX_QTY = 10_000_000
NEW_BIN = "STOCK"
RECEIPT = "inventory.StockEvent"

FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(
        "warehouse",
        gettext_lazy("warehouse"),
        required=True,
        max_chars=32,
        aliases=("warehouse code", "location", "仓库"),
        default="",
    ),
    FieldSpec(
        "sku",
        gettext_lazy("SKU"),
        required=True,
        max_chars=64,
        aliases=("code", "sku code", "商品编码"),
        default="",
    ),
    FieldSpec(
        "qty",
        gettext_lazy("quantity"),
        "whole",
        required=True,
        low=1,
        high=MAX_QTY,
        aliases=("quantity", "on hand", "stock", "数量"),
        default=0,
    ),
    FieldSpec("bin", gettext_lazy("bin"), max_chars=32, aliases=("shelf", "库位"), default=""),
    FieldSpec(
        "lot", gettext_lazy("lot"), max_chars=64, aliases=("batch", "lot code", "批次"), default=""
    ),
    FieldSpec(
        "expiry",
        gettext_lazy("expires on"),
        "date",
        aliases=("expires on", "expiry date", "best before", "有效期"),
    ),
    FieldSpec(
        "unit_cost",
        gettext_lazy("unit cost"),
        "decimal",
        high=Decimal(10_000_000),
        aliases=("cost", "单位成本"),
    ),
    FieldSpec("currency", gettext_lazy("currency"), max_chars=3, aliases=("币种",), default=""),
)

OPTIONS: tuple[OptionSpec, ...] = (
    OptionSpec("create_missing", gettext_lazy("create unknown places and products"), "flag", False),
    OptionSpec("date_format", gettext_lazy("date format"), "texts", ()),
    OptionSpec("warehouse_country", gettext_lazy("country of new warehouses"), "text", ""),
    OptionSpec("warehouse_zone", gettext_lazy("time zone of new warehouses"), "text", "UTC"),
)


class StockImport(PlainKind):
    """The kind `stock`: one row per warehouse, SKU, bin and lot."""

    code = "stock"
    title = gettext_lazy("Opening stock")
    capability = "inventory.adjust"
    fields: tuple[FieldSpec, ...] = FIELDS
    options: tuple[OptionSpec, ...] = OPTIONS

    def open(self, context: ImportContext, found: TablePass) -> StockImportSession:
        """Begin a run."""
        del found
        return StockImportSession(context)

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Book the units out again where they lie free; places and products stay."""
        return _take_out(context, list(changes))


@dataclass
class _Known:
    """Warehouses, bins and SKUs by code, kept for the run."""

    warehouses: dict[str, Warehouse] = field(default_factory=dict)
    bins: dict[tuple[int, str], Bin] = field(default_factory=dict)
    default_bins: dict[int, Bin] = field(default_factory=dict)
    skus: dict[str, Sku] = field(default_factory=dict)

    def load(self, rows: Sequence[SourceRow]) -> None:
        """Look up what these rows name, in four queries."""
        codes = {row.values["warehouse"] for row in rows} - self.warehouses.keys()
        found = Warehouse.objects.filter(code__in=sorted(codes)).order_by("pk")
        self.warehouses.update((row.code, row) for row in found)
        ids = [row.pk for row in self.warehouses.values()]
        names = {row.values["bin"] for row in rows if row.values["bin"]}
        for place in Bin.objects.filter(warehouse__in=ids, code__in=sorted(names)).order_by("pk"):
            self.bins[(place.warehouse_id or 0, place.code)] = place
        pickable = Bin.objects.filter(warehouse__in=ids, is_pickable=True, is_active=True)
        for place in pickable.order_by("-pick_sequence", "-pk"):
            self.default_bins[place.warehouse_id or 0] = place
        self.skus.update(importing.find_skus(row.values["sku"] for row in rows))

    def bin_of(self, row: SourceRow) -> Bin | None:
        """Return the bin a row names, the first pickable one when it names none."""
        warehouse = self.warehouses.get(row.values["warehouse"])
        if warehouse is None:
            return None
        code = row.values["bin"]
        if code:
            return self.bins.get((warehouse.pk, code))
        return self.default_bins.get(warehouse.pk)


class StockImportSession:
    """One run over one file of stock."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context
        self.create_missing = bool(context.option("create_missing"))
        self.known = _Known()
        undone = ImportBatch.objects.filter(
            kind=StockImport.code, file__sha256=context.file_sha256, status="undone"
        ).count()
        self.prefix = f"stock-file:{context.file_sha256}" + (f":{undone}" if undone else "")

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say which rows would be received, were received before, or can't be."""
        rows = [group.rows[0] for group in groups]
        self.known.load([row for row in rows if not row.problems])
        received = self._received(rows)
        return [self._verdict(row, received) for row in rows]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Receive the rows of a chunk; a row the ledger refuses leaves the others alone."""
        verdicts = self.check(groups)
        fresh = [
            group.rows[0]
            for group, verdict in zip(groups, verdicts, strict=True)
            if verdict.outcome == "new"
        ]
        if self.create_missing:
            self._create_places(fresh)
            self._create_skus(fresh)
        self._open_lots(fresh)
        changes: list[Change] = []
        refused: dict[int, DomainError] = {}
        for row in fresh:
            try:
                changes.append(self._receive(row))
            except DomainError as error:
                refused[row.line] = error
        verdicts = [_refused(v, refused[v.line]) if v.line in refused else v for v in verdicts]
        return Applied(verdicts, changes)

    def finish(self) -> None:
        """Nothing is left to do at the end of the file."""

    def _key(self, row: SourceRow) -> str:
        return f"{self.prefix}:{row.line}"

    def _received(self, rows: Sequence[SourceRow]) -> set[str]:
        keys = [self._key(row) for row in rows]
        return set(
            StockEvent.objects.filter(event_key__in=keys).values_list("event_key", flat=True)
        )

    def _verdict(self, row: SourceRow, received: set[str]) -> Verdict:
        values = row.values
        key = f"{values['warehouse']} / {values['sku']}"
        problems = list(row.problems) or self._problems(row)
        if self._key(row) in received:
            return Verdict(row.line, key, "same", tally={"set_aside:ALREADY_IMPORTED": 1})
        if problems:
            tally = {"set_aside:UNREADABLE": 1}
            return Verdict(row.line, key, "error", problems=problems, tally=tally)
        diff = {"qty": ["", str(values["qty"])]}
        tally = {"lines_imported": 1, "units_received": values["qty"]}
        return Verdict(row.line, key, "new", diff=diff, tally=tally)

    def _problems(self, row: SourceRow) -> list[Problem]:
        values = row.values
        found: list[Problem] = []
        if not self.create_missing:
            fix = _("Create it first, or choose to create what is unknown.")
            if values["warehouse"] not in self.known.warehouses:
                message = _("There is no warehouse with this code.")
                found.append(_problem(row, "warehouse", "UNKNOWN_WAREHOUSE", message, fix))
            elif self.known.bin_of(row) is None:
                message = _("The warehouse has no such bin.")
                found.append(_problem(row, "bin", "UNKNOWN_BIN", message, fix))
            if values["sku"] not in self.known.skus:
                message = _("No product has this SKU.")
                found.append(_problem(row, "sku", "UNKNOWN_SKU", message, fix))
        sku = self.known.skus.get(values["sku"])
        if sku is not None and sku.lot_tracked and not values["lot"]:
            message = _("This SKU is tracked by lot.")
            found.append(
                _problem(row, "lot", "LOT_REQUIRED", message, _("Write the lot, and its expiry."))
            )
        return found

    def _create_places(self, rows: Sequence[SourceRow]) -> None:
        context = self.context
        country = str(context.option("warehouse_country") or "")
        zone = str(context.option("warehouse_zone") or "UTC")
        for code in dict.fromkeys(row.values["warehouse"] for row in rows):
            if code not in self.known.warehouses:
                draft = WarehouseDraft(code=code, country=country or None, timezone=zone)
                self.known.warehouses[code] = places.save_warehouse(
                    draft, actor=context.actor, at=context.at
                )
        wanted: dict[str, dict[str, None]] = {}
        for row in rows:
            if self.known.bin_of(row) is None:
                code = row.values["bin"] or NEW_BIN
                wanted.setdefault(row.values["warehouse"], {})[code] = None
        for warehouse_code, codes in wanted.items():
            warehouse = self.known.warehouses[warehouse_code]
            saved = places.save_bins(
                warehouse.pk,
                [BinDraft(code=code) for code in codes],
                actor=context.actor,
                at=context.at,
            )
            for code, place in saved.items():
                self.known.bins[(warehouse.pk, code)] = place
                self.known.default_bins.setdefault(warehouse.pk, place)

    def _create_skus(self, rows: Sequence[SourceRow]) -> None:
        lots = {row.values["sku"] for row in rows if row.values["lot"]}
        unknown = dict.fromkeys(
            row.values["sku"] for row in rows if row.values["sku"] not in self.known.skus
        )
        created = importing.create_skus(dict.fromkeys(unknown, ""), lot_tracked=lots)
        self.known.skus.update((sku.code, sku) for sku in created)

    def _open_lots(self, rows: Sequence[SourceRow]) -> None:
        named = [(self.known.skus[row.values["sku"]], row.values) for row in rows]
        open_lots(
            [
                (sku.pk, values["lot"], values["expiry"])
                for sku, values in named
                if sku.lot_tracked and values["lot"]
            ],
            at=self.context.at,
        )

    def _receive(self, row: SourceRow) -> Change:
        values = row.values
        place = self.known.bin_of(row)
        sku = self.known.skus[values["sku"]]
        line = ReceiveLine(
            bin_id=place.pk if place else 0,
            sku_id=sku.pk,
            qty=values["qty"],
            lot_code=values["lot"],
            expires_on=values["expiry"],
            unit_cost=values["unit_cost"],
            currency=values["currency"].upper(),
        )
        result = stock.receive(
            [line],
            event_key=self._key(row),
            actor=self.context.actor,
            at=self.context.at,
            reason="OPENING_STOCK",
        )
        kept = {
            "bin_id": line.bin_id,
            "sku_id": line.sku_id,
            "lot": line.lot_code,
            "qty": line.qty,
            "warehouse_id": place.warehouse_id if place else None,
        }
        label = f"{values['warehouse']} / {values['sku']}"
        return Change(RECEIPT, result.event_id, label, None, kept)


def _problem(row: SourceRow, field_name: str, code: str, message: str, fix: str) -> Problem:
    return Problem(row.line, field_name, str(row.values[field_name]), code, message, fix)


def _refused(verdict: Verdict, error: DomainError) -> Verdict:
    problem = Problem(
        verdict.line,
        "",
        verdict.key,
        error.code,
        str(error),
        _("Correct the row and import again."),
    )
    tally = {"set_aside:REFUSED": 1}
    return Verdict(verdict.line, verdict.key, "error", problems=[problem], tally=tally)


def _take_out(context: ImportContext, changes: Sequence[Change]) -> UndoReport:
    """Book out what was received, row by row, where the units still lie free in their bin."""
    report = UndoReport()
    receipts = [change for change in changes if change.model == RECEIPT]
    _lock_lots_of([change.after for change in receipts])
    for change in receipts:
        line = _free_line(change.after)
        if line is None:
            report.touched.append(change.label)
            continue
        stock.adjust(
            [line],
            event_key=f"stock-file-undo:{context.batch_id}:{change.object_id}",
            actor=context.actor,
            at=context.at,
            reason="IMPORT_UNDONE",
        )
        report.removed += 1
    return report


def _lock_lots_of(kept: Sequence[Mapping[str, Any]]) -> None:
    """Lock every lot of the rows before the first level: the rows are booked one by one."""
    named = {(row["sku_id"], row["lot"]) for row in kept if row["lot"]}
    lots = Lot.objects.filter(
        sku_id__in={sku_id for sku_id, _code in named}, code__in={code for _sku, code in named}
    )
    rows = lots.values_list("pk", "sku_id", "code")
    lock_lots(pk for pk, sku_id, code in rows if (sku_id, code) in named)


def _free_line(kept: Mapping[str, Any]) -> AdjustLine | None:
    """Return the line that books the units out, None when some are promised, picked or gone."""
    lot = Lot.objects.filter(sku_id=kept["sku_id"], code=kept["lot"]).first()
    row = BinStock.objects.filter(
        bin_id=kept["bin_id"], sku_id=kept["sku_id"], lot=lot, condition="good"
    ).first()
    level = StockLevel.objects.filter(
        warehouse_id=kept["warehouse_id"], sku_id=kept["sku_id"]
    ).first()
    qty = int(kept["qty"])
    if row is None or level is None or row.qty - row.reserved < qty:
        return None
    if level.on_hand - level.unsellable - level.reserved - level.buffer < qty:
        return None
    return AdjustLine(
        bin_id=row.bin_id, sku_id=row.sku_id, delta_qty=-qty, lot_id=lot.pk if lot else None
    )
