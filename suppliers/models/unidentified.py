"""Goods at the dock that no arrival explains."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suppliers.models.arrivals import Asn
from suppliers.querysets.receipts import UnidentifiedGoodsQuerySet


class UnidentifiedGoods(models.Model):
    """Units with a code nobody knows, or of a SKU that was not announced: held with a tag (UR-…).

    They are in no stock figure until somebody links them to a SKU, which receives them.
    Written by `suppliers.services` alone; the end (linked, returned, disposed) is final.
    """

    class State(models.TextChoices):
        HELD = "held", _("Held")
        LINKED = "linked", _("Linked")
        RETURNED = "returned", _("Returned")
        DISPOSED = "disposed", _("Disposed of")

    class Reason(models.TextChoices):
        UNKNOWN_CODE = "UNKNOWN_CODE", _("Unknown code")
        WRONG_SKU = "WRONG_SKU", _("Not announced")

    number = models.CharField(_("tag"), max_length=24, unique=True)
    warehouse = models.ForeignKey(
        "inventory.Warehouse",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("warehouse"),
    )
    asn = models.ForeignKey(
        Asn,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="unidentified",
        verbose_name=_("arrival"),
    )
    sku = models.ForeignKey(
        "inventory.Sku",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("SKU"),
    )
    scanned = models.CharField(_("scanned code"), max_length=64, blank=True, default="")
    event_key = models.CharField(max_length=80, unique=True)
    qty = models.PositiveIntegerField(_("units"))
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.HELD)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    photo = models.ForeignKey(
        "core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    held_at = models.DateTimeField(_("held at"))
    held_by = models.CharField(_("held by"), max_length=64)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=64, blank=True, default="")

    objects = UnidentifiedGoodsQuerySet.as_manager()

    class Meta:
        verbose_name = _("unidentified goods")
        verbose_name_plural = _("unidentified goods")
        constraints = [
            models.CheckConstraint(condition=Q(qty__gte=1), name="unidentifiedgoods_has_units"),
            models.CheckConstraint(
                condition=Q(state="held", settled_at__isnull=True)
                | Q(state__in=("linked", "returned", "disposed"), settled_at__isnull=False),
                name="unidentifiedgoods_settled_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="linked") | Q(sku__isnull=False),
                name="unidentifiedgoods_linked_has_a_sku",
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "id"], name="unidentified_by_state"),
        ]

    def __str__(self) -> str:
        return self.number
