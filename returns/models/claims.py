"""Parcels that did not arrive as they should, and claims on their carriers."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns.querysets.claims import CarrierClaimQuerySet, DeliveryCaseQuerySet


class DeliveryCase(models.Model):
    """One worry about one parcel: nobody scanned it, it is lost, or the customer has not got it.

    `services.delivery_cases` writes it. Parcel, order and kind never change. `reship` is the order
    that sends the goods again, `refund_key` the event key of the money that went back; never both.
    """

    class Kind(models.TextChoices):
        NO_SCAN = "NO_SCAN", _("Never scanned")
        LOST = "LOST", _("Lost")
        NOT_RECEIVED = "NOT_RECEIVED", _("Delivered, not received")

    class State(models.TextChoices):
        WATCHING = "watching", _("Watching")
        DECIDE = "decide", _("Needs decision")
        RESHIPPED = "reshipped", _("Sent again")
        REFUNDED = "refunded", _("Refunded")
        FOUND = "found", _("Turned up")
        DUPLICATE = "duplicate", _("Arrived after all")
        CLOSED = "closed", _("Closed")

    class Source(models.TextChoices):
        WATCH = "watch", _("Watch over parcels")
        CUSTOMER = "customer", _("Customer")
        DESK = "desk", _("Order desk")

    parcel = models.ForeignKey(
        "shipping.Parcel", on_delete=models.PROTECT, related_name="delivery_cases"
    )
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, related_name="delivery_cases"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WATCHING)
    source = models.CharField(_("noticed by"), max_length=8, choices=Source)
    words = models.CharField(_("what the customer says"), max_length=1000, blank=True, default="")
    is_off_the_books = models.BooleanField(default=False)
    reship = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refund_key = models.CharField(max_length=120, blank=True, default="")
    refund_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    noticed_at = models.DateTimeField(_("noticed"))
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("missing parcel")
        verbose_name_plural = _("missing parcels")
        constraints = [
            models.UniqueConstraint(fields=["parcel", "kind"], name="deliverycase_once_per_kind"),
            models.CheckConstraint(
                condition=~Q(state="reshipped") | Q(reship__isnull=False),
                name="deliverycase_reship_names_its_order",
            ),
            models.CheckConstraint(
                condition=~Q(state="refunded") | ~Q(refund_key=""),
                name="deliverycase_refund_has_a_key",
            ),
            models.CheckConstraint(
                condition=Q(reship__isnull=True) | Q(refund_key=""),
                name="deliverycase_goods_or_money",
            ),
            models.CheckConstraint(
                condition=Q(refund_amount__gte=0), name="deliverycase_refund_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["state", "noticed_at", "id"], name="case_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.parcel_id}"

    @property
    def key(self) -> str:
        """Return the business key, `delivery_case:ID`."""
        return f"delivery_case:{self.pk}"


class CarrierClaim(models.Model):
    """What we ask a carrier to pay for one parcel, until `deadline_on`.

    `services.carrier_claims` writes it. `amount` is what the goods cost the customer, in the
    order's currency; `paid_amount` what the carrier gave, in the same currency.
    """

    class Kind(models.TextChoices):
        LOST = "LOST", _("Lost")
        DAMAGED = "DAMAGED", _("Damaged on the way")

    class State(models.TextChoices):
        OPEN = "open", _("To send")
        SENT = "sent", _("Sent")
        PAID = "paid", _("Paid")
        REFUSED = "refused", _("Refused")
        LAPSED = "lapsed", _("Too late")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    number = models.CharField(_("number"), max_length=24, unique=True)
    parcel = models.ForeignKey(
        "shipping.Parcel", on_delete=models.PROTECT, related_name="carrier_claims"
    )
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, related_name="carrier_claims"
    )
    case = models.ForeignKey(
        DeliveryCase, on_delete=models.PROTECT, null=True, blank=True, related_name="claims"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    carrier = models.CharField(_("carrier"), max_length=40)
    amount = models.DecimalField(_("claimed"), max_digits=14, decimal_places=4)
    paid_amount = models.DecimalField(_("paid"), max_digits=14, decimal_places=4, default=0)
    currency = models.CharField(max_length=3)
    deadline_on = models.DateField(_("last day"))
    reference = models.CharField(_("carrier's reference"), max_length=80, blank=True, default="")
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    opened_at = models.DateTimeField(_("opened"))
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    created_by = models.CharField(max_length=64)

    objects = CarrierClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("carrier claim")
        verbose_name_plural = _("carrier claims")
        constraints = [
            models.UniqueConstraint(
                fields=["parcel", "kind"],
                condition=~Q(state="withdrawn"),
                name="carrierclaim_once_per_kind",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="carrierclaim_asks_for_money"),
            models.CheckConstraint(
                condition=Q(state="paid", paid_amount__gt=0)
                | (~Q(state="paid") & Q(paid_amount=0)),
                name="carrierclaim_paid_has_an_amount",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
                name="carrierclaim_sent_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "deadline_on", "id"], name="claim_by_deadline")]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        """Return the business key, `carrier_claim:ID`."""
        return f"carrier_claim:{self.pk}"
