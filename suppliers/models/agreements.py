"""What was agreed with a supplier for a time: prices, caps, and the batches to call off."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import MOST_UNITS
from suppliers.domain.terms import INCOTERMS
from suppliers.models.suppliers import Supplier
from suppliers.models.terms import CURRENCY_SHAPE
from suppliers.querysets.agreements import (
    AgreementLineQuerySet,
    AgreementQuerySet,
    CallOffQuerySet,
)


class Agreement(models.Model):
    """One version of an agreement with a supplier.

    `valid_until` is its last day. `is_current`: the newest version that was approved. `stacks`:
    an urgent order keeps the agreement's price and pays the surcharge on top. A cap, once
    reached, closes it for further call-offs. Written by `suppliers.services.agreements` alone;
    once submitted its terms never change, a new version does. `signed_hash` is the fingerprint of
    the terms that the supplier itself accepted; empty where staff noted the acceptance.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PENDING_APPROVAL = "pending_approval", _("To approve")
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        EXPIRED = "expired", _("Expired")
        TERMINATED = "terminated", _("Ended")

    number = models.CharField(_("agreement"), max_length=24)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    previous = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="next"
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("supplier")
    )
    title = models.CharField(_("title"), max_length=120, blank=True, default="")
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.DRAFT)
    is_current = models.BooleanField(_("current version"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    currency = models.CharField(_("currency"), max_length=3)
    incoterm = models.CharField(_("incoterm"), max_length=3, blank=True, default="")
    stacks = models.BooleanField(_("urgent orders keep the agreed price"), default=False)
    cap_amount = models.DecimalField(
        _("cap (amount)"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    cap_qty = models.PositiveIntegerField(_("cap (units)"), null=True, blank=True)
    clauses = models.TextField(_("clauses"), blank=True, default="")
    signed_by = models.CharField(_("accepted for the supplier by"), max_length=120, blank=True)
    signed_on = models.DateField(_("accepted on"), null=True, blank=True)
    signed_hash = models.CharField(
        _("fingerprint accepted"), max_length=64, blank=True, default="", editable=False
    )
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=64)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_by = models.CharField(_("submitted by"), max_length=64, blank=True, default="")
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=64, blank=True, default="")
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    notified_at = models.DateTimeField(null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="agreement_version_once"),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(is_current=True),
                name="agreement_one_current_version",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(state__in=("draft", "pending_approval")),
                name="agreement_one_version_in_work",
            ),
            models.CheckConstraint(
                condition=Q(version=1, previous__isnull=True)
                | Q(version__gte=2, previous__isnull=False),
                name="agreement_later_version_has_a_previous",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        "draft",
                        "pending_approval",
                        "active",
                        "suspended",
                        "expired",
                        "terminated",
                    )
                ),
                name="agreement_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")),
                name="agreement_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_SHAPE), name="agreement_currency_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(incoterm="") | Q(incoterm__in=INCOTERMS),
                name="agreement_incoterm_is_known",
            ),
            models.CheckConstraint(
                condition=Q(cap_amount__isnull=True) | Q(cap_amount__gt=0),
                name="agreement_cap_amount_above_zero",
            ),
            models.CheckConstraint(
                condition=Q(cap_qty__isnull=True) | Q(cap_qty__gte=1),
                name="agreement_cap_qty_above_zero",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="")
                | (~Q(approved_by=F("created_by")) & ~Q(approved_by=F("submitted_by"))),
                name="agreement_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("active", "suspended", "expired"))
                | (~Q(approved_by="") & Q(approved_at__isnull=False)),
                name="agreement_in_force_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | ~Q(state__in=("draft", "pending_approval")),
                name="agreement_current_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("expired", "terminated"), ended_at__isnull=False)
                | Q(
                    state__in=("draft", "pending_approval", "active", "suspended"),
                    ended_at__isnull=True,
                ),
                name="agreement_end_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["supplier", "state", "id"], name="agreement_by_supplier"),
            models.Index(
                fields=["valid_until", "id"],
                condition=Q(state__in=("active", "suspended")),
                name="agreement_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"


class AgreementLine(models.Model):
    """One price of an agreement: for one SKU, from a number of units on.

    `unit_price` null: the list price times the agreement's factor. Written with its agreement.
    """

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="lines", verbose_name=_("agreement")
    )
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU")
    )
    min_qty = models.PositiveIntegerField(_("from units"), default=1)
    unit_price = models.DecimalField(
        _("unit price"), max_digits=18, decimal_places=6, null=True, blank=True
    )

    objects = AgreementLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement line")
        verbose_name_plural = _("agreement lines")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "sku", "min_qty"], name="agreementline_break_once"
            ),
            models.CheckConstraint(
                condition=Q(unit_price__isnull=True) | Q(unit_price__gt=0),
                name="agreementline_price_above_zero",
            ),
            models.CheckConstraint(
                condition=Q(min_qty__gte=1, min_qty__lte=MOST_UNITS),
                name="agreementline_break_in_range",
            ),
        ]
        indexes = [models.Index(fields=["sku", "agreement"], name="agreementline_sku")]

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.sku_id} {self.min_qty}"


class CallOff(models.Model):
    """A batch that an agreement plans: units of one SKU for one day. Written with its agreement.

    How much of it is ordered is derived from the order lines, oldest batch first.
    """

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="call_offs", verbose_name=_("agreement")
    )
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU")
    )
    planned_on = models.DateField(_("planned on"))
    qty = models.PositiveIntegerField(_("units"))

    objects = CallOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("call-off")
        verbose_name_plural = _("call-offs")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "sku", "planned_on"], name="calloff_day_once"
            ),
            models.CheckConstraint(
                condition=Q(qty__gte=1, qty__lte=MOST_UNITS), name="calloff_has_units"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.sku_id} {self.planned_on}"
