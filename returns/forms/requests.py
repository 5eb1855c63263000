"""Shape of what the desk sends about returns; the rules live in the services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.forms import QCodeField, QDecimalField, QForm, QIntegerField
from inventory.models import Sku, Warehouse
from returns import request_words
from returns.models import ReturnLine, ReturnReason, ReturnRequest

OUTCOMES = [
    (code, text)
    for code, text in ReturnLine.Resolution.choices
    if code not in {"none", "returnless", "reject"}
]
HUNDRED = Decimal(100)


class ReasonForm(QForm):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class OptionalReasonForm(QForm):
    """Why, where somebody wants to say it."""

    reason = forms.CharField(label=_("Note"), max_length=500, required=False)


class FindOrderForm(QForm):
    """Which order something comes back from."""

    order = forms.CharField(
        label=_("Order"),
        max_length=80,
        help_text=_("Order number, the channel's number or the customer's e-mail."),
    )


def reason_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the detail reasons in use below their level-1 reason, in the reader's language."""
    language = get_language() or ""
    rows = ReturnReason.objects.filter(is_active=True, parent__is_active=True)
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows.select_related("parent").order_by("parent__rank", "rank", "code"):
        group = request_words.reason_name(row.parent, language)
        groups.setdefault(group, []).append((row.code, request_words.reason_name(row, language)))
    return list(groups.items())


class LineForm(forms.Form):
    """One order line in a return typed in at the desk; nothing is asked for without units."""

    qty = QIntegerField(label=_("Units"), min_value=0, required=False)
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    resolution = forms.ChoiceField(label=_("Outcome"), choices=OUTCOMES, initial="refund")
    exchange = QCodeField(label=_("Exchange for SKU"), max_length=64, required=False)

    def __init__(self, *args: Any, reasons: list[Any], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", _("Choose a reason")), *reasons]
        self.fields["qty"].max_value = most

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("qty") and not data.get("reason"):
            self.add_error("reason", _("Choose a reason."))
        code = data.get("exchange")
        data["exchange_sku_id"] = None
        if data.get("qty") and data.get("resolution") == "exchange":
            found = Sku.objects.filter(code=code or "").values_list("pk", flat=True).first()
            if found is None:
                self.add_error("exchange", _("No SKU has this code."))
            data["exchange_sku_id"] = found
        return data


class NewReturnForm(QForm):
    """How the goods come back, and why the policy is set aside, if it is."""

    method = forms.ChoiceField(
        label=_("Way back"),
        choices=[one for one in ReturnRequest.Method.choices if one[0] != "keep"],
        initial="label",
    )
    warehouse = forms.ChoiceField(label=_("Goes to"), required=False)
    note = forms.CharField(label=_("Note"), max_length=1000, required=False)
    override_reason = forms.CharField(
        label=_("Accept against the policy, because"), max_length=500, required=False
    )

    def __init__(self, *args: Any, principal: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Warehouse.objects.visible_to(principal).active().order_by("code")
        places = [(row.code, row.name) for row in rows]
        self.fields["warehouse"].choices = [("", _("As the policy says")), *places]


class LineChangeForm(QForm):
    """What staff decide for a line."""

    resolution = forms.ChoiceField(
        label=_("Outcome"), choices=[*OUTCOMES, ("returnless", _("Refund, keep the item"))]
    )
    exchange = QCodeField(label=_("Exchange for SKU"), max_length=64, required=False)
    restocking_pct = QDecimalField(
        label=_("Restocking fee in %"), min_value=0, max_value=100, decimal_places=2
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def clean_restocking_pct(self) -> Decimal:
        return Decimal(self.cleaned_data["restocking_pct"]) / HUNDRED


class ReshipForm(QForm):
    """Where an undelivered parcel's goods go now; the country stays."""

    ADDRESS = ("name", "company", "line1", "line2", "postcode", "city", "region", "phone")

    name = forms.CharField(label=_("Name"), max_length=160)
    company = forms.CharField(label=_("Company"), max_length=160, required=False)
    line1 = forms.CharField(label=_("Street and number"), max_length=200)
    line2 = forms.CharField(label=_("Addition"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=120)
    region = forms.CharField(label=_("State or province"), max_length=120, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    reason = forms.CharField(label=_("What was wrong"), max_length=500)


class AddLineForm(QForm):
    """One more item of the order."""

    item = forms.ChoiceField(label=_("Item"))
    qty = QIntegerField(label=_("Units"), min_value=1)
    reason_code = forms.ChoiceField(label=_("Reason"))
    resolution = forms.ChoiceField(
        label=_("Outcome"), choices=[one for one in OUTCOMES if one[0] != "exchange"]
    )
    reason = forms.CharField(label=_("Why it is added"), max_length=500)

    def __init__(self, *args: Any, items: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [(str(pk), text) for pk, text in items]
        self.fields["reason_code"].choices = reason_choices()
