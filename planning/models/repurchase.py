"""What the repurchase models said: one run, its customers, products, companions and weeks."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from inventory.models import Sku

#: Bounds of a share, as lookups.
SHARE = {"__gte": 0, "__lte": 1}


def _share(name: str) -> Q:
    """Return the condition that a field is a share from 0 to 1."""
    return Q(**{f"{name}{suffix}": value for suffix, value in SHARE.items()})


class RepurchaseRun(models.Model):
    """One fit of the repurchase models to everything ordered up to the end of `cut_on` (UTC).

    `planning.services.repurchase` writes it with all its rows in one transaction; it is never
    changed. `inputs_hash` tells whether anything new was known: the same inputs make no new run.
    """

    cut_on = models.DateField(_("known until"))
    computed_at = models.DateTimeField(_("computed at"))
    inputs_hash = models.CharField(max_length=64)
    horizon_days = models.PositiveSmallIntegerField(_("days ahead"))
    model = models.CharField(_("customer model"), max_length=8)
    r = models.FloatField()
    alpha = models.FloatField()
    a = models.FloatField()
    b = models.FloatField()
    log_likelihood = models.FloatField()
    slope = models.FloatField(_("correction by the last window"))
    customers = models.PositiveIntegerField(_("customers"))
    is_individual = models.BooleanField(_("speaks of single customers"))
    method = models.CharField(_("product model"), max_length=16)
    kappa = models.FloatField(_("weight of the pooled share"))
    missing_sources = models.JSONField(_("missing sources"), default=list)

    class Meta:
        verbose_name = _("repurchase run")
        verbose_name_plural = _("repurchase runs")
        constraints = [
            models.UniqueConstraint(
                fields=["cut_on", "inputs_hash"], name="repurchaserun_once_per_input"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cut_on} {self.model}"


class CustomerEstimate(models.Model):
    """One customer in one run: the segment, and what the model expects within the horizon.

    `alive`, `expected` and `chance` are null while the shop has too few customers to say it of one.
    """

    run = models.ForeignKey(
        RepurchaseRun, on_delete=models.CASCADE, related_name="estimates", db_index=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    segment = models.CharField(_("segment"), max_length=8)
    purchases = models.PositiveIntegerField(_("purchase days"))
    first_on = models.DateField(_("first purchase"))
    last_on = models.DateField(_("last purchase"))
    alive = models.FloatField(_("chance to be still a customer"), null=True)
    expected = models.FloatField(_("expected purchases"), null=True)
    chance = models.FloatField(_("chance of a purchase"), null=True)

    class Meta:
        verbose_name = _("estimate of a customer")
        verbose_name_plural = _("estimates of customers")
        constraints = [
            models.UniqueConstraint(fields=["run", "customer"], name="customerestimate_once"),
            models.CheckConstraint(
                condition=Q(segment__in=("high", "dormant", "new", "cooling", "lost", "other")),
                name="customerestimate_segment_known",
            ),
            models.CheckConstraint(
                condition=Q(alive__isnull=True, expected__isnull=True, chance__isnull=True)
                | (_share("alive") & _share("chance") & Q(expected__gte=0)),
                name="customerestimate_chances",
            ),
            models.CheckConstraint(
                condition=Q(purchases__gte=1, last_on__gte=F("first_on")),
                name="customerestimate_has_bought",
            ),
        ]
        indexes = [models.Index(fields=["run", "segment"], name="customerestimate_segments")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.segment}"


class ProductRepurchase(models.Model):
    """One product in one run: its cycle, and when and how likely its buyers come back.

    Quartiles are of the raw gaps; `shape` and `scale` (days) are the gamma that plans, waits
    counted. `repeat_share` is the share of its units that went to customers who had it.
    """

    run = models.ForeignKey(
        RepurchaseRun, on_delete=models.CASCADE, related_name="products", db_index=False
    )
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    buyers = models.PositiveIntegerField(_("buyers"))
    gaps = models.PositiveIntegerField(_("gaps"))
    quarter_days = models.FloatField(_("a quarter of the gaps up to"))
    median_days = models.FloatField(_("half of the gaps up to"))
    three_quarters_days = models.FloatField(_("three quarters of the gaps up to"))
    shape = models.FloatField()
    scale_days = models.FloatField()
    low_confidence = models.BooleanField(_("few gaps"))
    expected_on = models.DateField(_("expected on"))
    chance = models.FloatField(_("chance"))
    repeat_share = models.FloatField(_("share of repeat units"))

    class Meta:
        verbose_name = _("repurchase of a product")
        verbose_name_plural = _("repurchases of products")
        constraints = [
            models.UniqueConstraint(fields=["run", "sku"], name="productrepurchase_once"),
            models.CheckConstraint(
                condition=_share("chance") & _share("repeat_share"),
                name="productrepurchase_shares",
            ),
            models.CheckConstraint(
                condition=Q(gaps__gte=1, buyers__gte=1, shape__gt=0, scale_days__gt=0),
                name="productrepurchase_has_a_gap",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "expected_on", "id"], name="productrepurchase_days"),
            models.Index(fields=["run", "chance", "id"], name="productrepurchase_chances"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.expected_on}"


class CrossPurchase(models.Model):
    """Of `watched` buyers of one product, `bought` bought the other within the window after it.

    `planned` is the share mixed with the other's pooled one, `low` to `high` its 90 % interval.
    """

    run = models.ForeignKey(
        RepurchaseRun, on_delete=models.CASCADE, related_name="crossings", db_index=False
    )
    first_sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    then_sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    watched = models.PositiveIntegerField(_("buyers watched"))
    bought = models.PositiveIntegerField(_("bought the other"))
    planned = models.FloatField(_("share planned with"))
    low = models.FloatField(_("at least"))
    high = models.FloatField(_("at most"))
    lift = models.FloatField(_("times the usual"))

    class Meta:
        verbose_name = _("cross-purchase")
        verbose_name_plural = _("cross-purchases")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "first_sku", "then_sku"], name="crosspurchase_once"
            ),
            models.CheckConstraint(
                condition=Q(watched__gte=F("bought")) & Q(bought__gte=1) & _share("planned"),
                name="crosspurchase_counts",
            ),
            models.CheckConstraint(
                condition=~Q(first_sku=F("then_sku")), name="crosspurchase_of_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_sku_id} > {self.then_sku_id}: {self.bought}/{self.watched}"


class ExpectedRepurchase(models.Model):
    """Units of a SKU that its earlier buyers are expected to take in a week (Monday, UTC).

    The first week holds only the days left of it. It is a part of demand, not an addition to it:
    `planning.queries.repurchase.components` puts it in the place of the repeats already forecast.
    """

    run = models.ForeignKey(
        RepurchaseRun, on_delete=models.CASCADE, related_name="weeks", db_index=False
    )
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    week_on = models.DateField(_("week of"))
    expected_qty = models.FloatField(_("expected units"))

    class Meta:
        verbose_name = _("expected repurchase")
        verbose_name_plural = _("expected repurchases")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "sku", "week_on"], name="expectedrepurchase_once"
            ),
            models.CheckConstraint(
                condition=Q(expected_qty__gte=0), name="expectedrepurchase_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.week_on}: {self.expected_qty:.1f}"
