"""What one unit of a foreign currency was worth in the company's own, day by day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ExchangeRate(models.Model):
    """The worth of one unit of `currency` in the base currency from day `on` until the next row.

    Typed in or imported through `core.services.rates`, with an audit entry. A row may be
    corrected: documents keep the rate they were made with.
    """

    class Source(models.TextChoices):
        TYPED = "typed", _("Typed in")
        IMPORTED = "imported", _("Imported")

    currency = models.CharField(_("currency"), max_length=3)
    on = models.DateField(_("from day"))
    rate_to_base = models.DecimalField(_("worth"), max_digits=20, decimal_places=10)
    source = models.CharField(_("source"), max_length=8, choices=Source, default=Source.TYPED)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by_key = models.CharField(_("changed by"), max_length=64)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["currency", "on"], name="exchangerate_once_a_day"),
            models.CheckConstraint(condition=Q(rate_to_base__gt=0), name="exchangerate_positive"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="exchangerate_currency_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(source__in=("typed", "imported")), name="exchangerate_source_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.on}: {self.rate_to_base}"
