"""What people type about seasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import QCodeField, QDateField, QForm
from inventory.models import Sku


class BuyersForm(QForm):
    """Purchases of which days, and of what."""

    from_on = QDateField(label=_("Bought from"))
    until_on = QDateField(label=_("Bought until"))
    sku = QCodeField(label=_("SKU"), max_length=64, required=False)
    category = forms.ChoiceField(label=_("Category"), choices=(), required=False)

    def __init__(self, *args: Any, categories: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("Any")), *((name, name) for name in categories)]

    def clean_sku(self) -> int | None:
        """Return the number of the SKU of this code."""
        code = self.cleaned_data["sku"]
        if not code:
            return None
        found: int | None = Sku.objects.filter(code=code).values_list("pk", flat=True).first()
        if found is None:
            raise ValidationError(_("No SKU has this code. Look it up in the catalog."))
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order."""
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("from_on"), data.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("The last day lies before the first. Swap them."))
        return data


class DismissForm(QForm):
    """Why a season is not prepared."""

    reason = forms.CharField(label=_("Why nothing is ordered"), max_length=200)
