"""Which SKU may be sent in place of another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.querysets.substitutes import SubstituteQuerySet


class Substitute(models.Model):
    """`num` units of `substitute` stand in for `den` units of `sku`; one way only.

    The lowest rank is tried first. Written by staff; a pair is switched off, not deleted, once it
    was used. Example: one twelve-pack by two six-packs is num 2, den 1.
    """

    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, related_name="substitutes", verbose_name=_("SKU")
    )
    substitute = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, related_name="+", verbose_name=_("substitute")
    )
    num = models.PositiveIntegerField(_("units of the substitute"), default=1)
    den = models.PositiveIntegerField(_("units they stand in for"), default=1)
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = SubstituteQuerySet.as_manager()

    class Meta:
        verbose_name = _("substitute")
        verbose_name_plural = _("substitutes")
        constraints = [
            models.UniqueConstraint(fields=["sku", "substitute"], name="substitute_pair_once"),
            models.UniqueConstraint(
                fields=["sku", "rank"], condition=Q(is_active=True), name="substitute_rank_once"
            ),
            models.CheckConstraint(
                condition=~Q(sku=F("substitute")), name="substitute_is_another_sku"
            ),
            models.CheckConstraint(
                condition=Q(num__gt=0, den__gt=0), name="substitute_ratio_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.num} x {self.substitute_id} for {self.den} x {self.sku_id}"
