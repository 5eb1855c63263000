"""Whom the company buys from, as far as receiving goods needs it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suppliers.querysets.suppliers import SupplierQuerySet


class Supplier(models.Model):
    """One company that sends goods. Written by staff; deactivated, never deleted.

    `is_new`: every unit is inspected until staff say that the supplier is known. The two
    tolerances limit what is accepted above the announced units: below both.
    """

    class Inspection(models.TextChoices):
        FULL = "full", _("every unit")
        SAMPLE = "sample", _("a sample")
        NONE = "none", _("none")

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
        ]

    def __str__(self) -> str:
        return self.code
