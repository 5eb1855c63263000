"""What a customer gets instead of money: the unit kept back, the order that sends it, the card."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from returns.domain.exchange_states import STATES
from returns.models.requests import ReturnLine
from returns.querysets.exchanges import CardHoldQuerySet, ExchangeQuerySet


class Exchange(models.Model):
    """Units kept for a line of a return, and the order that sends them (X22).

    `services.exchanges` writes it. The promise in stock belongs to `line.key` until the order takes
    it over in the same transaction, so no unit is free in between. `difference_amount` is for all
    units, in `currency`: above zero the customer pays it with the new order, below zero it is
    refunded when the return is in order. SKU, quantity and line never change.
    """

    class Kind(models.TextChoices):
        EXCHANGE = "exchange", _("Exchange")
        REPLACEMENT = "replacement", _("Replacement")
        REPAIR = "repair", _("Repair")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for stock")
        RESERVED = "reserved", _("Reserved")
        ORDERED = "ordered", _("Ordered")
        DONE = "done", _("On its way out")
        EXPIRED = "expired", _("Reservation over")
        CONVERTED = "converted", _("Turned into money")
        RELEASED = "released", _("Given back")

    line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, related_name="exchanges")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.EXCHANGE)
    sku = models.ForeignKey("inventory.Sku", on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField(_("units"))
    warehouse = models.ForeignKey(
        "inventory.Warehouse",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RESERVED)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    order = models.OneToOneField(
        "orders.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="exchange"
    )
    difference_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    currency = models.CharField(max_length=3)
    is_instant = models.BooleanField(_("sent at once"), default=False)
    rounds = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(state__in=("waiting", "reserved", "ordered", "done", "expired")),
                name="exchange_one_alive_per_line",
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="exchange_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="reserved")
                | Q(expires_at__isnull=False, warehouse__isnull=False),
                name="exchange_reserved_somewhere_until",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("ordered", "done")) | Q(order__isnull=False),
                name="exchange_ordered_has_its_order",
            ),
            models.CheckConstraint(condition=Q(qty__gte=1), name="exchange_qty_positive"),
        ]
        indexes = [
            models.Index(
                fields=["expires_at", "id"],
                condition=Q(state="reserved"),
                name="exchange_expiry",
            ),
            models.Index(
                fields=["sku", "id"], condition=Q(state="waiting"), name="exchange_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.qty} x {self.sku_id}"

    @property
    def key(self) -> str:
        """Return the business key, `exchange:ID`."""
        return f"exchange:{self.pk}"


class CardHold(models.Model):
    """One authorization of a card for goods sent before their return is under way.

    `services.card_holds` writes it: the intent before the card's service is asked, the outcome
    after. `request_key` is unique for ever and is what the service knows it by, so a lost answer
    is found, never paid twice. A hold that would lapse before `charge_at` is followed by the next
    (`round` + 1), or captured.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Being asked")
        HELD = "held", _("Held")
        REFUSED = "refused", _("Refused")
        CAPTURE_ASKED = "capture_asked", _("Being charged")
        CAPTURED = "captured", _("Charged")
        RELEASE_ASKED = "release_asked", _("Being released")
        RELEASED = "released", _("Released")
        LAPSED = "lapsed", _("Lapsed")

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="card_holds")
    round = models.PositiveSmallIntegerField(default=1)
    gateway = models.CharField(max_length=20)
    payment_reference = models.CharField(max_length=100)
    request_key = models.CharField(max_length=80, unique=True)
    amount = models.DecimalField(max_digits=14, decimal_places=4)
    captured_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=14, choices=State, default=State.ASKED)
    gateway_reference = models.CharField(max_length=100, blank=True, default="")
    expires_at = models.DateTimeField(null=True, blank=True)
    charge_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True, default="")
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = CardHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("card authorization")
        verbose_name_plural = _("card authorizations")
        constraints = [
            models.UniqueConstraint(fields=["exchange", "round"], name="cardhold_round_once"),
            models.UniqueConstraint(
                fields=["exchange"],
                condition=Q(state__in=("capture_asked", "captured")),
                name="cardhold_charged_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cardhold_amount_positive"),
            models.CheckConstraint(
                condition=Q(captured_amount__lte=F("amount")), name="cardhold_captures_within"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(expires_at__isnull=False),
                name="cardhold_held_until",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at", "id"],
                condition=Q(state="held"),
                name="cardhold_expiry",
            ),
        ]

    def __str__(self) -> str:
        return self.request_key
