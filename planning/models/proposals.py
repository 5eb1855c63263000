"""What a review of stock found, and what it proposes to get."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import MOST_UNITS, Sku, Transfer, Warehouse, WorkOrder
from planning.models.forecasts import ForecastRun
from planning.querysets.proposals import (
    CoverStatusQuerySet,
    ProposalQuerySet,
    ReviewRunQuerySet,
)
from suppliers.models import PurchaseOrder, Supplier


class Band(models.TextChoices):
    """How urgent a SKU is at a warehouse."""

    RED = "red", _("red")
    YELLOW = "yellow", _("yellow")
    GREEN = "green", _("green")


BANDS = ("red", "yellow", "green")


class ReviewRun(models.Model):
    """One review of SKU-warehouses. `planning.services.replenishment` writes it; never changed.

    `rows` were looked at, `figures` counts bands, proposals by what became of them and seconds;
    `inputs_hash` is the same for a review of the same stock, demand, terms and policies.
    """

    as_of = models.DateTimeField(_("as of"))
    forecast_run = models.ForeignKey(
        ForecastRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rows = models.PositiveIntegerField(_("SKU-warehouses"))
    figures = models.JSONField(_("figures"), default=dict)
    inputs_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("computed at"))

    objects = ReviewRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        indexes = [models.Index(fields=["created_at", "id"], name="reviewrun_newest")]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d %H:%M} ({self.rows})"


class CoverStatus(models.Model):
    """How long one SKU lasts at one warehouse, as the newest review saw it.

    Each review writes over the row; history stands in the proposals. Days of cover are empty where
    nothing is asked for: such stock never ends. `stock_value_amount` and `at_risk_amount` (sales
    lost before a regular order lands) are in the base currency. `terms` holds every number that
    decided. `planning.services.replenishment` alone writes it.
    """

    sku = models.ForeignKey(
        Sku, on_delete=models.CASCADE, related_name="+", verbose_name=_("SKU"), db_index=False
    )
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.CASCADE, related_name="+", verbose_name=_("warehouse")
    )
    review = models.ForeignKey(ReviewRun, on_delete=models.PROTECT, related_name="covers")
    band = models.CharField(_("band"), max_length=8, choices=Band)
    flat_band = models.CharField(_("band by days of cover"), max_length=8, choices=Band)
    lead_band = models.CharField(_("band by lead times"), max_length=8, choices=Band)
    reason = models.CharField(_("reason"), max_length=24)
    is_covered = models.BooleanField(_("goods arrive in time"), default=False)
    on_hand_qty = models.IntegerField(_("on hand"))
    sellable_qty = models.IntegerField(_("sellable"))
    inbound_qty = models.PositiveIntegerField(_("inbound"), default=0)
    daily_qty = models.FloatField(_("units a day"))
    cover_days = models.FloatField(_("days of cover"), null=True, blank=True)
    near_days = models.FloatField(_("days with what arrives soon"), null=True, blank=True)
    position_days = models.FloatField(_("days with all on order"), null=True, blank=True)
    order_by_on = models.DateField(_("order by"), null=True, blank=True)
    runs_out_on = models.DateField(_("runs out on"), null=True, blank=True)
    buffer_qty = models.PositiveIntegerField(_("safety stock"), default=0)
    overstock = models.CharField(_("overstock"), max_length=8, default="none")
    turnover_days = models.FloatField(_("turnover days"), null=True, blank=True)
    confidence = models.FloatField(_("confidence"), null=True, blank=True)
    recommended_qty = models.PositiveIntegerField(_("recommended"), default=0)
    decision = models.CharField(_("decision"), max_length=24, default="")
    stock_value_amount = models.DecimalField(
        _("stock value"), max_digits=18, decimal_places=4, default=0
    )
    at_risk_amount = models.DecimalField(
        _("money at risk"), max_digits=18, decimal_places=4, default=0
    )
    terms = models.JSONField(_("terms"), default=dict, encoder=DjangoJSONEncoder)
    reviewed_at = models.DateTimeField(_("reviewed at"))

    objects = CoverStatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("cover")
        verbose_name_plural = _("covers")
        constraints = [
            models.UniqueConstraint(fields=["sku", "warehouse"], name="coverstatus_once"),
            models.CheckConstraint(
                condition=Q(band__in=BANDS, flat_band__in=BANDS, lead_band__in=BANDS),
                name="coverstatus_bands_are_known",
            ),
            models.CheckConstraint(
                condition=Q(daily_qty__gte=0)
                & (Q(cover_days__isnull=True) | Q(cover_days__gte=0))
                & (Q(near_days__isnull=True) | Q(near_days__gte=0))
                & (Q(position_days__isnull=True) | Q(position_days__gte=0)),
                name="coverstatus_days_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(overstock__in=("none", "promote", "clear", "stop")),
                name="coverstatus_overstock_is_known",
            ),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=100),
                name="coverstatus_confidence_in_range",
            ),
            models.CheckConstraint(
                condition=Q(stock_value_amount__gte=0, at_risk_amount__gte=0),
                name="coverstatus_amounts_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["band", "-at_risk_amount", "id"], name="coverstatus_by_band"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}/{self.warehouse_id}: {self.band}"


class Proposal(models.Model):
    """Units of one SKU to get for one warehouse: how many, from where, how, until when, and why.

    The review writes `computed_qty` and the terms while the proposal waits; a person's quantity
    stands apart in `override_qty` and the review leaves it alone until `override_until`. At most
    one proposal of a SKU-warehouse waits (open or snoozed). Accepting it writes a draft purchase
    order (two for a split: `fast_order` is the one by air), a draft transfer or a work order.
    `partner_of`: proposed because the other one's SKU is red. Never deleted.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        SNOOZED = "snoozed", _("snoozed")
        DISMISSED = "dismissed", _("dismissed")
        LAPSED = "lapsed", _("lapsed")

    class Source(models.TextChoices):
        PURCHASE = "purchase", _("purchase")
        TRANSFER = "transfer", _("transfer")
        KIT = "kit", _("build kits")
        WAIT = "wait", _("wait")

    class Mode(models.TextChoices):
        SEA = "sea", _("Sea")
        AIR = "air", _("Air")
        SPLIT = "split", _("Air and sea")
        RAIL = "rail", _("Rail")
        EXPRESS = "express", _("Express")
        NONE = "none", _("none")

    number = models.CharField(_("proposal"), max_length=24, unique=True)
    review = models.ForeignKey(ReviewRun, on_delete=models.PROTECT, related_name="proposals")
    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU"), db_index=False
    )
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    band = models.CharField(_("band"), max_length=8, choices=Band)
    reason = models.CharField(_("reason"), max_length=24)
    computed_qty = models.PositiveIntegerField(_("computed"))
    fast_qty = models.PositiveIntegerField(_("by the fast mode"), default=0)
    override_qty = models.PositiveIntegerField(_("changed to"), null=True, blank=True)
    override_reason = models.CharField(_("why changed"), max_length=200, blank=True, default="")
    override_by = models.CharField(_("changed by"), max_length=64, blank=True, default="")
    override_until = models.DateField(_("changed until"), null=True, blank=True)
    source_kind = models.CharField(_("source"), max_length=12, choices=Source)
    mode = models.CharField(_("transport"), max_length=8, choices=Mode, default=Mode.NONE)
    fast_mode = models.CharField(_("fast transport"), max_length=8, blank=True, default="")
    slow_mode = models.CharField(_("regular transport"), max_length=8, blank=True, default="")
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    from_warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    unit_cost_amount = models.DecimalField(
        _("unit cost"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    total_base_amount = models.DecimalField(
        _("total in base currency"), max_digits=18, decimal_places=4, default=0
    )
    at_risk_amount = models.DecimalField(
        _("money at risk"), max_digits=18, decimal_places=4, default=0
    )
    order_by_on = models.DateField(_("order by"), null=True, blank=True)
    partner_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="partners"
    )
    terms = models.JSONField(_("terms"), default=dict, encoder=DjangoJSONEncoder)
    snoozed_until = models.DateField(_("snoozed until"), null=True, blank=True)
    purchase_order = models.ForeignKey(
        PurchaseOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    fast_order = models.ForeignKey(
        PurchaseOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    work_order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("proposed at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=64, blank=True, default="")
    decision_reason = models.CharField(_("why decided"), max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "warehouse"],
                condition=Q(state__in=("open", "snoozed")),
                name="proposal_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "accepted", "snoozed", "dismissed", "lapsed")),
                name="proposal_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(source_kind__in=("purchase", "transfer", "kit", "wait"), band__in=BANDS)
                & Q(mode__in=("sea", "air", "split", "rail", "express", "none")),
                name="proposal_kinds_are_known",
            ),
            models.CheckConstraint(
                condition=Q(computed_qty__gte=1, computed_qty__lte=MOST_UNITS)
                & Q(fast_qty__lte=F("computed_qty")),
                name="proposal_qty_in_range",
            ),
            models.CheckConstraint(
                condition=Q(override_qty__isnull=True, override_until__isnull=True)
                | (
                    Q(override_qty__gte=1, override_qty__lte=MOST_UNITS)
                    & Q(override_until__isnull=False)
                    & ~Q(override_reason="")
                    & ~Q(override_by="")
                ),
                name="proposal_override_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="snoozed") | Q(snoozed_until__isnull=False),
                name="proposal_snoozed_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "snoozed")) | Q(decided_at__isnull=False),
                name="proposal_decided_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | Q(purchase_order__isnull=False)
                | Q(fast_order__isnull=False)
                | Q(transfer__isnull=False)
                | Q(work_order__isnull=False),
                name="proposal_accepted_into_something",
            ),
            models.CheckConstraint(
                condition=~Q(source_kind="transfer") | Q(from_warehouse__isnull=False),
                name="proposal_transfer_from_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(source_kind="purchase") | Q(supplier__isnull=False),
                name="proposal_purchase_from_somebody",
            ),
            models.CheckConstraint(
                condition=Q(total_base_amount__gte=0, at_risk_amount__gte=0),
                name="proposal_amounts_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-at_risk_amount", "id"], name="proposal_by_state"),
            models.Index(fields=["sku", "warehouse", "-id"], name="proposal_of_a_sku"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def qty(self) -> int:
        """Return the units that accepting would get: the person's, else the computed ones."""
        return self.computed_qty if self.override_qty is None else self.override_qty
