"""Arrivals from a table: the rows of one supplier's number are one arrival, whole or not at all.

Each row says units of a SKU, and where known their carton (SSCC), lot and expiry.
docs/import-mapping.md tells the columns; docs/templates/arrivals.csv is a file to begin with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.gs1 import check_digit_holds
from core.imports.fields import FieldSpec, SourceRow
from core.imports.kinds import Group, ImportContext, TablePass
from core.imports.problems import Problem
from inventory.models import MOST_UNITS, Sku, Warehouse
from inventory.services.importing import find_skus
from suppliers.models import Asn, AsnCarton, AsnContent, AsnLine, Supplier
from suppliers.services import arrivals
from suppliers.services.drafts import ArrivalDraft, LineDraft
from suppliers.services.importing_papers import (
    PaperKind,
    PaperSession,
    rows_that_differ,
    text_field,
    unknown_codes,
    wrong,
)

UNDONE = "IMPORT_UNDONE"
#: What every row of one arrival must say alike.
SHARED = ("supplier", "warehouse", "expected_on", "carrier", "tracking")

FIELDS: tuple[FieldSpec, ...] = (
    text_field("reference", gettext_lazy("supplier's number"), "asn", "发货单号", required=True),
    text_field("supplier", gettext_lazy("supplier"), "supplier code", "供应商", required=True),
    text_field("warehouse", gettext_lazy("warehouse"), "warehouse code", "仓库", required=True),
    FieldSpec(
        "expected_on",
        gettext_lazy("expected on"),
        "date",
        aliases=("eta", "expected", "预计到货"),
    ),
    text_field("sku", gettext_lazy("SKU"), "code", "sku code", "商品编码", required=True),
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
    text_field("sscc", gettext_lazy("SSCC"), "carton", "pallet", "箱码", chars=20),
    text_field("lot", gettext_lazy("lot"), "batch", "lot code", "批次"),
    FieldSpec(
        "expiry",
        gettext_lazy("expires on"),
        "date",
        aliases=("expires on", "expiry date", "best before", "有效期"),
    ),
    text_field("carrier", gettext_lazy("carrier"), "承运商"),
    text_field("tracking", gettext_lazy("tracking number"), "运单号"),
)


class ArrivalImport(PaperKind):
    """The kind `arrivals`: one row per SKU, carton and lot, joined by the supplier's number."""

    code = "arrivals"
    title = gettext_lazy("Arrivals")
    capability = "suppliers.manage_arrivals"
    fields: tuple[FieldSpec, ...] = FIELDS
    paper = Asn

    def open(self, context: ImportContext, found: TablePass) -> ArrivalImportSession:
        """Begin a run."""
        del found
        return ArrivalImportSession(context)

    def take_back(self, paper_id: int, context: ImportContext) -> bool:
        """Cancel an arrival that has not come yet; one at the dock or counted stays."""
        asn = arrivals.lock(paper_id)
        if asn.state != "announced":
            return False
        arrivals.cancel(asn.pk, reason=UNDONE, actor=context.actor, at=context.at)
        # The labels may come again with the next file; a cancelled arrival must not hold them.
        AsnCarton.objects.filter(asn=asn).delete()
        return True


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


class ArrivalImportSession(PaperSession):
    """One run over one file of arrivals."""

    counted = "arrivals"
    refused_fix = gettext_lazy("Correct the rows of this arrival and import again.")

    def load(self, groups: Sequence[Group]) -> None:
        """Look up suppliers, warehouses, SKUs, cartons and arrivals announced before."""
        self.known = _Known()
        self.known.load([row for group in groups for row in group.rows])

    def is_known(self, group: Group) -> bool:
        """Say whether the supplier's number was announced before."""
        return (group.rows[0].values["supplier"], group.key) in self.known.announced

    def problems(self, group: Group) -> list[Problem]:
        """Return the cells that differ, name nothing we know, or can't be."""
        return _problems(group, self.known)

    def make(self, group: Group) -> Asn:
        """Announce the arrival with its cartons and lots."""
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


def _problems(group: Group, known: _Known) -> list[Problem]:
    first = group.rows[0].values
    is_known = (first["supplier"], group.key) in known.announced
    found = rows_that_differ(
        group,
        SHARED,
        code="ARRIVAL_ROWS_DIFFER",
        message=gettext_lazy("One arrival has one %(field)s; its first row says another."),
        fix=gettext_lazy("Give these rows a number of their own, or the same value."),
    )
    for row in group.rows:
        said = row.values
        found += _unknown(row, known)
        sscc = said["sscc"]
        if sscc and not (len(sscc) == 18 and sscc.isdecimal() and check_digit_holds(sscc)):
            message = _("This is no SSCC: 18 digits with a check digit.")
            found.append(wrong(row, "sscc", "BAD_SSCC", message, _("Copy it from the label.")))
        elif sscc in known.ssccs and not is_known:
            message = _("This SSCC is announced with another arrival.")
            found.append(wrong(row, "sscc", "SSCC_KNOWN", message, _("Check the label.")))
        if said["expiry"] is not None and not said["lot"]:
            message = _("An expiry date needs its lot.")
            found.append(wrong(row, "lot", "LOT_MISSING", message, _("Fill in the lot.")))
    return found


def _unknown(row: SourceRow, known: _Known) -> list[Problem]:
    found = unknown_codes(row, known.suppliers, known.skus, sku_code="ARRIVAL_SKU_MISSING")
    if row.values["warehouse"] not in known.warehouses:
        message = _("No warehouse has this code.")
        fix = _("Create the warehouse, or correct the code.")
        found.append(wrong(row, "warehouse", "ARRIVAL_WAREHOUSE_MISSING", message, fix))
    return found
