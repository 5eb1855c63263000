"""The form of one exchange rate."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.forms.kit import QCodeField, QDateField, QDecimalField, QForm


class RateForm(QForm):
    """What one unit of a currency is worth from a day on."""

    currency = QCodeField(label=_("Currency"), max_length=3, min_length=3)
    on = QDateField(label=_("From day"))
    rate = QDecimalField(label=_("Worth of one unit"), max_digits=20, decimal_places=10)
