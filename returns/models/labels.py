"""The way back of a return: one row per parcel and per attempt."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns.domain.label_methods import METHODS, STATES
from returns.models.requests import ReturnRequest
from returns.querysets.labels import ReturnLabelQuerySet


class ReturnLabel(models.Model):
    """How one parcel of a return comes back: a carrier's label, a code, or a note of it.

    `services.return_labels` writes it; `services.label_events` follows the carrier. Method, code,
    payer, `charged_amount` (what the customer bears, in `currency`) and the customs lines are as
    of the issue and never change. `parcel` is ours at the carrier, `outbound_parcel` the one the
    goods came with. Papers are drawn from the row each time, so no second copy of an address is
    kept.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Refused by the carrier")
        USED = "used", _("Used")
        VOIDED = "voided", _("Taken back")
        EXPIRED = "expired", _("Expired")

    class Payer(models.TextChoices):
        SELLER = "seller", _("shop")
        CUSTOMER = "customer", _("customer")

    request = models.ForeignKey(ReturnRequest, on_delete=models.PROTECT, related_name="labels")
    part = models.PositiveSmallIntegerField(_("parcel"), default=1)
    method = models.CharField(_("way back"), max_length=10, choices=ReturnRequest.Method)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    code = models.CharField(_("code"), max_length=24, unique=True)
    parcel = models.ForeignKey(
        "shipping.Parcel", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outbound_parcel = models.ForeignKey(
        "shipping.Parcel",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    warehouse = models.ForeignKey(
        "inventory.Warehouse",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    payer = models.CharField(_("paid by"), max_length=8, choices=Payer, default=Payer.SELLER)
    charged_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    currency = models.CharField(max_length=3, blank=True, default="")
    is_international = models.BooleanField(default=False)
    customs = models.JSONField(default=list, blank=True)
    pickup_on = models.DateField(_("pick-up day"), null=True, blank=True)
    own_carrier = models.CharField(_("parcel service"), max_length=60, blank=True, default="")
    own_tracking = models.CharField(_("tracking number"), max_length=64, blank=True, default="")
    problem = models.CharField(max_length=300, blank=True, default="")
    expires_on = models.DateField(_("valid until"))
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    ready_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ReturnLabelQuerySet.as_manager()

    class Meta:
        verbose_name = _("return label")
        verbose_name_plural = _("return labels")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "part"],
                condition=Q(state__in=("asked", "ready", "used")),
                name="returnlabel_one_alive_per_parcel",
            ),
            models.CheckConstraint(
                condition=Q(state__in=STATES), name="returnlabel_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=tuple(METHODS)), name="returnlabel_method_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(method="pickup") | Q(pickup_on__isnull=False),
                name="returnlabel_pickup_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(charged_amount=0) | Q(payer="customer", charged_amount__gt=0),
                name="returnlabel_charge_is_the_customers",
            ),
            models.CheckConstraint(
                condition=Q(part__gte=1), name="returnlabel_parts_count_from_one"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_on", "id"],
                condition=Q(state__in=("asked", "ready")),
                name="returnlabel_expiry",
            ),
            models.Index(
                fields=["own_tracking"],
                condition=~Q(own_tracking=""),
                name="returnlabel_own_tracking",
            ),
        ]

    def __str__(self) -> str:
        return self.code
