"""What the purchase order pages send, put into shape; the rules live in the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.forms import QDateField, QForm, QIntegerField, plain_number, plain_text
from core.scanning import parse_scan
from inventory.models import Sku
from suppliers.models import PurchaseLine, PurchaseOrder
from suppliers.services.purchase_drafts import LineAsk
from suppliers.services.purchase_lines import TYPED

MOST_LINES = 500


class PurchaseHeadForm(QForm):
    """Who sells, where to, how and by when."""

    supplier = forms.ChoiceField(label=_("Supplier"), choices=())
    warehouse = forms.ChoiceField(label=_("Warehouse"), choices=())
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        required=False,
        help_text=_("Empty: the supplier's own."),
    )
    mode = forms.ChoiceField(label=_("Transport"), choices=PurchaseOrder.Mode.choices)
    required_by = QDateField(label=_("Wanted by"), required=False)
    reason = forms.CharField(
        label=_("Why it is needed"),
        max_length=400,
        required=False,
        help_text=_("The approver reads it; the supplier does not."),
    )
    note = forms.CharField(label=_("Note to the supplier"), max_length=400, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, label=_("Version"))

    def __init__(
        self, *args: Any, suppliers: Any = (), warehouses: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("supplier", suppliers), ("warehouse", warehouses)):
            self.fields[name].choices = [(row.pk, f"{row.code} · {row.name}") for row in rows]


class ChangeForm(PurchaseHeadForm):
    """The same for an approved order, with why it changes."""

    change_reason = forms.CharField(
        label=_("Why it changes"),
        max_length=200,
        help_text=_("It stays on the new revision."),
    )


class EndForm(QForm):
    """Why an order ends."""

    CANCEL = (
        ("NOT_NEEDED", _("Not needed any more")),
        ("SUPPLIER_DECLINED", _("The supplier declined")),
        ("TOO_LATE", _("It would come too late")),
        ("PRICE", _("Too dear")),
        ("ENTERED_WRONG", _("Entered by mistake")),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=CANCEL)


class GiveUpForm(QForm):
    """Why the rest of an order is not waited for."""

    SHORT = (
        ("NOT_SENT", _("Never sent")),
        ("LOST_IN_TRANSIT", _("Lost on the way")),
        ("SUPPLIER_CANCELLED", _("Cancelled by the supplier")),
        ("NOT_NEEDED", _("Not needed any more")),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=SHORT)


class OneLineForm(QForm):
    """One typed line, to read its numbers the way all forms do."""

    need = QIntegerField(min_value=1, max_value=1_000_000_000)


@dataclass
class LineRow:
    """One line as typed, and what became of it: `error` says what to correct."""

    code: str
    need: str = ""
    price: str = ""
    why: str = ""
    error: str = ""
    sku: Sku | None = None
    priced: PurchaseLine | None = None

    def ask(self) -> LineAsk | None:
        """Return the line for the service, or None with `error` set."""
        if self.sku is None:
            self.error = _now("No SKU is called %(code)s.") % {"code": self.code}
            return None
        form = OneLineForm({"need": self.need})
        if not form.is_valid():
            self.error = _now("Enter how many units are needed, 1 or more.")
            return None
        price: Decimal | None = None
        if self.price:
            try:
                price = Decimal(plain_number(self.price))
            except InvalidOperation:
                self.error = _now("Write the price with a dot, for example 12.50.")
                return None
        return LineAsk(self.sku.pk, form.cleaned_data["need"], price, self.why)


@dataclass
class Lines:
    """The lines of the editor, and the SKUs a search offers."""

    rows: list[LineRow] = field(default_factory=list)
    offers: list[Sku] = field(default_factory=list)
    message: str = ""

    @classmethod
    def posted(cls, data: Any) -> Lines:
        """Read the parallel lists of a post; empty lines vanish."""
        columns = [data.getlist(name) for name in ("sku", "need", "price", "why")]
        rows = [
            LineRow(*(plain_text(value) for value in values))
            for values in zip(*columns, strict=False)
        ]
        found = cls([row for row in rows if row.code][:MOST_LINES])
        found.resolve()
        return found

    @classmethod
    def of(cls, lines: list[PurchaseLine]) -> Lines:
        """Show the lines of an order; only typed prices stand in their field."""
        return cls(
            [
                LineRow(
                    line.sku.code,
                    str(line.raw_need_qty or line.qty),
                    format(line.unit_price.normalize(), "f") if line.price_source == TYPED else "",
                    line.off_agreement_reason,
                    sku=line.sku,
                    priced=line,
                )
                for line in lines
            ]
        )

    def resolve(self) -> None:
        """Find the SKU of each line by its code. One query."""
        wanted = [row.code for row in self.rows if row.sku is None]
        known = {sku.code: sku for sku in Sku.objects.filter(code__in=wanted)}
        for row in self.rows:
            row.sku = row.sku or known.get(row.code)

    def asks(self) -> list[LineAsk] | None:
        """Return the lines for the service, or None when one has to be corrected."""
        found = [row.ask() for row in self.rows]
        return None if None in found else [ask for ask in found if ask is not None]

    def add(self, text: str, units: str = "") -> None:
        """Put a scanned, typed or searched SKU on the order; several matches become offers."""
        matches = _find(text)
        exact = [sku for sku in matches if sku.code.casefold() == text.casefold()]
        chosen = exact[:1] or (matches if len(matches) == 1 else [])
        if chosen:
            self._put(chosen[0], units)
        elif matches:
            self.offers = matches
        else:
            self.message = _now("Nothing is called %(code)s. Check the code, or search by name.")
            self.message %= {"code": text}

    def paste(self, text: str) -> None:
        """Put a pasted table on the order: SKU, units, price, reason; tab, semicolon or comma."""
        for number, line in enumerate(text.splitlines()[:MOST_LINES], start=1):
            mark = next((mark for mark in "\t;," if mark in line), "\t")
            cells = [plain_text(cell) for cell in line.split(mark)]
            if not cells[0]:
                continue
            if number == 1 and len(cells) > 1 and not plain_number(cells[1]).isdigit():
                continue  # The heading of the table.
            self.rows.append(LineRow(*(*cells, "", "", "")[:4]))
        self.resolve()

    def _put(self, sku: Sku, units: str) -> None:
        for row in self.rows:
            if row.sku is not None and row.sku.pk == sku.pk:
                have = int(row.need) if row.need.isdigit() else 0
                row.need, row.priced = str(have + int(units or 1)), None
                return
        self.rows.append(LineRow(sku.code, units or "1", sku=sku))


def _find(text: str) -> list[Sku]:
    """Return at most eight SKUs by code, barcode or name."""
    gtin = parse_scan(text).gtin
    codes = {text, gtin, gtin.lstrip("0")} - {""}
    rows = Sku.objects.filter(
        Q(code__istartswith=text)
        | Q(barcodes__code__in=codes)
        | Q(name__icontains=text)
        | Q(name_zh__contains=text)
    )
    return list(rows.distinct().order_by("code")[:8])
