"""Orders, their lines and their holds."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from orders.models.channels import Channel, PartialPolicy
from orders.querysets import OrderLineQuerySet, OrderQuerySet


class OrderStatus(models.TextChoices):
    """The order's own state; everything else about it is derived."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class OrderStage(models.TextChoices):
    """Where the order stands as people see it: a cache that `services.stages` alone writes."""

    NEW = "new"
    ATTENTION = "attention"
    HELD = "held"
    ROUTED = "routed"
    RELEASED = "released"
    PICKING = "picking"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED_PART = "returned_part"
    RETURNED = "returned"


class Order(models.Model):
    """One customer's order as a channel gave it; services write it, nobody deletes it.

    Channel, external id, the promise made at order time and the source row never change.
    `returned` says whether nothing (""), a "part" or "all" of what was sent came back.
    """

    number = models.CharField(max_length=24)
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    external_id = models.CharField(max_length=80)
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        related_name="orders",
        db_index=False,
    )
    status = models.CharField(
        max_length=12, choices=OrderStatus.choices, default=OrderStatus.CONFIRMED
    )
    stage = models.CharField(max_length=16, choices=OrderStage.choices, default=OrderStage.NEW)
    attention_codes = models.JSONField(default=list, blank=True)
    is_history = models.BooleanField(default=False)
    is_gift = models.BooleanField(default=False)
    gift_message = models.CharField(max_length=500, blank=True, default="")
    priority = models.PositiveSmallIntegerField(default=5)

    currency = models.CharField(max_length=3)
    items_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    discount_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    shipping_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    tax_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    total_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    paid_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))

    ship_name = models.CharField(max_length=160, blank=True, default="")
    ship_company = models.CharField(max_length=160, blank=True, default="")
    ship_line1 = models.CharField(max_length=200, blank=True, default="")
    ship_line2 = models.CharField(max_length=200, blank=True, default="")
    ship_city = models.CharField(max_length=120, blank=True, default="")
    ship_region = models.CharField(max_length=120, blank=True, default="")
    ship_postcode = models.CharField(max_length=20, blank=True, default="")
    ship_country = models.CharField(max_length=2, blank=True, default="")
    ship_phone = models.CharField(max_length=40, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    name_norm = models.CharField(max_length=160, blank=True, default="")

    service_code = models.CharField(max_length=40, blank=True, default="")
    placed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    promised_from = models.DateField(null=True, blank=True)
    promised_by = models.DateField(null=True, blank=True)
    promised_at_order_from = models.DateField(null=True, blank=True)
    promised_at_order_by = models.DateField(null=True, blank=True)
    promise_is_external = models.BooleanField(default=False)
    promise_notice_on = models.DateField(null=True, blank=True)
    cutoff_at = models.DateTimeField(null=True, blank=True)
    decide_at = models.DateTimeField(null=True, blank=True)
    open_returns = models.PositiveSmallIntegerField(default=0)
    returned = models.CharField(max_length=4, blank=True, default="")

    partial_policy = models.CharField(
        max_length=20, choices=PartialPolicy.choices, default=PartialPolicy.SHIP_COMPLETE
    )
    commit_partial = models.BooleanField(default=False)
    policy_set_by = models.CharField(max_length=60, default="channel")
    lifecycle = models.CharField(max_length=12, blank=True, default="")
    cost_preset = models.CharField(max_length=16, blank=True, default="")

    payload_hash = models.CharField(max_length=64, blank=True, default="")
    import_batch_id = models.BigIntegerField(null=True, blank=True)
    source_row = models.PositiveIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        db_index=False,
    )
    note = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"], name="order_number_once", opclasses=["varchar_pattern_ops"]
            ),
            models.UniqueConstraint(
                fields=["channel", "external_id"], name="order_once_per_channel"
            ),
            models.CheckConstraint(
                condition=Q(
                    items_amount__gte=0,
                    discount_amount__gte=0,
                    shipping_amount__gte=0,
                    tax_amount__gte=0,
                    total_amount__gte=0,
                    paid_amount__gte=0,
                ),
                name="order_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(returned__in=["", "part", "all"]), name="order_returned_is_known"
            ),
            models.CheckConstraint(
                condition=Q(promised_from__isnull=True)
                | Q(promised_by__isnull=True)
                | Q(promised_from__lte=F("promised_by")),
                name="order_promise_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["stage", "promised_by", "id"], name="order_stage_promise"),
            models.Index(fields=["stage", "placed_at", "id"], name="order_stage_placed"),
            models.Index(fields=["placed_at", "id"], name="order_placed"),
            # The list of all orders by promise; past orders stand in no list of the desk.
            models.Index(
                fields=["promised_by", "id"], name="order_promise", condition=Q(is_history=False)
            ),
            # One index each for equal and for beginning: every index is paid for by every order.
            *(
                models.Index(
                    fields=[field], name=f"order_{field}_text", opclasses=["varchar_pattern_ops"]
                )
                for field in ("external_id", "email", "name_norm")
            ),
            models.Index(fields=["channel", "placed_at"], name="order_channel_placed"),
            models.Index(fields=["channel", "stage"], name="order_channel_stage"),
            models.Index(fields=["customer", "placed_at"], name="order_customer_placed"),
            models.Index(fields=["ship_country", "placed_at"], name="order_country_placed"),
            models.Index(
                fields=["import_batch_id"],
                name="order_import_batch",
                condition=Q(import_batch_id__isnull=False),
            ),
            models.Index(
                fields=["replaces"],
                name="order_replaces",
                condition=Q(replaces__isnull=False),
            ),
            models.Index(
                fields=["decide_at"], name="order_decide_at", condition=Q(decide_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        """Return the business key, `order:ID`."""
        return f"order:{self.pk}"


class LineKind(models.TextChoices):
    """What a line stands for; goods, component and free lines are reserved and shipped."""

    GOODS = "goods"
    KIT = "kit"
    COMPONENT = "component"
    SUBSTITUTE = "substitute"
    FREE = "free"
    FEE = "fee"


class OrderLine(models.Model):
    """One line of an order; components of a virtual kit are lines of their own.

    A substitute is a line of its own too, without a price: it names the line it stands in for, and
    that line counts the units as `substituted_qty`, so that price and demand stay with it.
    `sku_code` is the code as ordered. Kit position, quantity per kit and price share are fixed
    when the order is placed: a later BOM version does not touch them. `backorder_qty` counts the
    units that no shipment has promised yet, `returned_qty` those that came back. Services write it.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=LineKind.choices, default=LineKind.GOODS)
    sku = models.ForeignKey("inventory.Sku", on_delete=models.PROTECT, null=True, related_name="+")
    sku_code = models.CharField(max_length=64, blank=True, default="")
    kit_position = models.PositiveIntegerField(null=True, blank=True)
    qty_per_kit = models.PositiveIntegerField(null=True, blank=True)
    price_share = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    description = models.CharField(max_length=300, blank=True, default="")
    qty = models.PositiveIntegerField()
    cancelled_qty = models.PositiveIntegerField(default=0)
    backorder_qty = models.PositiveIntegerField(default=0)
    substituted_qty = models.PositiveIntegerField(default=0)
    returned_qty = models.PositiveIntegerField(default=0)
    substitute_for = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="substitute_lines",
        db_index=False,
    )
    unit_price = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    discount_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    tax_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    external_line_id = models.CharField(max_length=80, blank=True, default="")
    source_row = models.PositiveIntegerField(null=True, blank=True)
    set_reason = models.CharField(max_length=40, blank=True, default="")

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="orderline_position_once"),
            models.CheckConstraint(condition=Q(qty__gt=0), name="orderline_qty_positive"),
            models.CheckConstraint(
                condition=Q(cancelled_qty__lte=F("qty")), name="orderline_cancelled_within_qty"
            ),
            models.CheckConstraint(
                condition=Q(backorder_qty__lte=F("qty") - F("cancelled_qty")),
                name="orderline_backorder_within_open",
            ),
            models.CheckConstraint(
                condition=Q(returned_qty=0) | Q(returned_qty__lte=F("qty") - F("cancelled_qty")),
                name="orderline_returned_within_kept",
            ),
            models.CheckConstraint(
                condition=Q(substituted_qty=0)
                | Q(substituted_qty__lte=F("qty") - F("cancelled_qty") - F("backorder_qty")),
                name="orderline_substituted_within_open",
            ),
            models.CheckConstraint(
                condition=Q(kind="substitute", substitute_for__isnull=False, unit_price=0)
                | (~Q(kind="substitute") & Q(substitute_for__isnull=True)),
                name="orderline_substitute_names_its_line",
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, discount_amount__gte=0, tax_amount__gte=0),
                name="orderline_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(kind="component")
                | Q(
                    kit_position__isnull=False,
                    qty_per_kit__gt=0,
                    price_share__gte=0,
                    sku__isnull=False,
                ),
                name="orderline_component_names_its_kit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sku", "order"],
                name="orderline_backorders",
                condition=Q(backorder_qty__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.position}"

    @property
    def key(self) -> str:
        """Return the business key, `order_line:ID`."""
        return f"order_line:{self.pk}"


class HoldKind(models.TextChoices):
    """Why an order may not go on; stored as the reason code people filter by."""

    FRAUD = "FRAUD"
    ADDRESS = "ADDRESS"
    PAYMENT = "PAYMENT"
    OPERATOR = "OPERATOR"
    CLIENT = "CLIENT"
    STOCK = "STOCK"
    CUSTOMS_DATA_MISSING = "CUSTOMS_DATA_MISSING"
    DEST_RESTRICTED_OOS = "DEST_RESTRICTED_OOS"
    HOLD_UNTIL = "HOLD_UNTIL"
    AWAITING_RETURN = "AWAITING_RETURN"


class OrderHold(models.Model):
    """One reason why an order may not go on; several stand at once, each is released on its own.

    `until` releases it at that minute; `stock_until` is when the promised stock is given back
    although the hold stays. Rows are never deleted.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="holds")
    kind = models.CharField(max_length=32, choices=HoldKind.choices)
    owner_key = models.CharField(max_length=60)
    note = models.CharField(max_length=500, blank=True, default="")
    until = models.DateTimeField(null=True, blank=True)
    stock_until = models.DateTimeField(null=True, blank=True)
    stock_released_at = models.DateTimeField(null=True, blank=True)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=60)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=60, blank=True, default="")
    release_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=Q(released_at__isnull=True),
                name="orderhold_one_open_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | ~Q(released_by=""),
                name="orderhold_release_has_a_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"],
                name="orderhold_until_open",
                condition=Q(released_at__isnull=True, until__isnull=False),
            ),
            models.Index(
                fields=["stock_until"],
                name="orderhold_stock_until_open",
                condition=Q(released_at__isnull=True, stock_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}:{self.kind}"
