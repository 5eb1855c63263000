"""Money that goes back: refunds, the payments they are made of, store credit, what is recoverable.

`orders.RefundDue` says what is owed and caps it; a `Refund` says why and how much of what, and a
`RefundPayment` is one attempt's intent row towards one gateway.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns.domain import refund_states as states
from returns.models.requests import ReturnLine, ReturnRequest
from returns.querysets import money as querysets


class Refund(models.Model):
    """One amount owed back to one customer one way; written once per debt of its order.

    `services.refunds` and its neighbours write it. Order, amount, currency, way and breakdown never
    change: another amount is another refund. `amount` counts against what was paid; `bonus_amount`
    comes on top and exists for store credit only. `revision` and `content_hash` bind an approval.
    """

    class State(models.TextChoices):
        TO_APPROVE = "to_approve", _("To approve")
        PAYING = "paying", _("On its way")
        PAID = "paid", _("Paid")
        REJECTED = "rejected", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")

    class Way(models.TextChoices):
        REFUND = "refund", _("Back to the payment")
        STORE_CREDIT = "store_credit", _("Store credit")

    class Reason(models.TextChoices):
        RETURNED = "RETURNED", _("Return")
        GOODWILL = "GOODWILL", _("Goodwill")
        DAMAGED = "DAMAGED", _("Damaged goods")
        LOST = "LOST", _("Lost parcel")
        LATE = "LATE", _("Late delivery")
        PRICE_DIFFERENCE = "PRICE_DIFFERENCE", _("Price difference")
        ORDER_CANCELLED = "ORDER_CANCELLED", _("Cancelled order")
        ORDER_EDITED = "ORDER_EDITED", _("Changed order")
        PARTLY_CANCELLED = "PARTLY_CANCELLED", _("Partly cancelled")
        OTHER = "OTHER", _("Other reason")

    number = models.CharField(_("number"), max_length=24, unique=True)
    due = models.OneToOneField("orders.RefundDue", on_delete=models.PROTECT, related_name="refund")
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="refunds")
    request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    way = models.CharField(_("way"), max_length=12, choices=Way)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=4)
    bonus_amount = models.DecimalField(
        _("bonus"), max_digits=14, decimal_places=4, default=Decimal(0)
    )
    fee_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    currency = models.CharField(max_length=3)
    breakdown = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State)
    problem = models.CharField(max_length=300, blank=True, default="")
    revision = models.PositiveIntegerField(default=1)
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("made"))
    created_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=64, blank=True, default="")
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)

    objects = querysets.RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(bonus_amount=0) | Q(bonus_amount__gt=0, way="store_credit"),
                name="refund_bonus_is_store_credit",
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.REFUND_STATES), name="refund_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_at__isnull=False)
                | (~Q(state="paid") & Q(paid_at__isnull=True)),
                name="refund_paid_has_a_time",
            ),
            models.CheckConstraint(condition=Q(fee_amount__gte=0), name="refund_fee_not_negative"),
        ]
        indexes = [
            models.Index(fields=["state", "created_at", "id"], name="refund_by_state"),
            models.Index(fields=["created_at", "id"], name="refund_by_day"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        """Return the business key, `refund:ID`."""
        return f"refund:{self.pk}"


class RefundLine(models.Model):
    """One row of a refund's breakdown, written with it; the rows sum to amount and bonus.

    A GOODS row of a return names the units it pays for, from the `from_unit`-th unit of the line:
    each unit is paid back once. `is_live` is false as soon as the refund no longer counts.
    """

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    return_line = models.ForeignKey(
        ReturnLine, on_delete=models.PROTECT, null=True, blank=True, related_name="refund_lines"
    )
    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    qty = models.PositiveIntegerField(default=0)
    from_unit = models.PositiveIntegerField(null=True, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=4)
    is_live = models.BooleanField(default=True)

    objects = querysets.RefundLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a refund")
        verbose_name_plural = _("rows of refunds")
        constraints = [
            models.UniqueConstraint(fields=["refund", "position"], name="refundline_position_once"),
            models.UniqueConstraint(
                fields=["return_line", "from_unit"],
                condition=Q(code="GOODS", is_live=True, from_unit__isnull=False),
                name="refundline_unit_once",
            ),
            models.CheckConstraint(
                condition=Q(from_unit__isnull=True)
                | Q(code="GOODS", qty__gt=0, return_line__isnull=False),
                name="refundline_units_are_goods",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id}/{self.position} {self.code}"


class RefundPayment(models.Model):
    """The intent to pay one part of a refund back: written before the gateway is asked.

    `refund_key` is the reference we give the gateway, unique for ever, so a lost answer is found
    again instead of paid twice. `claimed_by` and `claimed_until` keep two workers apart. Another
    way after a refusal is another row. The payment services alone write it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for approval")
        REQUESTED = "requested", _("Being sent")
        BY_HAND = "by_hand", _("To pay by hand")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed")
        REPLACED = "replaced", _("Paid another way")
        DROPPED = "dropped", _("Dropped")

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="payments")
    payment = models.ForeignKey(
        "orders.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    position = models.PositiveSmallIntegerField()
    gateway = models.CharField(_("paid by"), max_length=20)
    refund_key = models.CharField(max_length=80, unique=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=4)
    currency = models.CharField(max_length=3)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING, db_index=True
    )
    attempts = models.PositiveIntegerField(default=0)
    claimed_by = models.CharField(max_length=32, blank=True, default="")
    claimed_until = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True, default="")
    error = models.CharField(max_length=300, blank=True, default="")
    gateway_reference = models.CharField(_("reference"), max_length=120, blank=True, default="")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()

    objects = querysets.RefundPaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment of a refund")
        verbose_name_plural = _("payments of refunds")
        constraints = [
            models.UniqueConstraint(
                fields=["refund", "position"], name="refundpayment_position_once"
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_reference"],
                condition=~Q(gateway_reference=""),
                name="refundpayment_reference_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refundpayment_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=states.PAYMENT_STATES), name="refundpayment_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="paid", settled_at__isnull=False) & ~Q(gateway_reference="")
                | (~Q(state="paid") & Q(gateway_reference="")),
                name="refundpayment_paid_has_a_reference",
            ),
        ]

    def __str__(self) -> str:
        return self.refund_key


class GatewayBooking(models.Model):
    """What the built-in test gateway paid out: the books of a payment company, kept apart.

    `gateways.practice` alone writes it, outside of any transaction of ours. One call, one row: a
    second payment under the same key would show as a second row.
    """

    refund_key = models.CharField(max_length=80, db_index=True)
    amount = models.DecimalField(max_digits=14, decimal_places=4)
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("booking of the test gateway")
        verbose_name_plural = _("bookings of the test gateway")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="gatewaybooking_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class StoreCreditAccount(models.Model):
    """What a customer has left in one currency: the sum of the entries, never below zero.

    `services.credit` alone writes it, with each entry, under the row's lock.
    """

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="credit_accounts"
    )
    currency = models.CharField(max_length=3)
    balance_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))

    objects = querysets.StoreCreditAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("store credit")
        verbose_name_plural = _("store credit")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "currency"], name="storecreditaccount_once_per_currency"
            ),
            models.CheckConstraint(
                condition=Q(balance_amount__gte=0), name="storecreditaccount_not_below_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.currency}"


class StoreCreditEntry(models.Model):
    """One change of a customer's store credit; appended by `services.credit`, never changed.

    `amount` is signed; `balance_amount` is what was left after it. `entry_key` makes it once.
    """

    class Kind(models.TextChoices):
        REFUND = "refund", _("Refund")
        BONUS = "bonus", _("Bonus")
        SPENT = "spent", _("Spent")
        CORRECTION = "correction", _("Correction")

    account = models.ForeignKey(
        StoreCreditAccount, on_delete=models.PROTECT, related_name="entries"
    )
    position = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=4)
    balance_amount = models.DecimalField(_("balance"), max_digits=14, decimal_places=4)
    entry_key = models.CharField(max_length=120, unique=True)
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="credit_entries"
    )
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    at = models.DateTimeField(_("at"))
    by = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("entry of store credit")
        verbose_name_plural = _("entries of store credit")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "position"], name="storecreditentry_position_once"
            ),
            models.CheckConstraint(
                condition=Q(balance_amount__gte=0), name="storecreditentry_not_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(amount__lt=0, kind__in=("spent", "correction")),
                name="storecreditentry_sign_fits_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.entry_key


class Recoverable(models.Model):
    """Money that was paid back for units which then did not come back, or not as agreed (X20).

    `services.recoverables` writes it, once per line of a return; a person settles it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        RECOVERED = "recovered", _("Recovered")
        WAIVED = "waived", _("Waived")

    return_line = models.OneToOneField(
        ReturnLine, on_delete=models.PROTECT, related_name="recoverable"
    )
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recoverables",
    )
    qty = models.PositiveIntegerField(_("units"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=4)
    currency = models.CharField(max_length=3)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=64, blank=True, default="")
    settled_reason = models.CharField(_("reason"), max_length=500, blank=True, default="")

    objects = querysets.RecoverableQuerySet.as_manager()

    class Meta:
        verbose_name = _("recoverable balance")
        verbose_name_plural = _("recoverable balances")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, qty__gt=0), name="recoverable_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True)
                | (~Q(state="open") & Q(settled_at__isnull=False) & ~Q(settled_reason="")),
                name="recoverable_settled_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer", "created_at"],
                name="recoverable_open",
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.return_line_id}: {self.amount}"
