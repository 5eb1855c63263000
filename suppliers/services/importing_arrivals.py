"""Arrivals from a table: the rows of one supplier's number are one arrival, whole or not at all.

Each row says units of a SKU, and where known their carton (SSCC), lot and expiry.
docs/import-mapping.md tells the columns; docs/templates/arrivals.csv is a file to begin with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError
from core.gs1 import check_digit_holds
from core.imports import snapshots
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
from core.imports.problems import Problem, shown
from inventory.models import MOST_UNITS, Sku, Warehouse
from inventory.services.importing import find_skus
from suppliers.models import Asn, AsnCarton, AsnContent, AsnLine, Supplier
from suppliers.services import arrivals
from suppliers.services.drafts import ArrivalDraft, LineDraft

UNDONE = "IMPORT_UNDONE"
#: What every row of one arrival must say alike.
SHARED = ("supplier", "warehouse", "expected_on", "carrier", "tracking")


def _text(name: str, label: Any, *aliases: str, chars: int = 64, required: bool = False) -> Any:
    return FieldSpec(name, label, required=required, max_chars=chars, aliases=aliases, default="")


FIELDS: tuple[FieldSpec, ...] = (
    _text("reference", gettext_lazy("supplier's number"), "asn", "发货单号", required=True),
    _text("supplier", gettext_lazy("supplier"), "supplier code", "供应商", required=True),
    _text("warehouse", gettext_lazy("warehouse"), "warehouse code", "仓库", required=True),
    FieldSpec(
        "expected_on",
        gettext_lazy("expected on"),
        "date",
        aliases=("eta", "expected", "预计到货"),
    ),
    _text("sku", gettext_lazy("SKU"), "code", "sku code", "商品编码", required=True),
    FieldSpec(
        "qty",
        gettext_lazy("quantity"),
        "whole",
        required=True,
        low=1,
        high=MOST_UNITS,
        aliases=("quantity", "units", "数量"),
        default=0,
    ),
    _text("sscc", gettext_lazy("SSCC"), "carton", "pallet", "箱码", chars=20),
    _text("lot", gettext_lazy("lot"), "batch", "lot code", "批次"),
    FieldSpec(
        "expiry",
        gettext_lazy("expires on"),
        "date",
        aliases=("expires on", "expiry date", "best before", "有效期"),
    ),
    _text("carrier", gettext_lazy("carrier"), "承运商"),
    _text("tracking", gettext_lazy("tracking number"), "运单号"),
)


class ArrivalImport(PlainKind):
    """The kind `arrivals`: one row per SKU, carton and lot, joined by the supplier's number."""

    code = "arrivals"
    title = gettext_lazy("Arrivals")
    capability = "suppliers.manage_arrivals"
    group_field = "reference"
    fields: tuple[FieldSpec, ...] = FIELDS
    options: tuple[OptionSpec, ...] = (
        OptionSpec("date_format", gettext_lazy("date format"), "texts", ()),
    )

    def open(self, context: ImportContext, found: TablePass) -> ArrivalImportSession:
        """Begin a run."""
        del found
        return ArrivalImportSession(context)

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Cancel the arrivals that have not come yet; those at the dock or counted stay."""
        report = UndoReport()
        for change in changes:
            if change.model == Asn._meta.label:
                _take_back(change, context, report)
        return report


def _take_back(change: Change, context: ImportContext, report: UndoReport) -> None:
    asn = arrivals.lock(change.object_id)
    if asn.state != "announced":
        report.in_use.append(change.label)
        return
    arrivals.cancel(asn.pk, reason=UNDONE, actor=context.actor, at=context.at)
    # The labels may come again with the next file; a cancelled arrival must not hold them.
    AsnCarton.objects.filter(asn=asn).delete()
    report.removed += 1


@dataclass
class _Known:
    """Suppliers, warehouses and SKUs by code, and arrivals that were announced before."""

    suppliers: dict[str, int] = field(default_factory=dict)
    warehouses: set[str] = field(default_factory=set)
    skus: dict[str, Sku] = field(default_factory=dict)
    announced: set[tuple[str, str]] = field(default_factory=set)
    ssccs: set[str] = field(default_factory=set)

    def load(self, rows: Sequence[SourceRow]) -> None:
        """Look up what these rows name, in five queries."""
        said: dict[str, list[str]] = {
            name: sorted({str(row.values[name]) for row in rows})
            for name in ("supplier", "warehouse", "reference", "sscc")
        }
        suppliers = Supplier.objects.active().filter(code__in=said["supplier"])
        self.suppliers = dict(suppliers.values_list("code", "pk"))
        places = Warehouse.objects.filter(code__in=said["warehouse"])
        self.warehouses = set(places.values_list("code", flat=True))
        self.skus = find_skus(str(row.values["sku"]) for row in rows)
        known = Asn.objects.filter(reference__in=said["reference"]).exclude(state="cancelled")
        self.announced = set(known.values_list("supplier__code", "reference"))
        cartons = AsnCarton.objects.filter(sscc__in=said["sscc"])
        self.ssccs = set(cartons.values_list("sscc", flat=True))


class ArrivalImportSession:
    """One run over one file of arrivals."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say for each arrival whether it is new, known, or which cells are wrong."""
        known = _Known()
        known.load([row for group in groups if not group.problems for row in group.rows])
        return [_verdict(group, known) for group in groups]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Announce the arrivals that have no fault; a refused one leaves the others."""
        verdicts: list[Verdict] = []
        changes: list[Change] = []
        for group, seen in zip(groups, self.check(groups), strict=True):
            verdict = seen
            if seen.outcome == "new":
                try:
                    with transaction.atomic():
                        changes.append(snapshots.created(self._announce(group)))
                except DomainError as error:
                    verdict = _error(group, [_refusal(group, error)])
            verdicts.append(verdict)
        return Applied(verdicts, changes)

    def finish(self) -> None:
        """Nothing is left to do at the end of the file."""

    def _announce(self, group: Group) -> Asn:
        first = group.rows[0].values
        draft = ArrivalDraft(
            supplier_code=first["supplier"],
            warehouse_code=first["warehouse"],
            lines=tuple(LineDraft(row.values["sku"], row.values["qty"]) for row in group.rows),
            reference=group.key,
            carrier=first["carrier"],
            tracking=first["tracking"],
            expected_on=first["expected_on"],
            ssccs=tuple(sorted({row.values["sscc"] for row in group.rows} - {""})),
        )
        asn = arrivals.announce(draft, actor=self.context.actor, at=self.context.at)
        _write_contents(asn, group.rows)
        return asn


def _write_contents(asn: Asn, rows: Sequence[SourceRow]) -> None:
    lines = dict(AsnLine.objects.filter(asn=asn).values_list("sku__code", "pk"))
    cartons = dict(AsnCarton.objects.filter(asn=asn).values_list("sscc", "pk"))
    AsnContent.objects.bulk_create(
        [
            AsnContent(
                asn_line_id=lines[row.values["sku"]],
                carton_id=cartons.get(row.values["sscc"]),
                position=position,
                qty=row.values["qty"],
                lot_code=row.values["lot"],
                expires_on=row.values["expiry"],
            )
            for position, row in enumerate(rows, start=1)
        ],
        batch_size=500,
    )


def _verdict(group: Group, known: _Known) -> Verdict:
    problems = list(group.problems) or _problems(group, known)
    if problems:
        return _error(group, problems)
    lines = len(group.rows)
    if (group.rows[0].values["supplier"], group.key) in known.announced:
        tally = {"set_aside:ALREADY_IMPORTED": lines}
        return Verdict(group.line, group.key, "same", lines, tally=tally)
    units = sum(row.values["qty"] for row in group.rows)
    tally = {"lines_imported": lines, "arrivals": 1, "units": units}
    diff = {"units": ["", str(units)]}
    return Verdict(group.line, group.key, "new", lines, diff=diff, tally=tally)


def _problems(group: Group, known: _Known) -> list[Problem]:
    first = group.rows[0].values
    is_known = (first["supplier"], group.key) in known.announced
    found = []
    for row in group.rows:
        said = row.values
        for name in SHARED:
            if said[name] != first[name]:
                message = _("One arrival has one %(field)s; its first row says another.")
                fix = _("Give these rows a number of their own, or the same value.")
                found.append(
                    _wrong(row, name, "ARRIVAL_ROWS_DIFFER", message % {"field": name}, fix)
                )
        found += _unknown(row, known)
        sscc = said["sscc"]
        if sscc and not (len(sscc) == 18 and sscc.isdecimal() and check_digit_holds(sscc)):
            message = _("This is no SSCC: 18 digits with a check digit.")
            found.append(_wrong(row, "sscc", "BAD_SSCC", message, _("Copy it from the label.")))
        elif sscc in known.ssccs and not is_known:
            message = _("This SSCC is announced with another arrival.")
            found.append(_wrong(row, "sscc", "SSCC_KNOWN", message, _("Check the label.")))
        if said["expiry"] is not None and not said["lot"]:
            message = _("An expiry date needs its lot.")
            found.append(_wrong(row, "lot", "LOT_MISSING", message, _("Fill in the lot.")))
    return found


def _unknown(row: SourceRow, known: _Known) -> list[Problem]:
    said = row.values
    found = []
    if said["supplier"] not in known.suppliers:
        message = _("No supplier in use has this code.")
        fix = _("Create the supplier, or correct the code.")
        found.append(_wrong(row, "supplier", "SUPPLIER_MISSING", message, fix))
    if said["warehouse"] not in known.warehouses:
        message = _("No warehouse has this code.")
        fix = _("Create the warehouse, or correct the code.")
        found.append(_wrong(row, "warehouse", "ARRIVAL_WAREHOUSE_MISSING", message, fix))
    if said["sku"] not in known.skus:
        message = _("No SKU has this code.")
        fix = _("Create the product, or correct the code.")
        found.append(_wrong(row, "sku", "ARRIVAL_SKU_MISSING", message, fix))
    return found


def _wrong(row: SourceRow, name: str, code: str, message: str, fix: str) -> Problem:
    value = row.values[name]
    return Problem(row.line, name, shown("" if value is None else str(value)), code, message, fix)


def _error(group: Group, problems: Sequence[Problem]) -> Verdict:
    tally = {"set_aside:UNREADABLE": len(group.rows)}
    lines = len(group.rows)
    return Verdict(group.line, group.key, "error", lines, problems=problems, tally=tally)


def _refusal(group: Group, error: DomainError) -> Problem:
    fix = _("Correct the rows of this arrival and import again.")
    return Problem(group.line, "reference", shown(group.key), error.code, str(error), fix)
