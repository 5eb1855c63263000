from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import MOST_UNITS
from suppliers.models.arrivals import AsnCarton, AsnLine
from suppliers.querysets.announced_lots import AnnouncedLotQuerySet


class AnnouncedLot(models.Model):
    """Units of one lot (and carton) that the supplier says are in an arrival line.

    Written with the arrival, never changed. What was counted is in the receipt, not here.
    """

    line = models.ForeignKey(
        AsnLine, on_delete=models.PROTECT, related_name="lots", verbose_name=_("arrival line")
    )
    carton = models.ForeignKey(
        AsnCarton,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="lots",
        verbose_name=_("carton"),
    )
    lot_code = models.CharField(_("lot"), max_length=64, blank=True, default="")
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    qty = models.PositiveIntegerField(_("units"))

    objects = AnnouncedLotQuerySet.as_manager()

    class Meta:
        verbose_name = _("announced lot")
        verbose_name_plural = _("announced lots")
        constraints = [
            models.CheckConstraint(
                condition=Q(qty__gte=1, qty__lte=MOST_UNITS), name="announcedlot_has_units"
            ),
            models.CheckConstraint(
                condition=~Q(lot_code="") | Q(expires_on__isnull=True),
                name="announcedlot_expiry_is_of_a_lot",
            ),
            models.CheckConstraint(
                condition=~Q(lot_code="") | Q(carton__isnull=False),
                name="announcedlot_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.lot_code}"
