"""Orders that come again: what a customer gets, how often, and what became of each time."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.querysets import SubscriptionQuerySet


class SubscriptionState(models.TextChoices):
    """Whether a subscription makes orders."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class IntervalUnit(models.TextChoices):
    """What an interval is counted in."""

    DAY = "day", _("days")
    WEEK = "week", _("weeks")
    MONTH = "month", _("months")


class Subscription(models.Model):
    """A standing order of one customer on one channel. `services.subscriptions` writes it.

    Due days count from `first_on` by `interval_count` `interval_unit`s (`domain.schedule`);
    `next_on` is the first that has no run yet, empty once the subscription has ended. Days are
    calendar days without a zone: the order is made the set number of days before.
    """

    number = models.CharField(max_length=24, unique=True)
    channel = models.ForeignKey("orders.Channel", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(
        max_length=8, choices=SubscriptionState, default=SubscriptionState.ACTIVE
    )
    interval_unit = models.CharField(max_length=5, choices=IntervalUnit)
    interval_count = models.PositiveSmallIntegerField()
    first_on = models.DateField()
    next_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    paused_until = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    service_code = models.CharField(max_length=40, blank=True, default="")
    ship_name = models.CharField(max_length=200)
    ship_company = models.CharField(max_length=200, blank=True, default="")
    ship_line1 = models.CharField(max_length=255)
    ship_line2 = models.CharField(max_length=255, blank=True, default="")
    ship_city = models.CharField(max_length=120)
    ship_region = models.CharField(max_length=120, blank=True, default="")
    ship_postcode = models.CharField(max_length=20, blank=True, default="")
    ship_country = models.CharField(max_length=2)
    ship_phone = models.CharField(max_length=40, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(interval_count__gte=1), name="subscription_interval_positive"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("active", "paused", "ended")),
                name="subscription_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(interval_unit__in=("day", "week", "month")),
                name="subscription_unit_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", next_on__isnull=True)
                | (~Q(state="ended") & Q(next_on__isnull=False)),
                name="subscription_runs_until_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(paused_until__isnull=True) | Q(state="paused"),
                name="subscription_pause_has_an_end_only_when_paused",
            ),
            models.CheckConstraint(
                condition=Q(next_on__isnull=True) | Q(next_on__gte=F("first_on")),
                name="subscription_next_not_before_first",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_on", "id"], condition=Q(state="active"), name="subscription_due"
            ),
            models.Index(fields=["state", "next_on", "id"], name="subscription_by_state"),
        ]

    def __str__(self) -> str:
        return self.number


class SubscriptionLine(models.Model):
    """What comes each time: units of one SKU at the price agreed. Written with its subscription."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="lines")
    sku = models.ForeignKey("inventory.Sku", on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "sku"], name="subscriptionline_sku_once"
            ),
            models.CheckConstraint(condition=Q(qty__gte=1), name="subscriptionline_qty_positive"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0), name="subscriptionline_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.sku_id}"


class SubscriptionRun(models.Model):
    """One due day of a subscription and what became of it; one row a day, so never two orders.

    Written by the job that makes the orders and by a person who skips; a refused run keeps its
    code and is tried again until it is ordered or skipped.
    """

    class State(models.TextChoices):
        ORDERED = "ordered", _("Ordered")
        SKIPPED = "skipped", _("Skipped")
        REFUSED = "refused", _("Refused")

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="runs")
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=State)
    order = models.OneToOneField(
        "orders.Order", on_delete=models.PROTECT, null=True, related_name="subscription_run"
    )
    problem = models.CharField(max_length=255, blank=True, default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "due_on"], name="subscriptionrun_once"),
            models.CheckConstraint(
                condition=Q(state="ordered", order__isnull=False)
                | Q(state__in=("skipped", "refused"), order__isnull=True),
                name="subscriptionrun_ordered_has_an_order",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(problem=""),
                name="subscriptionrun_refused_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state="refused"), name="subscriptionrun_refused"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.due_on}"
