"""Shape of what people type about policies; the rules live in the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import QDateField, QDecimalField, QForm, QIntegerField
from inventory.models import MOST_UNITS
from planning.models import BandOverride, PolicyKind

#: What a review does by itself, as people choose it: is_auto, is_stopped.
BUYING: Mapping[str, tuple[bool | None, bool | None]] = {
    "": (None, None),
    "auto": (True, False),
    "ordered": (False, False),
    "stopped": (None, True),
}
BUYING_CHOICES = [
    ("", _("As inherited")),
    ("auto", _("Propose purchases")),
    ("ordered", _("Buy only what customers ordered")),
    ("stopped", _("Stop buying")),
]
#: A color set by hand ends after so many days unless another day is chosen.
BAND_KEEP_DAYS = 14


def buying_of(is_auto: bool | None, is_stopped: bool | None) -> str:
    """Return the choice that stands for both switches."""
    if is_stopped:
        return "stopped"
    if is_auto is None:
        return ""
    return "auto" if is_auto else "ordered"


class NumbersForm(QForm):
    """The numbers of a policy; an empty one is inherited."""

    service_pct = QDecimalField(
        label=_("Service level (%)"),
        min_value=Decimal(50),
        max_value=Decimal("99.9"),
        decimal_places=1,
        required=False,
        help_text=_("Chance that a cycle ends without running out. Empty: as inherited."),
    )
    review_days = QIntegerField(
        label=_("Review every (days)"), min_value=1, max_value=90, required=False
    )
    red_days = QIntegerField(
        label=_("Red below (days)"), min_value=0, max_value=365, required=False
    )
    yellow_days = QIntegerField(
        label=_("Yellow up to (days)"), min_value=0, max_value=730, required=False
    )
    buffer_pct = QDecimalField(
        label=_("Safety stock at the destination (%)"),
        min_value=0,
        max_value=100,
        decimal_places=1,
        required=False,
        help_text=_("Share of the forecast over lead time and review. Empty: as inherited."),
    )
    buying = forms.ChoiceField(label=_("Buying"), choices=BUYING_CHOICES, required=False)

    def numbers(self) -> dict[str, Any]:
        """Return the numbers by the names that the service knows."""
        data = self.cleaned_data
        is_auto, is_stopped = BUYING[data["buying"]]
        return {
            "service_level": _share(data["service_pct"]),
            "review_days": data["review_days"],
            "red_days": data["red_days"],
            "yellow_days": data["yellow_days"],
            "buffer_share": _share(data["buffer_pct"]),
            "is_auto": is_auto,
            "is_stopped": is_stopped,
        }


class CategoryForm(NumbersForm):
    """The policy of a category."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PolicyKind.choices)
    batches = QIntegerField(label=_("Batches a season"), min_value=1, max_value=12, required=False)
    prepare_days = QIntegerField(
        label=_("Prepare a season (days before)"), min_value=0, max_value=365, required=False
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    field_order = ("kind",)

    def numbers(self) -> dict[str, Any]:
        """Return the numbers by the names that the service knows."""
        data = self.cleaned_data
        return {
            **super().numbers(),
            "batches": data["batches"],
            "prepare_days": data["prepare_days"],
        }


class WarehouseMixin(QForm):
    """A form about goods at one of the person's warehouses."""

    warehouse = forms.TypedChoiceField(
        label=_("Warehouse"), choices=(), coerce=int, required=False, empty_value=None
    )

    def __init__(
        self, *args: Any, warehouses: Any = (), for_all: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = [(row.pk, f"{row.code} · {row.name}") for row in warehouses]
        self.fields["warehouse"].required = not for_all
        self.fields["warehouse"].choices = [("", _("All warehouses")), *rows] if for_all else rows


class SkuPolicyForm(NumbersForm, WarehouseMixin):
    """What differs for one SKU."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("As inherited")), *PolicyKind.choices],
        required=False,
    )
    min_qty = QIntegerField(
        label=_("Least stock (units)"), min_value=0, max_value=MOST_UNITS, required=False
    )
    max_qty = QIntegerField(
        label=_("Most stock (units)"),
        min_value=0,
        max_value=MOST_UNITS,
        required=False,
        help_text=_("Used while nothing is known of demand: below the least, fill up to the most."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)
    expires_on = QDateField(
        label=_("Last day"), required=False, help_text=_("Empty: until someone takes it back.")
    )
    field_order = ("warehouse", "kind")

    def numbers(self) -> dict[str, Any]:
        """Return the numbers by the names that the service knows."""
        data = self.cleaned_data
        return {**super().numbers(), "min_qty": data["min_qty"], "max_qty": data["max_qty"]}


class BandForm(WarehouseMixin):
    """A color in place of the computed one."""

    band = forms.ChoiceField(label=_("Color"), choices=BandOverride.Band.choices)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    expires_on = QDateField(label=_("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].initial = clock.now().date() + dt.timedelta(days=BAND_KEEP_DAYS)


class RefuseForm(QForm):
    """Why the proposed kind does not fit."""

    reason = forms.CharField(label=_("Why it does not fit"), max_length=200)


def _share(percent: Decimal | None) -> float | None:
    return None if percent is None else float(percent) / 100
