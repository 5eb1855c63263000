"""What became of units above the order, and what suppliers owe for goods that came wrong."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suppliers.models.arrivals import Asn, AsnLine
from suppliers.models.receipts import ReceiptLine
from suppliers.models.suppliers import Supplier
from suppliers.querysets.costs import (
    ClaimLineQuerySet,
    ExcessDecisionQuerySet,
    SupplierClaimQuerySet,
)


class ExcessDecision(models.Model):
    """What a buyer did with held units above the tolerance (X16).

    `unit_price` is the agreed price and `value_amount` what these units add to the order: zero
    when they are free or go back. Written by `suppliers.services.excess`, never changed.
    """

    class Outcome(models.TextChoices):
        ACCEPT = "accept", _("Accept at the agreed price")
        FREE = "free", _("Keep free of charge")
        RETURN = "return", _("Send back")

    asn_line = models.ForeignKey(
        AsnLine, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("line")
    )
    outcome = models.CharField(_("decision"), max_length=8, choices=Outcome)
    qty = models.PositiveIntegerField(_("units"))
    unit_price = models.DecimalField(
        _("agreed price"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    value_amount = models.DecimalField(
        _("value variance"), max_digits=18, decimal_places=4, default=Decimal(0)
    )
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    told_count = models.PositiveIntegerField(_("contacts told"), default=0)
    at = models.DateTimeField(_("at"))
    actor_key = models.CharField(_("by"), max_length=64)

    objects = ExcessDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision on an excess")
        verbose_name_plural = _("decisions on excess")
        constraints = [
            models.CheckConstraint(condition=Q(qty__gte=1), name="excessdecision_has_units"),
            models.CheckConstraint(
                condition=Q(outcome__in=("accept", "free", "return")),
                name="excessdecision_outcome_is_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome="accept") | Q(value_amount=0),
                name="excessdecision_only_accepted_costs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asn_line_id} {self.outcome}: {self.qty}"


class SupplierClaim(models.Model):
    """What a supplier is asked to make good for one arrival (X17).

    Amounts are in `currency` at its exponent. Written by `suppliers.services.claims` alone.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Refused")
        SETTLED = "settled", _("Settled")
        DROPPED = "dropped", _("Dropped")

    number = models.CharField(_("claim"), max_length=24, unique=True)
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="claims", verbose_name=_("supplier")
    )
    asn = models.ForeignKey(
        Asn, on_delete=models.PROTECT, related_name="claims", verbose_name=_("arrival")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("claimed"), max_digits=18, decimal_places=4)
    agreed_amount = models.DecimalField(
        _("agreed"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    note = models.CharField(_("note"), max_length=400, blank=True, default="")
    reference = models.CharField(_("credit note"), max_length=64, blank=True, default="")
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=64)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = SupplierClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.UniqueConstraint(
                fields=["asn"], condition=Q(state="draft"), name="supplierclaim_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "sent", "agreed", "refused", "settled", "dropped")),
                name="supplierclaim_state_is_known",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="supplierclaim_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=("agreed", "settled"), agreed_amount__gt=0)
                | (~Q(state__in=("agreed", "settled")) & Q(agreed_amount__isnull=True)),
                name="supplierclaim_agreed_has_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "dropped")) | Q(sent_at__isnull=False),
                name="supplierclaim_sent_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="supplierclaim_by_state")]

    def __str__(self) -> str:
        return self.number


class ClaimLine(models.Model):
    """Units of one receipt line in a claim, at what they cost until here.

    `unit_cost` is the landed cost of a unit when the claim was drawn up. A dropped claim gives
    its receipt lines free. Photos hang on the receipt line.
    """

    claim = models.ForeignKey(
        SupplierClaim, on_delete=models.PROTECT, related_name="lines", verbose_name=_("claim")
    )
    receipt_line = models.ForeignKey(
        ReceiptLine,
        on_delete=models.PROTECT,
        related_name="claim_lines",
        verbose_name=_("receipt line"),
    )
    qty = models.PositiveIntegerField(_("units"))
    unit_cost = models.DecimalField(_("landed unit cost"), max_digits=18, decimal_places=6)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)

    objects = ClaimLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim line")
        verbose_name_plural = _("claim lines")
        constraints = [
            models.UniqueConstraint(fields=["claim", "receipt_line"], name="claimline_once"),
            models.CheckConstraint(
                condition=Q(qty__gte=1, unit_cost__gte=0, amount__gte=0),
                name="claimline_has_units",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.qty} x {self.unit_cost}"
