"""Why things come back: two levels, so that a cause can be counted and a detail can be fixed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from returns.querysets.reasons import ReturnReasonQuerySet


class ReturnReason(models.Model):
    """One reason of a return; without a parent it is a level-1 reason, which no line names alone.

    `services.reasons` writes it. `code` never changes: reports of years hang on it. `fault` says
    who pays the way back. A reason in use is switched off, never deleted.
    """

    class Fault(models.TextChoices):
        CUSTOMER = "customer", _("customer")
        SELLER = "seller", _("seller")
        CARRIER = "carrier", _("carrier")
        SUPPLIER = "supplier", _("supplier")

    code = models.CharField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="details",
        verbose_name=_("belongs to"),
    )
    name = models.CharField(_("reason"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True, default="")
    fault = models.CharField(_("caused by"), max_length=10, choices=Fault, default=Fault.CUSTOMER)
    asks_photo = models.BooleanField(_("asks for a photo"), default=False)
    is_public = models.BooleanField(_("offered to customers"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    rank = models.PositiveSmallIntegerField(_("place in the list"), default=100)

    objects = ReturnReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("return reason")
        verbose_name_plural = _("return reasons")
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="returnreason_has_a_code"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="returnreason_not_its_own_parent",
            ),
            models.CheckConstraint(
                condition=Q(fault__in=("customer", "seller", "carrier", "supplier")),
                name="returnreason_fault_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code
