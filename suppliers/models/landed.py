"""What it cost to bring goods here, spread over what arrived."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suppliers.models.arrivals import Asn
from suppliers.querysets.costs import LandedCostQuerySet, LandedCostShareQuerySet


class LandedCost(models.Model):
    """One bill for freight, duty, insurance or handling of one or more arrivals.

    `fx_rate` is the worth of one unit of `currency` in the base currency, kept with the document;
    `base_amount` is what is spread. Written by `suppliers.services.landed_cost`; once posted only
    its reversal follows.
    """

    class Kind(models.TextChoices):
        FREIGHT = "freight", _("Freight")
        DUTY = "duty", _("Duty")
        INSURANCE = "insurance", _("Insurance")
        HANDLING = "handling", _("Handling")
        OTHER = "other", _("Other cost")

    class Basis(models.TextChoices):
        VALUE = "value", _("Value of the goods")
        WEIGHT = "weight", _("Weight")
        VOLUME = "volume", _("Volume")
        QTY = "qty", _("Units")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")
        REVERSED = "reversed", _("Reversed")

    number = models.CharField(_("landed cost"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    payee = models.CharField(_("from whom"), max_length=120)
    reference = models.CharField(_("their number"), max_length=64, blank=True, default="")
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    fx_rate = models.DecimalField(_("exchange rate"), max_digits=20, decimal_places=10)
    base_amount = models.DecimalField(
        _("amount in the base currency"), max_digits=18, decimal_places=4
    )
    basis = models.CharField(_("spread by"), max_length=8, choices=Basis, default=Basis.VALUE)
    billed_on = models.DateField(_("date of the bill"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    stock_amount = models.DecimalField(
        _("on stock"), max_digits=18, decimal_places=4, default=Decimal(0)
    )
    gone_amount = models.DecimalField(
        _("for units gone"), max_digits=18, decimal_places=4, default=Decimal(0)
    )
    arrivals = models.ManyToManyField(
        Asn, related_name="landed_costs", verbose_name=_("arrivals"), blank=False
    )
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=64)
    posted_at = models.DateTimeField(_("posted at"), null=True, blank=True)
    posted_by = models.CharField(_("posted by"), max_length=64, blank=True, default="")
    reversed_at = models.DateTimeField(_("reversed at"), null=True, blank=True)
    reversed_by = models.CharField(_("reversed by"), max_length=64, blank=True, default="")
    reversal_reason = models.CharField(_("reason"), max_length=200, blank=True, default="")

    objects = LandedCostQuerySet.as_manager()

    class Meta:
        verbose_name = _("landed cost")
        verbose_name_plural = _("landed costs")
        constraints = [
            models.UniqueConstraint(
                fields=["payee", "reference", "kind"],
                condition=~Q(reference="") & ~Q(state="reversed"),
                name="landedcost_bill_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, base_amount__gt=0, fx_rate__gt=0),
                name="landedcost_costs_something",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="landedcost_currency_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("freight", "duty", "insurance", "handling", "other")),
                name="landedcost_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=("value", "weight", "volume", "qty")),
                name="landedcost_basis_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", posted_at__isnull=True, reversed_at__isnull=True)
                | Q(state="posted", posted_at__isnull=False, reversed_at__isnull=True)
                | (
                    Q(state="reversed", posted_at__isnull=False, reversed_at__isnull=False)
                    & ~Q(reversal_reason="")
                ),
                name="landedcost_state_has_its_times",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="landedcost_by_state")]

    def __str__(self) -> str:
        return self.number


class LandedCostShare(models.Model):
    """The part of one posted cost that fell to one cost layer of an arrival.

    `base_amount` parts sum to the document's; `amount` is the same in the layer's currency at
    `layer_rate` (base per unit). Written when posted, never changed.
    """

    cost = models.ForeignKey(
        LandedCost, on_delete=models.PROTECT, related_name="shares", verbose_name=_("landed cost")
    )
    asn = models.ForeignKey(
        Asn, on_delete=models.PROTECT, related_name="+", verbose_name=_("arrival")
    )
    layer = models.ForeignKey(
        "inventory.CostLayer",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("cost layer"),
    )
    weight = models.DecimalField(_("weight in the split"), max_digits=24, decimal_places=6)
    base_amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    amount = models.DecimalField(_("amount of the layer"), max_digits=18, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    layer_rate = models.DecimalField(_("exchange rate"), max_digits=20, decimal_places=10)

    objects = LandedCostShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share of a landed cost")
        verbose_name_plural = _("shares of landed costs")
        constraints = [
            models.UniqueConstraint(fields=["cost", "layer"], name="landedcostshare_once"),
            models.CheckConstraint(
                condition=Q(base_amount__gte=0, amount__gte=0, weight__gte=0),
                name="landedcostshare_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cost_id} {self.layer_id}: {self.base_amount}"
