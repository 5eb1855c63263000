from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models.places import Bin, Warehouse
from inventory.querysets.layouts import BinPlaceQuerySet, FloorLayoutQuerySet

PITCH = (MinValueValidator(1),)


class FloorLayout(models.Model):
    """How one warehouse is walked: a single block of parallel aisles, or drawn walkways.

    x runs along the front cross aisle from the first aisle, y into the aisles. `walkways` of a free
    layout is a list of [x1, y1, x2, y2] in mm, with a fifth element true for a one-way. Written by
    `inventory.services.layouts` and by staff.
    """

    class Kind(models.TextChoices):
        SINGLE_BLOCK = "single_block", _("single block of aisles")
        FREE = "free", _("free layout")

    warehouse = models.OneToOneField(
        Warehouse,
        on_delete=models.CASCADE,
        related_name="floor_layout",
        verbose_name=_("warehouse"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.SINGLE_BLOCK)
    aisle_count = models.PositiveIntegerField(_("aisles"), default=1, validators=PITCH)
    places = models.PositiveIntegerField(_("places per aisle"), default=1, validators=PITCH)
    aisle_pitch_mm = models.PositiveIntegerField(
        _("from aisle to aisle (mm)"), default=5000, validators=PITCH
    )
    place_pitch_mm = models.PositiveIntegerField(
        _("from place to place (mm)"), default=1000, validators=PITCH
    )
    front_gap_mm = models.PositiveIntegerField(
        _("from cross aisle to the nearest place (mm)"), default=500
    )
    depot_x_mm = models.IntegerField(_("depot along the front cross aisle (mm)"), default=0)
    depot_y_mm = models.IntegerField(
        _("depot depth (mm)"),
        default=0,
        help_text=_("0 on the front cross aisle, negative in front of it"),
    )
    walkways = models.JSONField(_("walkways"), default=list, blank=True)

    objects = FloorLayoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("floor layout")
        verbose_name_plural = _("floor layouts")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    aisle_count__gte=1, places__gte=1, aisle_pitch_mm__gte=1, place_pitch_mm__gte=1
                ),
                name="floorlayout_has_a_size",
            ),
            models.CheckConstraint(
                condition=Q(kind="free") | Q(depot_y_mm__lte=0),
                name="floorlayout_block_depot_in_front",
                violation_error_message=_("The depot of a block lies on or before its front."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.warehouse_id}"


class BinPlace(models.Model):
    """Where one bin lies on the floor: aisle and place of a block, or a point in mm.

    Written by `inventory.services.layouts` and by staff. `level` is the shelf, for the eye only:
    height costs no walk.
    """

    bin = models.OneToOneField(
        Bin, on_delete=models.CASCADE, related_name="place", verbose_name=_("bin")
    )
    aisle = models.PositiveIntegerField(_("aisle"), null=True, blank=True, validators=PITCH)
    place = models.PositiveIntegerField(_("place"), null=True, blank=True, validators=PITCH)
    x_mm = models.IntegerField(_("x (mm)"), null=True, blank=True)
    y_mm = models.IntegerField(_("y (mm)"), null=True, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), default=1)

    objects = BinPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place of a bin")
        verbose_name_plural = _("places of bins")
        constraints = [
            models.CheckConstraint(
                condition=Q(aisle__gte=1, place__gte=1)
                | Q(aisle__isnull=True, place__isnull=True, x_mm__isnull=False, y_mm__isnull=False),
                name="binplace_is_somewhere",
                violation_error_message=_("Give an aisle and a place, or a point in mm."),
            ),
            models.CheckConstraint(
                condition=Q(x_mm__isnull=True, y_mm__isnull=True)
                | Q(x_mm__isnull=False, y_mm__isnull=False),
                name="binplace_point_is_whole",
                violation_error_message=_("A point needs both x and y."),
            ),
        ]

    def __str__(self) -> str:
        return f"place of {self.bin_id}"
