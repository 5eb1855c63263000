"""A form with lines of SKU and units, as arrivals and transfers are typed in."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms.kit import QForm, QIntegerField


class SkuLinesForm(QForm):
    """Up to eight lines of a SKU code and its units; the first is required."""

    LINES: ClassVar[range] = range(1, 9)
    MOST_UNITS: ClassVar[int] = 100_000

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in self.LINES:
            needed = number == 1
            self.fields[f"sku_{number}"] = forms.CharField(
                label=_("SKU"),
                max_length=64,
                required=needed,
                widget=forms.TextInput(attrs={"data-scan": "accept"}),
            )
            self.fields[f"qty_{number}"] = QIntegerField(
                label=_("Units"), min_value=1, max_value=self.MOST_UNITS, required=needed
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in self.LINES:
            if data.get(f"sku_{number}") and not data.get(f"qty_{number}"):
                self.add_error(f"qty_{number}", _("Enter how many units, 1 or more."))
        return data

    def line_values(self) -> list[tuple[str, int]]:
        """Return (SKU code, units) of the filled lines."""
        data = self.cleaned_data
        return [
            (data[f"sku_{n}"].strip(), data[f"qty_{n}"]) for n in self.LINES if data.get(f"sku_{n}")
        ]

    def line_fields(self) -> list[tuple[Any, Any]]:
        """Return the two fields of each line."""
        return [(self[f"sku_{number}"], self[f"qty_{number}"]) for number in self.LINES]
