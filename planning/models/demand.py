"""What was asked for, day by day, and what is known about those days."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Sku, Warehouse
from orders.models import Channel
from planning.querysets.forecasts import DemandEventQuerySet


class DemandHistory(models.Model):
    """Demand of one SKU on one day (UTC) through one channel, at the warehouse that should serve.

    `qty` is what was ordered, kits as their components. `netted_qty` of it was taken back at once
    and `project_qty` belongs to one-off project orders: neither is demand to expect again.
    Returns stand apart. `cleaned_qty` is the second series. `planning.services.history` alone
    writes it and may write it again; what was ordered is never changed to fit a model.
    """

    sku = models.ForeignKey(
        Sku, on_delete=models.CASCADE, related_name="+", verbose_name=_("SKU"), db_index=False
    )
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.CASCADE, related_name="+", verbose_name=_("warehouse")
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, related_name="+", verbose_name=_("channel")
    )
    on = models.DateField(_("day"), db_index=True)
    qty = models.PositiveIntegerField(_("units ordered"), default=0)
    netted_qty = models.PositiveIntegerField(_("units taken back"), default=0)
    project_qty = models.PositiveIntegerField(_("units of project orders"), default=0)
    returned_qty = models.PositiveIntegerField(_("units returned"), default=0)
    value_amount = models.DecimalField(
        _("value of the demand"), max_digits=18, decimal_places=4, default=0
    )
    cleaned_qty = models.FloatField(_("cleaned demand"), default=0)
    is_stockout = models.BooleanField(_("out of stock"), default=False)
    is_promotion = models.BooleanField(_("promotion"), default=False)
    is_anomaly = models.BooleanField(_("odd day"), default=False)

    class Meta:
        verbose_name = _("day of demand")
        verbose_name_plural = _("demand history")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "warehouse", "channel", "on"], name="demandhistory_once"
            ),
            models.CheckConstraint(
                condition=Q(qty__gte=F("netted_qty") + F("project_qty")),
                name="demandhistory_parts_within_qty",
            ),
            models.CheckConstraint(
                condition=Q(cleaned_qty__gte=0, value_amount__gte=0),
                name="demandhistory_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}/{self.warehouse_id}/{self.channel_id} {self.on}"


class StockoutSpan(models.Model):
    """Days from `from_on` to `until_on`, both whole, on which a warehouse had nothing to sell.

    Derived from the ledger by `planning.services.history`; the newest span grows day by day.
    """

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))

    class Meta:
        verbose_name = _("days out of stock")
        verbose_name_plural = _("days out of stock")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "warehouse", "from_on"], name="stockoutspan_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="stockoutspan_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}/{self.warehouse_id} {self.from_on}..{self.until_on}"


class DemandEvent(models.Model):
    """Days that are not like others: a promotion, an event, a season, or days marked as odd.

    Empty SKU, category, warehouse or channel = all of them. `factor` is what demand is expected to
    be multiplied by (2.8 = 180 % more), empty where only the past is marked. Staff write it.
    """

    class Kind(models.TextChoices):
        PROMOTION = "promotion", _("promotion")
        EVENT = "event", _("event")
        SEASON = "season", _("season")
        ODD_DAYS = "odd_days", _("odd days")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    sku = models.ForeignKey(
        Sku,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("SKU"),
    )
    category = models.CharField(_("category"), max_length=120, blank=True, default="")
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    factor = models.DecimalField(_("factor"), max_digits=7, decimal_places=3, null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    author_key = models.CharField(_("entered by"), max_length=64)
    created_at = models.DateTimeField(_("entered at"))

    objects = DemandEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="demandevent_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(factor__isnull=True) | Q(factor__gt=0, factor__lte=100),
                name="demandevent_factor_in_range",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="demandevent_has_a_name"),
            models.CheckConstraint(
                condition=Q(kind__in=("promotion", "event", "season", "odd_days")),
                name="demandevent_kind_is_known",
            ),
        ]
        indexes = [models.Index(fields=["from_on", "until_on"], name="demandevent_days")]

    def __str__(self) -> str:
        return f"{self.name} {self.from_on}..{self.until_on}"


class DemandChange(models.Model):
    """One day whose cleaned demand differs from what was ordered: the report of the cleaning.

    `old_qty` is the demand before, `new_qty` after; `terms` the numbers that decided, `changed_by`
    the actor or the method. Written with the history; a rebuild that finds another value replaces
    the row.
    """

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    on = models.DateField(_("day"), db_index=True)
    reason = models.CharField(_("reason"), max_length=20)
    old_qty = models.FloatField(_("before"))
    new_qty = models.FloatField(_("after"))
    changed_by = models.CharField(_("changed by"), max_length=64)
    terms = models.JSONField(_("terms"), default=dict)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("cleaned day")
        verbose_name_plural = _("cleaned days")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "warehouse", "channel", "on"], name="demandchange_once"
            ),
            models.CheckConstraint(
                condition=Q(old_qty__gte=0, new_qty__gte=0), name="demandchange_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=("STOCKOUT", "SPIKE", "MARKED", "PROJECT")),
                name="demandchange_reason_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.on}: {self.old_qty} -> {self.new_qty}"


class DemandSignal(models.Model):
    """A count of one day from outside the orders: views, coupons used, searches.

    About a SKU, a customer, a search term or a mix of them; `subject_key` says it once for the
    unique constraint. Imports write it; a later file replaces the count of the same day.
    """

    class Source(models.TextChoices):
        BEHAVIOR = "behavior", _("visitor behavior")
        MARKETING = "marketing", _("marketing")
        SEARCH = "search", _("search trends")

    source = models.CharField(_("source"), max_length=12, choices=Source)
    kind = models.CharField(_("kind"), max_length=16)
    subject_key = models.CharField(_("about"), max_length=200)
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, null=True, related_name="+")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, null=True, related_name="+"
    )
    term = models.CharField(_("search term"), max_length=120, blank=True, default="")
    on = models.DateField(_("day"))
    count_value = models.FloatField(_("count"))
    import_batch_id = models.BigIntegerField(null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("demand signal")
        verbose_name_plural = _("demand signals")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind", "subject_key", "on"], name="demandsignal_once"
            ),
            models.CheckConstraint(
                condition=Q(count_value__gte=0), name="demandsignal_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(source="behavior", kind__in=("view", "cart", "favorite"))
                | Q(source="marketing", kind__in=("open", "coupon"))
                | Q(source="search", kind="trend"),
                name="demandsignal_kind_fits_source",
            ),
            models.CheckConstraint(
                condition=~Q(subject_key=""), name="demandsignal_is_about_something"
            ),
        ]
        indexes = [models.Index(fields=["source", "on"], name="demandsignal_days")]

    def __str__(self) -> str:
        return f"{self.source}/{self.kind} {self.subject_key} {self.on}"
