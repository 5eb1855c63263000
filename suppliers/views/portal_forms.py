"""Forms of the supplier's pages; they work without scripts, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QCodeField, QDateField, QDecimalField, QForm, QIntegerField, plain_text
from suppliers.domain import answering, carton_measures
from suppliers.domain.answering import LineTerms, WantedChange, real_change
from suppliers.domain.carton_measures import MeasureRefused, Measures
from suppliers.domain.shipment_rows import ShipmentRow
from suppliers.queries.answer_words import REASON_WORDS
from suppliers.queries.portal import PortalLine

REASONS = (("", _("Choose")), *REASON_WORDS.items())
MOST_UNITS = 10_000_000
#: A file with rows of a shipment may be this large.
MOST_BYTES = 256 * 1024
HEAD_FIELDS = ("expected_on", "carrier", "tracking", "reference")
ROW_FIELDS = ("sscc", "line", "qty", "lot", "expires", "kg", "size")
MEASURE_WORDS = {
    "kg": _("%(text)s is no weight. Enter kilograms above 0, for example 12.5."),
    "size": _("%(text)s is no size. Enter three sides in centimeters: 60 x 40 x 30."),
}


class AnswerForm(QForm):
    """Lines to confirm, and lines to change with a reason each."""

    comment = forms.CharField(
        label=_("Comment"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, lines: Sequence[PortalLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields |= {
                f"confirm_{line.pk}": forms.BooleanField(
                    label=_("Confirm as ordered"), required=False, initial=True
                ),
                f"qty_{line.pk}": QIntegerField(
                    label=_("Units"), min_value=0, max_value=MOST_UNITS, initial=line.qty
                ),
                f"on_{line.pk}": QDateField(label=_("Arrives on"), required=False, initial=line.on),
                f"price_{line.pk}": QDecimalField(
                    label=_("Unit price"),
                    min_value=0,
                    max_digits=15,
                    decimal_places=6,
                    initial=line.unit_price.normalize(),
                ),
                f"reason_{line.pk}": forms.ChoiceField(
                    label=_("Reason"), choices=REASONS, required=False
                ),
            }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for change in self.changes():
            if not change.reason:
                self.add_error(f"reason_{change.line_id}", _("Choose why this line changes."))
        return data

    def changes(self) -> list[WantedChange]:
        """Return the lines whose values are not as ordered."""
        data = self.cleaned_data
        found = []
        for line in self.lines:
            pk = line.pk
            if data.get(f"qty_{pk}") is None or data.get(f"price_{pk}") is None:
                continue
            wanted = WantedChange(
                pk,
                data.get(f"reason_{pk}", ""),
                data[f"qty_{pk}"],
                data.get(f"on_{pk}") or line.on,
                data[f"price_{pk}"],
            )
            real = real_change(LineTerms(line.qty, line.on, line.unit_price), wanted)
            if real is not None:
                found.append(real)
        return found

    def confirmed(self) -> list[int]:
        """Return the lines confirmed as ordered."""
        changed = {change.line_id for change in self.changes()}
        return [
            line.pk
            for line in self.lines
            if self.cleaned_data.get(f"confirm_{line.pk}") and line.pk not in changed
        ]

    def rows(self) -> list[tuple[PortalLine, dict[str, Any]]]:
        """Return each line with its fields."""
        names = ("confirm", "qty", "on", "price", "reason")
        return [(line, {name: self[f"{name}_{line.pk}"] for name in names}) for line in self.lines]


class DeclineForm(QForm):
    """Why a whole order is declined."""

    reason = forms.ChoiceField(
        label=_("Reason"), choices=[row for row in REASONS if row[0] != answering.QTY]
    )
    comment = forms.CharField(label=_("Comment"), max_length=400, required=False)


class MessageForm(QForm):
    """A message to the other side."""

    text = forms.CharField(
        label=_("Message"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AcceptForm(QForm):
    """Who accepts which terms: the name, a tick, and the fingerprint of what was shown."""

    agreement = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    expected = forms.CharField(max_length=64, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Your full name"), max_length=120)
    agreed = forms.BooleanField(label=_("I may accept these terms for my company, and I do."))


class ClaimForm(QForm):
    """Agree to an amount, or refuse with a reason."""

    act = forms.ChoiceField(choices=(("agree", "agree"), ("refuse", "refuse")))
    amount = QDecimalField(
        label=_("Amount you make good"), max_digits=16, decimal_places=4, required=False
    )
    reason = forms.CharField(label=_("Why you refuse"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("act") == "agree" and data.get("amount") is None and not self.errors:
            self.add_error("amount", _("Enter an amount."))
        if data.get("act") == "refuse" and not data.get("reason"):
            self.add_error("reason", _("Say why."))
        return data


class StepsForm(QForm):
    """Planned and done days of all milestones."""

    def __init__(self, *args: Any, steps: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps = steps
        for step in steps:
            self.fields[f"planned_{step.kind}"] = QDateField(
                label=_("Planned"), required=False, initial=step.planned_on
            )
            self.fields[f"actual_{step.kind}"] = QDateField(
                label=_("Done"), required=False, initial=step.actual_on
            )

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """Return each step with its two fields."""
        return [
            (step, self[f"planned_{step.kind}"], self[f"actual_{step.kind}"]) for step in self.steps
        ]


class ShipmentForm(QForm):
    """A shipment: head, rows of cartons, and a place to paste rows from a sheet."""

    expected_on = QDateField(label=_("Arrives on"))
    carrier = forms.CharField(label=_("Carrier"), max_length=80, required=False)
    tracking = QCodeField(label=_("Tracking number"), max_length=64, required=False)
    reference = QCodeField(label=_("Your shipment number"), max_length=64, required=False)
    pasted = forms.CharField(
        label=_("Rows from a sheet"),
        max_length=MOST_BYTES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_(
            "SSCC, SKU, units, lot, expiry, kg, cm: one carton per line, separated by tabs."
        ),
    )
    row_count = forms.IntegerField(min_value=0, max_value=5000, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        lines: Sequence[PortalLine] = (),
        rows: Sequence[Mapping[str, Any]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.row_total = self._count(len(rows))
        self.fields["row_count"].initial = self.row_total
        choices = [("", "—")] + [
            (str(line.pk), f"{line.sku_code} {line.supplier_code}".strip()) for line in lines
        ]
        for number in range(1, self.row_total + 1):
            start = rows[number - 1] if number <= len(rows) else {}
            self.fields |= {
                f"sscc_{number}": QCodeField(
                    label=_("SSCC"), max_length=40, required=False, initial=start.get("sscc")
                ),
                f"line_{number}": forms.ChoiceField(
                    label=_("SKU"), choices=choices, required=False, initial=start.get("line")
                ),
                f"qty_{number}": QIntegerField(
                    label=_("Units"),
                    min_value=0,
                    max_value=MOST_UNITS,
                    required=False,
                    initial=start.get("qty"),
                ),
                f"lot_{number}": QCodeField(
                    label=_("Lot"), max_length=64, required=False, initial=start.get("lot")
                ),
                f"expires_{number}": QDateField(
                    label=_("Expires on"), required=False, initial=start.get("expires")
                ),
                f"kg_{number}": forms.CharField(
                    label=_("Carton (kg)"),
                    max_length=12,
                    required=False,
                    initial=start.get("kg"),
                    widget=forms.TextInput(attrs={"inputmode": "decimal"}),
                ),
                f"size_{number}": forms.CharField(
                    label=_("Carton (cm)"),
                    max_length=24,
                    required=False,
                    initial=start.get("size"),
                    widget=forms.TextInput(attrs={"placeholder": "60 x 40 x 30"}),
                ),
            }

    def _count(self, given: int) -> int:
        if not self.is_bound:
            return given
        raw = str(self.data.get("row_count", "0"))
        return min(int(raw), 5000) if raw.isdigit() and len(raw) < 6 else 0

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in range(1, self.row_total + 1):
            for name, read in (
                ("kg", carton_measures.grams),
                ("size", carton_measures.millimeters),
            ):
                try:
                    data[f"{name}_{number}"] = read(data.get(f"{name}_{number}") or "")
                except MeasureRefused as error:
                    self.add_error(f"{name}_{number}", MEASURE_WORDS[name] % {"text": error.text})
        return data

    def measures(self) -> dict[str, Measures]:
        """Return weight and size by SSCC; rows without one say nothing of a carton."""
        data = self.cleaned_data
        rows = (
            (
                sscc_of(data.get(f"sscc_{number}") or ""),
                Measures(data.get(f"kg_{number}"), data.get(f"size_{number}")),
            )
            for number in range(1, self.row_total + 1)
        )
        return dict(carton_measures.by_carton(rows))

    def typed(self) -> dict[str, str]:
        """Return all that was typed, to be kept and shown again."""
        names = [*HEAD_FIELDS, "row_count"]
        numbers = range(1, self.row_total + 1)
        names += [f"{name}_{number}" for number in numbers for name in ROW_FIELDS]
        return {name: str(self.data.get(name, ""))[:80] for name in names}

    def shipment_rows(self) -> list[tuple[int, ShipmentRow]]:
        """Return the rows with anything in them, each with the number it has on the page."""
        data = self.cleaned_data
        found = []
        for number in range(1, self.row_total + 1):
            line, sscc = data.get(f"line_{number}"), sscc_of(data.get(f"sscc_{number}") or "")
            qty = data.get(f"qty_{number}")
            # A line chosen beforehand without units, carton or lot is left out of this shipment.
            if not (qty or sscc or data.get(f"lot_{number}")):
                continue
            row = ShipmentRow(
                int(line) if line else 0,
                qty or 0,
                sscc,
                data.get(f"lot_{number}") or "",
                data.get(f"expires_{number}"),
            )
            found.append((number, row))
        return found

    def table(self) -> list[dict[str, Any]]:
        """Return the fields row by row."""
        return [
            {"number": number, **{name: self[f"{name}_{number}"] for name in ROW_FIELDS}}
            for number in range(1, self.row_total + 1)
        ]


def sscc_of(text: str) -> str:
    """Return the 18 digits of a scanned or typed SSCC, as they are when it is something else."""
    plain = text.replace(" ", "").replace("(00)", "")
    return plain[2:] if len(plain) == 20 and plain.startswith("00") else plain


def rows_of_text(text: str, lines: Iterable[PortalLine]) -> list[dict[str, Any]]:
    """Return rows of a pasted or uploaded sheet: SSCC, SKU (ours or theirs), units, lot and so on.

    A first row with words instead of units is a heading. A SKU that is not on the order leaves
    its row without one, for the person to choose.
    """
    by_code: dict[str, int] = {}
    for line in lines:
        by_code.setdefault(line.sku_code.casefold(), line.pk)
        if line.supplier_code:
            by_code.setdefault(line.supplier_code.casefold(), line.pk)
    separator = next((mark for mark in "\t;," if mark in text), "\t")
    found: list[dict[str, Any]] = []
    for cells in csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=separator):
        row = [plain_text(cell) for cell in cells] + [""] * 7
        if not any(row) or (not found and row[2] and not row[2].isdigit()):
            continue
        found.append(
            {
                "sscc": sscc_of(row[0])[:40],
                "line": str(by_code.get(row[1].casefold(), "")),
                "qty": int(row[2]) if row[2].isascii() and row[2].isdigit() else None,
                "lot": row[3][:64],
                "expires": row[4],
                "kg": row[5][:12],
                "size": row[6][:24],
            }
        )
    return found
