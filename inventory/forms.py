"""Shape of what the stock pages send; the rules live in the services."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QDateField, QDecimalField, QForm, QIntegerField, SkuLinesForm
from inventory.domain.catalog import BomLineDraft
from inventory.models import LotExtension


class AdjustForm(QForm):
    """Units found (+) or gone (-) in one bin, and why."""

    REASONS = (
        ("COUNT", _("Counted")),
        ("FOUND", _("Found")),
        ("LOST", _("Lost")),
        ("DAMAGED", _("Damaged")),
        ("DATA_ERROR", _("Entry corrected")),
    )
    delta_qty = QIntegerField(
        label=_("Difference"), help_text=_("-2 takes two away, 3 adds three"), min_value=-100_000
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS)


class MoveForm(QForm):
    """Units that go to another bin."""

    qty = QIntegerField(label=_("Units"), min_value=1, max_value=100_000)
    to_bin = forms.CharField(
        label=_("To bin"), max_length=40, widget=forms.TextInput(attrs={"data-scan": "accept"})
    )


class CountRequestForm(QForm):
    """Bins to count, by their codes."""

    bins = forms.CharField(
        label=_("Bins"),
        help_text=_("Codes with spaces between them"),
        max_length=2_000,
        widget=forms.TextInput(attrs={"data-scan": "accept"}),
    )


class NoteForm(QForm):
    """A decision and, if one likes, why."""

    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class ExtensionForm(QForm):
    """A later last day for a lot, and the document that says so."""

    MOST_BYTES = 8 * 1024 * 1024
    KINDS = (
        (b"%PDF-", "application/pdf"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
    )
    to_on = QDateField(label=_("New last day"))
    reason = forms.ChoiceField(label=_("Reason"), choices=LotExtension.Reason.choices)
    document = forms.FileField(
        label=_("Document"),
        help_text=_("PDF, JPEG or PNG, up to 8 MB."),
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean_document(self) -> Any:
        document = self.cleaned_data["document"]
        if document.size > self.MOST_BYTES:
            raise forms.ValidationError(_("This document has more than 8 MB. Take a smaller one."))
        head = document.read(16)
        document.seek(0)
        mimes = [mime for mark, mime in self.KINDS if head.startswith(mark)]
        if not mimes:
            raise forms.ValidationError(_("This is no PDF, JPEG or PNG. Take another file."))
        document.mime = mimes[0]
        return document


class LotReasonForm(QForm):
    """Why a lot is held or released."""

    reason = forms.CharField(label=_("Reason"), max_length=64)


class TransferForm(SkuLinesForm):
    """A transfer typed in: from, to, up to eight SKUs."""

    source = forms.ChoiceField(label=_("From"), choices=())
    destination = forms.ChoiceField(label=_("To"), choices=())
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(
        self, *args: Any, sources: Any = (), destinations: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [(code, code) for code in sources]
        self.fields["destination"].choices = [(code, code) for code in destinations]


class TransferReasonForm(QForm):
    """Why a transfer is cancelled."""

    reason = forms.CharField(label=_("Reason"), max_length=64)


class TransferLossForm(QForm):
    """Why units on the way are written off."""

    REASONS = (
        ("LOST", _("Lost on the way")),
        ("DAMAGED", _("Destroyed on the way")),
        ("MISCOUNTED", _("Never loaded")),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS)


class TransferBackForm(QForm):
    """Where units come back to in the source, and why."""

    to_bin = forms.CharField(
        label=_("Into bin"), max_length=32, widget=forms.TextInput(attrs={"data-scan": "accept"})
    )
    reason = forms.CharField(label=_("Reason"), max_length=64)


class TransferFoundForm(QForm):
    """Units that came although they were not on the way."""

    sku = forms.CharField(
        label=_("SKU"), max_length=64, widget=forms.TextInput(attrs={"data-scan": "accept"})
    )
    lot = forms.CharField(label=_("Lot"), max_length=64, required=False)
    qty = QIntegerField(label=_("Units"), min_value=1, max_value=100_000)
    to_bin = forms.CharField(
        label=_("In bin"), max_length=32, widget=forms.TextInput(attrs={"data-scan": "accept"})
    )
    reason = forms.CharField(label=_("Reason"), max_length=64)


class WorkOrderForm(QForm):
    """Kits to be built or taken apart: which, where, how many, until when."""

    WORK = (("build", _("Build")), ("unkit", _("Take apart")))

    kit = forms.CharField(
        label=_("Kit"), max_length=64, widget=forms.TextInput(attrs={"data-scan": "accept"})
    )
    warehouse = forms.ChoiceField(label=_("Warehouse"), choices=())
    work = forms.ChoiceField(label=_("Work"), choices=WORK)
    qty = QIntegerField(label=_("Kits"), min_value=1, max_value=100_000)
    due_on = QDateField(label=_("Due on"), required=False)
    to_bin = forms.CharField(
        label=_("Put into bin"),
        max_length=32,
        required=False,
        help_text=_("Empty: where the kit lies already"),
        widget=forms.TextInput(attrs={"data-scan": "accept"}),
    )

    def __init__(self, *args: Any, warehouses: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].choices = [(code, code) for code in warehouses]


class KitPartsForm(SkuLinesForm):
    """The components of a kit: units, share of the price in per cent, and what may be left out."""

    LINES: ClassVar[range] = range(1, 13)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in self.LINES:
            self.fields[f"share_{number}"] = QDecimalField(
                label=_("Share of the price (%)"),
                required=False,
                min_value=0,
                max_value=100,
                decimal_places=6,
            )
            self.fields[f"optional_{number}"] = forms.BooleanField(
                label=_("Optional"), required=False
            )

    def drafts(self) -> list[BomLineDraft]:
        """Return the filled lines; shares as parts of 1."""
        data = self.cleaned_data
        return [
            BomLineDraft(
                data[f"sku_{n}"].strip(),
                data[f"qty_{n}"],
                None if data[f"share_{n}"] is None else data[f"share_{n}"] / 100,
                data[f"optional_{n}"],
            )
            for n in self.LINES
            if data.get(f"sku_{n}")
        ]

    def part_fields(self) -> list[tuple[Any, ...]]:
        """Return the four fields of each line."""
        names = ("sku", "qty", "share", "optional")
        return [tuple(self[f"{name}_{number}"] for name in names) for number in self.LINES]


class WorkOrderReasonForm(QForm):
    """Why a work order is closed short or cancelled."""

    reason = forms.CharField(label=_("Reason"), max_length=64)


class PickFaceForm(QForm):
    """A SKU at a pick bin: refilled below its least, up to its most. A known one keeps its bin."""

    warehouse = forms.ChoiceField(label=_("Warehouse"), choices=())
    bin = forms.CharField(
        label=_("Bin"), max_length=40, widget=forms.TextInput(attrs={"data-scan": "accept"})
    )
    sku = forms.CharField(
        label=_("SKU"), max_length=64, widget=forms.TextInput(attrs={"data-scan": "accept"})
    )
    min_qty = QIntegerField(label=_("Refill below"), min_value=0, max_value=1_000_000)
    max_qty = QIntegerField(label=_("Refill up to"), min_value=1, max_value=1_000_000)

    def __init__(self, *args: Any, warehouses: Any = (), face: Any = None, **kwargs: Any) -> None:
        if face is not None:
            kwargs["initial"] = {"min_qty": face.min_qty, "max_qty": face.max_qty}
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].choices = [(code, code) for code in warehouses]
        if face is not None:
            for name in ("warehouse", "bin", "sku"):
                del self.fields[name]
