"""What people type to try a policy."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QDecimalField, QForm, QIntegerField
from planning.domain.what_if import Scenario


class GoodsForm(QForm):
    """Whose goods a policy is tried on."""

    warehouse = forms.TypedChoiceField(
        label=_("Warehouse"), choices=(), coerce=int, required=False, empty_value=None
    )
    category = forms.ChoiceField(label=_("Category"), choices=(), required=False)

    def __init__(
        self, *args: Any, warehouses: Any = (), categories: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = [(row.pk, f"{row.code} · {row.name}") for row in warehouses]
        self.fields["warehouse"].choices = [("", _("All of mine")), *rows]
        self.fields["category"].choices = [("", _("All")), *((name, name) for name in categories)]


class ScenarioForm(GoodsForm):
    """The policy to try; it starts with the one in force."""

    service_pct = QDecimalField(
        label=_("Service level (%)"),
        min_value=Decimal(50),
        max_value=Decimal("99.9"),
        decimal_places=1,
    )
    review_days = QIntegerField(label=_("Review every (days)"), min_value=1, max_value=60)
    sea_days = QIntegerField(label=_("Lead time by sea (days)"), min_value=2, max_value=150)
    air_days = QIntegerField(label=_("Lead time by air (days)"), min_value=1, max_value=60)
    air_pct = QDecimalField(
        label=_("Share by air (%)"),
        min_value=0,
        max_value=100,
        decimal_places=1,
        required=False,
        help_text=_("Empty: by air where a lost sale costs more than the flight."),
    )
    cost_pct = QDecimalField(
        label=_("Cost of goods (% of the price)"), min_value=1, max_value=90, decimal_places=1
    )

    def scenario(self) -> Scenario:
        """Return the policy as the replay takes it."""
        data = self.cleaned_data
        air = data["air_pct"]
        return Scenario(
            service_level=float(data["service_pct"]) / 100,
            review_days=data["review_days"],
            sea_days=data["sea_days"],
            air_days=data["air_days"],
            air_share=None if air is None else float(air) / 100,
            cost_share=float(data["cost_pct"]) / 100,
        )
