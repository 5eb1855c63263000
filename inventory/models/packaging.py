from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.products import Sku
from inventory.querysets.packaging import PackagingSpecQuerySet


class PackagingSpec(models.Model):
    """What goes into one box, mailer, tissue or bag: the room inside and the weight it carries.

    Written by staff and by the products import. The SKU keeps the rest: its own measures are the
    outside, its weight is the tare, its default unit cost is what one costs. `padding_mm` of
    lining is lost on each inner side.
    """

    class Kind(models.TextChoices):
        BOX = "box", _("box")
        MAILER = "mailer", _("mailer")
        TISSUE = "tissue", _("tissue")
        BAG = "bag", _("bag")

    sku = models.OneToOneField(
        Sku, on_delete=models.CASCADE, related_name="packaging", verbose_name=_("SKU")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.BOX)
    inner_length_mm = models.PositiveIntegerField(_("inner length (mm)"))
    inner_width_mm = models.PositiveIntegerField(_("inner width (mm)"))
    inner_height_mm = models.PositiveIntegerField(_("inner height (mm)"))
    padding_mm = models.PositiveIntegerField(_("padding on each side (mm)"), default=0)
    max_weight_g = models.PositiveIntegerField(_("carries at most (g)"))

    objects = PackagingSpecQuerySet.as_manager()

    class Meta:
        verbose_name = _("packaging size")
        verbose_name_plural = _("packaging sizes")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("box", "mailer", "tissue", "bag")),
                name="packagingspec_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(max_weight_g__gt=0), name="packagingspec_carries_something"
            ),
            models.CheckConstraint(
                condition=Q(inner_length_mm__gt=2 * F("padding_mm"))
                & Q(inner_width_mm__gt=2 * F("padding_mm"))
                & Q(inner_height_mm__gt=2 * F("padding_mm")),
                name="packagingspec_room_inside_padding",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inner_length_mm} x {self.inner_width_mm} x {self.inner_height_mm} mm"
