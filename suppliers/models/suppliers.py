"""Whom the company buys from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suppliers.domain.terms import INCOTERMS, MOST_PAYMENT_DAYS
from suppliers.querysets.suppliers import SupplierQuerySet


class Supplier(models.Model):
    """One company that sends goods. Written by staff; deactivated, never deleted.

    `is_new`: every unit is inspected until staff say that the supplier is known. The two
    tolerances limit what is accepted above the announced units: below both. Terms, `currency` and
    `risk` are what purchase orders begin with; an empty currency: none was agreed yet.
    """

    class Inspection(models.TextChoices):
        FULL = "full", _("every unit")
        SAMPLE = "sample", _("a sample")
        NONE = "none", _("none")

    class Risk(models.TextChoices):
        LOW = "low", _("Low")
        MEDIUM = "medium", _("Medium")
        HIGH = "high", _("High")

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True, default="")
    inspection = models.CharField(
        _("inspection"), max_length=8, choices=Inspection, default=Inspection.SAMPLE
    )
    failed_limit_qty = models.PositiveIntegerField(
        _("failed units a sample may have"), null=True, blank=True
    )
    over_pct = models.DecimalField(
        _("over-receipt tolerance (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    over_qty = models.PositiveIntegerField(
        _("over-receipt tolerance (units)"), null=True, blank=True
    )
    is_new = models.BooleanField(_("new supplier"), default=True)
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    incoterm = models.CharField(_("incoterm"), max_length=3, blank=True, default="")
    payment_days = models.PositiveSmallIntegerField(_("payment (days)"), null=True, blank=True)
    deposit_pct = models.DecimalField(
        _("deposit (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    risk = models.CharField(_("risk"), max_length=8, choices=Risk, default=Risk.MEDIUM)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="supplier_has_a_code"),
            models.CheckConstraint(
                condition=Q(inspection__in=("full", "sample", "none")),
                name="supplier_inspection_is_known",
            ),
            models.CheckConstraint(
                condition=Q(over_pct__isnull=True) | Q(over_pct__gte=0, over_pct__lte=100),
                name="supplier_over_pct_in_range",
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"),
                name="supplier_country_is_a_code",
            ),
            models.CheckConstraint(
                condition=Q(currency="") | Q(currency__regex=r"^[A-Z]{3}$"),
                name="supplier_currency_is_a_code",
            ),
            models.CheckConstraint(
                condition=Q(incoterm="") | Q(incoterm__in=INCOTERMS),
                name="supplier_incoterm_is_known",
            ),
            models.CheckConstraint(
                condition=Q(payment_days__isnull=True) | Q(payment_days__lte=MOST_PAYMENT_DAYS),
                name="supplier_payment_days_in_range",
            ),
            models.CheckConstraint(
                condition=Q(deposit_pct__isnull=True) | Q(deposit_pct__gte=0, deposit_pct__lte=100),
                name="supplier_deposit_in_range",
            ),
            models.CheckConstraint(
                condition=Q(risk__in=("low", "medium", "high")), name="supplier_risk_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code
