"""Suppliers' invoices, held against what was ordered and what came."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suppliers.models.purchase_orders import PurchaseLine, PurchaseOrder
from suppliers.models.suppliers import Supplier
from suppliers.querysets.costs import InvoiceLineQuerySet, SupplierInvoiceQuerySet


class SupplierInvoice(models.Model):
    """One invoice for one purchase order, in the order's currency.

    `tolerance_pct` is the limit that was in force when it was matched, `fx_rate` (base per unit)
    that of its date. A blocked invoice is released by somebody who did not enter it, or refused.
    Written by `suppliers.services.matching` alone.
    """

    class State(models.TextChoices):
        MATCHED = "matched", _("Matched")
        BLOCKED = "blocked", _("Blocked")
        RELEASED = "released", _("Released")
        REFUSED = "refused", _("Refused")

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("supplier")
    )
    number = models.CharField(_("invoice"), max_length=64)
    order = models.ForeignKey(
        PurchaseOrder,
        on_delete=models.PROTECT,
        related_name="invoices",
        verbose_name=_("purchase order"),
    )
    invoiced_on = models.DateField(_("date"))
    currency = models.CharField(_("currency"), max_length=3)
    fx_rate = models.DecimalField(_("exchange rate"), max_digits=20, decimal_places=10)
    amount = models.DecimalField(_("invoiced"), max_digits=18, decimal_places=4)
    expected_amount = models.DecimalField(_("received cost"), max_digits=18, decimal_places=4)
    tolerance_pct = models.DecimalField(_("tolerance"), max_digits=5, decimal_places=2)
    state = models.CharField(_("state"), max_length=8, choices=State)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.CharField(_("entered by"), max_length=64)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=64, blank=True, default="")

    objects = SupplierInvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier invoice")
        verbose_name_plural = _("supplier invoices")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "number"],
                condition=~Q(state="refused"),
                name="supplierinvoice_number_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("matched", "blocked", "released", "refused")),
                name="supplierinvoice_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, expected_amount__gte=0, fx_rate__gt=0),
                name="supplierinvoice_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("released", "refused"))
                | (Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(reason="")),
                name="supplierinvoice_decided_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | ~Q(decided_by=models.F("entered_by")),
                name="supplierinvoice_released_by_another",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="supplierinvoice_by_state")]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    """One purchase line on an invoice, and how it compares with the order and the receipts.

    `open_qty` are the units received and not yet invoiced when it was matched. `result` is
    `matched` or what is wrong. Written when entered, never changed.
    """

    class Result(models.TextChoices):
        MATCHED = "matched", _("Matched")
        PRICE_OVER = "price_over", _("Price above the order")
        QTY_OVER = "qty_over", _("More than received")

    invoice = models.ForeignKey(
        SupplierInvoice, on_delete=models.PROTECT, related_name="lines", verbose_name=_("invoice")
    )
    purchase_line = models.ForeignKey(
        PurchaseLine,
        on_delete=models.PROTECT,
        related_name="invoice_lines",
        verbose_name=_("purchase line"),
    )
    qty = models.PositiveIntegerField(_("invoiced units"))
    unit_price = models.DecimalField(_("invoiced price"), max_digits=18, decimal_places=6)
    open_qty = models.PositiveIntegerField(_("received, not invoiced"))
    order_price = models.DecimalField(_("order price"), max_digits=18, decimal_places=6)
    over_pct = models.DecimalField(_("above"), max_digits=9, decimal_places=2, default=Decimal(0))
    result = models.CharField(_("result"), max_length=12, choices=Result)

    objects = InvoiceLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        constraints = [
            models.UniqueConstraint(fields=["invoice", "purchase_line"], name="invoiceline_once"),
            models.CheckConstraint(
                condition=Q(qty__gte=1, unit_price__gte=0), name="invoiceline_has_units"
            ),
            models.CheckConstraint(
                condition=Q(result__in=("matched", "price_over", "qty_over")),
                name="invoiceline_result_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.qty} x {self.unit_price}"
