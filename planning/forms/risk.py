"""Shape of what people type at the risk desk; the rules live in the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QCodeField, QDateField, QDecimalField, QForm, QIntegerField
from planning.domain.risk_states import MANUAL, MOST_DELAY_DAYS
from planning.models import RiskFlag
from planning.services.risk_days import DaysEntry
from planning.services.risk_index import MOST_DAYS, ReadingEntry
from planning.services.risk_plans import MOST_TEXT, SupplyEntry
from suppliers.models import PurchaseOrder

SIGNAL_CHOICES = [
    (MANUAL, _("The whole index (0–100)")),  # noqa: RUF001  # an en dash between figures
    ("policy_flag", _("Customs, tariff or policy")),
    ("lane_transit", _("Transit days of a lane")),
    ("exception_share", _("Parcels with exceptions")),
    ("confirmation_delay", _("Late supplier confirmations")),
    ("exchange_rate", _("Exchange rate")),
    ("search_trend", _("Search trend")),
    ("weather", _("Weather or holiday")),
    ("total_demand", _("Total demand")),
]
KIND_CHOICES = [
    ("supplier", _("A supplier")),
    ("country", _("A country")),
    ("lane", _("A lane")),
]


def _required_with(form: forms.Form, field: str, text: Any) -> None:
    if not form.cleaned_data.get(field):
        form.add_error(field, text)


class ReadingForm(QForm):
    """One reading of the event index."""

    signal = forms.ChoiceField(label=_("Signal"), choices=SIGNAL_CHOICES)
    value = QDecimalField(
        label=_("Value"),
        min_value=-50,
        max_value=100,
        decimal_places=1,
        required=False,
        help_text=_(
            "0 to 100 for the whole index. For one signal: how many usual deviations it is away; "
            "empty flags it with full strength."
        ),
    )
    cause = forms.CharField(label=_("Reason"), max_length=200)
    days = QIntegerField(label=_("Counts for (days)"), min_value=1, max_value=MOST_DAYS, initial=7)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        value = data.get("value")
        if data.get("signal") == MANUAL and (value is None or value < 0):
            self.add_error("value", _("Enter the index as a number from 0 to 100."))
        return data

    def entry(self) -> ReadingEntry:
        data = self.cleaned_data
        value = None if data["value"] is None else float(data["value"])
        return ReadingEntry(data["signal"], value, data["cause"], data["days"])


class SubjectForm(QForm):
    """Whom a risk is about."""

    kind = forms.ChoiceField(label=_("About"), choices=KIND_CHOICES)
    supplier = forms.TypedChoiceField(
        label=_("Supplier"), choices=(), coerce=int, required=False, empty_value=None
    )
    mode = forms.ChoiceField(
        label=_("Transport of the lane"), choices=[("", "—"), *PurchaseOrder.Mode.choices],
        required=False,
    )  # fmt: skip
    country = QCodeField(
        label=_("Country of origin (2 letters)"), max_length=2, min_length=2, required=False
    )
    warehouse = forms.TypedChoiceField(
        label=_("To warehouse"), choices=(), coerce=int, required=False, empty_value=None
    )
    delay_days = QIntegerField(
        label=_("Goods come later by (days)"), min_value=0, max_value=MOST_DELAY_DAYS, initial=14
    )
    until_on = QDateField(label=_("Expected to last until"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, suppliers: Any, warehouses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(row.pk, f"{row.code} · {row.name}") for row in suppliers]
        places = [(row.pk, f"{row.code} · {row.name}") for row in warehouses]
        self.fields["supplier"].choices = [("", "—"), *rows]
        self.fields["warehouse"].choices = [("", _("All warehouses")), *places]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        match data.get("kind"):
            case "supplier":
                _required_with(self, "supplier", _("Choose the supplier."))
            case "country":
                _required_with(self, "country", _("Enter the country's code, like CN."))
            case "lane":
                _required_with(self, "mode", _("Choose the means of transport."))
        return data

    def entry(self, **words: str) -> SupplyEntry:
        data = self.cleaned_data
        kind = data["kind"]
        return SupplyEntry(
            subject_kind=kind,
            reason=data["reason"],
            delay_days=data["delay_days"],
            supplier_id=data["supplier"] if kind == "supplier" else None,
            mode=data["mode"] if kind == "lane" else "",
            country=data["country"].upper() if kind != "supplier" else "",
            warehouse_id=data["warehouse"] if kind == "lane" else None,
            until_on=data["until_on"],
            **words,
        )


class FlagForm(SubjectForm):
    """A flag with its level."""

    level = forms.ChoiceField(label=_("Level"), choices=RiskFlag.Level.choices)
    field_order = ("kind", "supplier", "mode", "country", "warehouse", "level")


class DeclareForm(SubjectForm):
    """An interruption of supply, with the words for customers."""

    support_en = forms.CharField(
        label=_("Text for customers in English"),
        max_length=MOST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Empty: the preview proposes one."),
    )
    support_zh = forms.CharField(
        label=_("Text for customers in Chinese"),
        max_length=MOST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def entry(self, **_words: str) -> SupplyEntry:
        data = self.cleaned_data
        return super().entry(support_en=data["support_en"], support_zh=data["support_zh"])


class DaysForm(QForm):
    """Days of a SKU that can't be true."""

    sku = QCodeField(label=_("SKU"), max_length=64)
    warehouse = forms.TypedChoiceField(
        label=_("Warehouse"), choices=(), coerce=int, required=False, empty_value=None
    )
    channel = forms.TypedChoiceField(
        label=_("Channel"), choices=(), coerce=int, required=False, empty_value=None
    )
    from_on = QDateField(label=_("First day"))
    until_on = QDateField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(
        self, *args: Any, skus: Any, warehouses: Any, channels: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.skus = skus
        places = [(row.pk, f"{row.code} · {row.name}") for row in warehouses]
        shops = [(row.pk, row.name) for row in channels]
        self.fields["warehouse"].choices = [("", _("All warehouses")), *places]
        self.fields["channel"].choices = [("", _("All channels")), *shops]

    def clean_sku(self) -> int:
        """Return the id of the SKU."""
        found = self.skus.filter(code=self.cleaned_data["sku"]).first()
        if found is None:
            raise forms.ValidationError(_("No such SKU. Check the code."))
        return int(found.pk)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_on"), data.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("The last day lies before the first."))
        return data

    def entry(self) -> DaysEntry:
        data = self.cleaned_data
        first: dt.date = data["from_on"]
        return DaysEntry(
            sku_id=data["sku"],
            from_on=first,
            until_on=data["until_on"],
            reason=data["reason"],
            warehouse_id=data["warehouse"],
            channel_id=data["channel"],
        )


class ReasonForm(QForm):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class DecisionForm(QForm):
    """What people decide on a deviation."""

    decision = forms.CharField(label=_("Decision"), max_length=200)
    keeps_safety = forms.BooleanField(
        label=_("Keep the larger safety stock this week"), required=False, initial=True
    )


class ReleaseForm(QForm):
    """How many units stay kept back."""

    to_qty = QIntegerField(label=_("Units to keep back"), min_value=0, initial=0)
    reason = forms.CharField(label=_("Reason"), max_length=200)
