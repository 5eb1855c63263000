"""Money received for an order and money owed back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orders.models.orders import Order


class Payment(models.Model):
    """Money a gateway or a person says was received; recorded once per gateway reference."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=14, decimal_places=4)
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=40, blank=True, default="")
    gateway_reference = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.gateway_reference


class RefundState(models.TextChoices):
    """Whether the money has gone back; a dropped debt is not owed any more."""

    OPEN = "open"
    PAID = "paid"
    DROPPED = "dropped"


class RefundDue(models.Model):
    """Money owed to a customer; written once per cause, paid by the refund services."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds_due")
    amount = models.DecimalField(max_digits=14, decimal_places=4)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=40)
    event_key = models.CharField(max_length=120, unique=True)
    state = models.CharField(
        max_length=8, choices=RefundState.choices, default=RefundState.OPEN, db_index=True
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refunddue_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.event_key
