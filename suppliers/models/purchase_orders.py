"""What is bought from a supplier, line by line, and every revision of what was asked for."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from inventory.models import MOST_UNITS
from suppliers.domain import purchase_states
from suppliers.models.agreements import Agreement, AgreementLine
from suppliers.models.suppliers import Supplier
from suppliers.querysets.purchase_orders import (
    PurchaseLineQuerySet,
    PurchaseOrderQuerySet,
    PurchaseRevisionQuerySet,
)


class PurchaseOrder(models.Model):
    """One order of goods from one supplier for one warehouse.

    Written by `suppliers.services` alone. `revision` is what the supplier gets, `version` counts
    every save (the optimistic lock). `fx_rate` is the value of one unit of `currency` in the base
    currency, fixed when submitted. `approval_hash` is the hash of the approved revision's
    snapshot; nothing of that revision changes any more. `source_key` names what made a system
    draft or which reference of an imported file it is, once.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PENDING = "pending", _("To approve")
        APPROVED = "approved", _("Approved")
        SENT = "sent", _("Sent")
        CONFIRMED = "confirmed", _("Confirmed")
        PARTLY_RECEIVED = "partly_received", _("Partly received")
        RECEIVED = "received", _("Received")
        CLOSED = "closed", _("Closed")
        REJECTED = "rejected", _("Rejected")
        CANCELLED = "cancelled", _("Cancelled")

    class Mode(models.TextChoices):
        AIR = "air", _("Air")
        SEA = "sea", _("Sea")
        RAIL = "rail", _("Rail")
        EXPRESS = "express", _("Express")

    number = models.CharField(_("purchase order"), max_length=24, unique=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    supplier = models.ForeignKey(
        Supplier,
        on_delete=models.PROTECT,
        related_name="purchase_orders",
        verbose_name=_("supplier"),
    )
    warehouse = models.ForeignKey(
        "inventory.Warehouse",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("warehouse"),
    )
    agreement = models.ForeignKey(
        Agreement,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="purchase_orders",
        verbose_name=_("agreement"),
    )
    mode = models.CharField(_("transport"), max_length=8, choices=Mode, default=Mode.SEA)
    currency = models.CharField(_("currency"), max_length=3)
    fx_rate = models.DecimalField(
        _("exchange rate"), max_digits=18, decimal_places=8, null=True, blank=True
    )
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.DRAFT)
    required_by = models.DateField(_("wanted by"), null=True, blank=True)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    due_on = models.GeneratedField(
        expression=Coalesce("expected_on", "required_by"),
        output_field=models.DateField(null=True),
        db_persist=True,
    )
    reason = models.CharField(_("why it is needed"), max_length=400, blank=True, default="")
    note = models.CharField(_("note to the supplier"), max_length=400, blank=True, default="")
    total_amount = models.DecimalField(
        _("total"), max_digits=18, decimal_places=4, default=Decimal(0)
    )
    total_base_amount = models.DecimalField(
        _("total in the base currency"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    is_off_agreement = models.BooleanField(_("prices off the agreement"), default=False)
    is_system = models.BooleanField(_("drafted by the system"), default=False)
    source_key = models.CharField(max_length=120, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    approval_hash = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=64)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_by = models.CharField(_("submitted by"), max_length=64, blank=True, default="")
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=64, blank=True, default="")
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_revision = models.PositiveIntegerField(_("sent revision"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    close_reason = models.CharField(_("reason"), max_length=32, blank=True, default="")

    objects = PurchaseOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=purchase_states.STATES), name="purchaseorder_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(mode__in=("air", "sea", "rail", "express")),
                name="purchaseorder_mode_is_known",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="purchaseorder_currency_is_iso"
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=1) & Q(version__gte=1),
                name="purchaseorder_counts_from_one",
            ),
            models.CheckConstraint(
                condition=Q(fx_rate__isnull=True) | Q(fx_rate__gt=0),
                name="purchaseorder_rate_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(total_amount__gte=0)
                & (Q(total_base_amount__isnull=True) | Q(total_base_amount__gte=0)),
                name="purchaseorder_total_is_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("pending", *purchase_states.NEEDS_APPROVAL))
                | Q(
                    fx_rate__isnull=False,
                    total_base_amount__isnull=False,
                    submitted_at__isnull=False,
                ),
                name="purchaseorder_submitted_has_a_rate",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=purchase_states.NEEDS_APPROVAL)
                | (Q(approved_at__isnull=False) & ~Q(approval_hash="")),
                name="purchaseorder_approved_has_a_hash",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__in=("", "system"))
                | (~Q(approved_by=F("created_by")) & ~Q(approved_by=F("submitted_by"))),
                name="purchaseorder_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=purchase_states.AT_SUPPLIER)
                | Q(sent_at__isnull=False, sent_revision=F("revision")),
                name="purchaseorder_sent_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=purchase_states.OVER, closed_at__isnull=False)
                | (~Q(state__in=purchase_states.OVER) & Q(closed_at__isnull=True)),
                name="purchaseorder_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(close_reason=""),
                name="purchaseorder_cancelled_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_system=False) | ~Q(reason=""),
                name="purchaseorder_system_draft_says_why",
            ),
            models.UniqueConstraint(
                fields=["source_key"],
                condition=~Q(source_key=""),
                name="purchaseorder_once_per_source",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="purchaseorder_by_state"),
            models.Index(fields=["supplier", "id"], name="purchaseorder_by_supplier"),
            models.Index(fields=["due_on", "id"], name="purchaseorder_due"),
        ]

    def __str__(self) -> str:
        return self.number


class PurchaseLine(models.Model):
    """One SKU of a purchase order: how much was needed, ordered, promised and came.

    `raw_need_qty` is the need before `moq_qty` and `multiple_qty` rounded it up to `qty`.
    `quoted_price` is what the agreement or the list says, null when nothing does; `unit_price`
    is what is ordered at. Confirmed, shipped, received, short and invoiced units are counted on
    by answers, arrivals, receipts and invoices; an excess can make `received_qty` exceed `qty`.
    """

    order = models.ForeignKey(
        PurchaseOrder, on_delete=models.PROTECT, related_name="lines", verbose_name=_("order")
    )
    position = models.PositiveIntegerField(_("position"))
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU")
    )
    agreement_line = models.ForeignKey(
        AgreementLine,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="purchase_lines",
        verbose_name=_("agreement line"),
    )
    raw_need_qty = models.PositiveIntegerField(_("needed"))
    qty = models.PositiveIntegerField(_("ordered"))
    moq_qty = models.PositiveIntegerField(_("least order"), default=1)
    multiple_qty = models.PositiveIntegerField(_("pack"), default=1)
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    quoted_price = models.DecimalField(
        _("quoted price"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    price_source = models.CharField(_("price source"), max_length=24)
    price_trace = models.JSONField(default=dict)
    off_agreement_reason = models.CharField(
        _("reason for the price"), max_length=200, blank=True, default=""
    )
    confirmed_qty = models.PositiveIntegerField(_("confirmed"), null=True, blank=True)
    confirmed_on = models.DateField(_("confirmed for"), null=True, blank=True)
    shipped_qty = models.PositiveIntegerField(_("shipped"), default=0)
    received_qty = models.PositiveIntegerField(_("received"), default=0)
    short_qty = models.PositiveIntegerField(_("short"), default=0)
    invoiced_qty = models.PositiveIntegerField(_("invoiced"), default=0)

    objects = PurchaseLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("purchase line")
        verbose_name_plural = _("purchase lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "sku"], name="purchaseline_sku_once"),
            models.UniqueConstraint(fields=["order", "position"], name="purchaseline_position"),
            models.CheckConstraint(
                condition=Q(qty__gte=1, qty__lte=MOST_UNITS), name="purchaseline_orders_units"
            ),
            models.CheckConstraint(
                condition=Q(raw_need_qty__lte=MOST_UNITS), name="purchaseline_need_in_range"
            ),
            models.CheckConstraint(
                condition=Q(moq_qty__gte=1, multiple_qty__gte=1), name="purchaseline_packs_units"
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0), name="purchaseline_price_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(short_qty__lte=F("qty")), name="purchaseline_short_is_of_the_order"
            ),
        ]
        indexes = [models.Index(fields=["sku", "order"], name="purchaseline_sku")]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.position}"

    @property
    def open_qty(self) -> int:
        """Return the units still to come; never negative."""
        return max(0, self.qty - self.received_qty - self.short_qty)


class PurchaseRevision(models.Model):
    """One revision as it was submitted; append-only by trigger on both databases.

    `content_hash` is the hash an approval is bound to. `is_carried_over`: the approval of the
    revision before it still holds, for the reasons in `change`.
    """

    order = models.ForeignKey(
        PurchaseOrder, on_delete=models.PROTECT, related_name="revisions", verbose_name=_("order")
    )
    revision = models.PositiveIntegerField(_("revision"))
    snapshot = models.JSONField()
    content_hash = models.CharField(max_length=64)
    change = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    is_carried_over = models.BooleanField(_("approval carried over"), default=False)
    made_by = models.CharField(_("made by"), max_length=64)
    made_at = models.DateTimeField(_("made at"))

    objects = PurchaseRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision of a purchase order")
        verbose_name_plural = _("revisions of purchase orders")
        constraints = [
            models.UniqueConstraint(fields=["order", "revision"], name="purchaserevision_once"),
            models.CheckConstraint(
                condition=Q(content_hash__regex=r"^[0-9a-f]{64}$"),
                name="purchaserevision_hash_is_sha256",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.revision}"
