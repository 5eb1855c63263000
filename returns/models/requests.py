"""Returns: the request, its lines, the photos and the steps it went through."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models.documents import StoredFile
from returns.domain.states import STATES
from returns.models.reasons import ReturnReason
from returns.querysets.requests import (
    ReturnLineQuerySet,
    ReturnPhotoQuerySet,
    ReturnRequestQuerySet,
    ReturnStepQuerySet,
)


class ReturnRequest(models.Model):
    """One wish to give goods back, from the first click to the last cent.

    Services write it; `services.progress` alone changes `status`. Number, kind, source, order and
    the policy snapshot never change: a decision is judged by the rules of its day. `channel` is
    where it was sold, `return_channel` where it is taken back, `warehouse` where the goods go.
    Goods of several orders in one parcel are several requests. Amounts are in `currency`.
    """

    class Kind(models.TextChoices):
        RETURN = "return", _("Return")
        CLAIM = "claim", _("Claim")
        RTS = "rts", _("Undelivered")

    class Source(models.TextChoices):
        PORTAL = "portal", _("Customer's page")
        DESK = "desk", _("Order desk")
        STORE = "store", _("Store")
        FLOOR = "floor", _("Warehouse floor")
        API = "api", _("API")
        CARRIER = "carrier", _("Carrier")

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        REVIEW = "review", _("In review")
        APPROVED = "approved", _("Approved")
        LABEL_ISSUED = "label_issued", _("Label issued")
        IN_TRANSIT = "in_transit", _("On its way back")
        ARRIVED = "arrived", _("Arrived")
        INSPECTED = "inspected", _("Inspected")
        RESOLVED = "resolved", _("Settled")
        REJECTED = "rejected", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    class Method(models.TextChoices):
        LABEL = "label", _("Printed label")
        QR = "qr", _("Code without printing")
        OWN = "own", _("Own parcel service")
        DROP_OFF = "drop_off", _("Drop-off point")
        STORE = "store", _("In the store")
        PICKUP = "pickup", _("Home pick-up")
        KEEP = "keep", _("Nothing to send")

    class Event(models.TextChoices):
        LABEL = "label", _("when the label is made")
        IN_TRANSIT = "in_transit", _("when the carrier has it")
        RECEIVED = "received", _("when it arrives")
        VALIDATED = "validated", _("when it is inspected")
        MANUAL = "manual", _("when somebody decides")

    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.RETURN)
    source = models.CharField(_("came by"), max_length=8, choices=Source)
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="returns"
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    channel = models.ForeignKey(
        "orders.Channel", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    return_channel = models.ForeignKey(
        "orders.Channel", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    warehouse = models.ForeignKey(
        "inventory.Warehouse", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    from_country = models.CharField(_("country"), max_length=2, blank=True, default="")
    status = models.CharField(_("state"), max_length=16, choices=Status, default=Status.REQUESTED)
    method = models.CharField(_("way back"), max_length=10, choices=Method, default=Method.LABEL)
    processing_event = models.CharField(
        _("money moves"), max_length=12, choices=Event, default=Event.VALIDATED
    )
    is_instant = models.BooleanField(_("exchange at once"), default=False)
    policy_version = models.PositiveIntegerField(default=0)
    policy = models.JSONField(default=dict, blank=True)
    preview = models.JSONField(default=dict, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    expected_refund_on = models.DateField(null=True, blank=True)
    send_by_on = models.DateField(_("send by"), null=True, blank=True)
    language = models.CharField(max_length=10, blank=True, default="")
    note = models.CharField(_("note"), max_length=1000, blank=True, default="")
    submission_key = models.CharField(max_length=80, unique=True, null=True, blank=True)
    requested_at = models.DateTimeField(_("asked"))
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=64, blank=True, default="")
    decision_reason = models.CharField(max_length=500, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_by = models.CharField(max_length=64)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = ReturnRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=STATES), name="returnrequest_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("return", "claim", "rts")),
                name="returnrequest_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("requested", "review", "cancelled", "arrived", "inspected"))
                | Q(decided_at__isnull=False),
                name="returnrequest_goes_on_when_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(decision_reason=""),
                name="returnrequest_rejection_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "requested_at", "id"], name="return_by_status"),
            models.Index(fields=["requested_at", "id"], name="return_by_day"),
            models.Index(fields=["customer", "requested_at"], name="return_by_customer"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        """Return the business key, `rma:ID`: parcels, mails and audit name the return by it."""
        return f"rma:{self.pk}"


class ReturnLine(models.Model):
    """Units of one SKU that come back, or came without being asked for.

    Announced (`qty`), `received_qty` and `accepted_qty` are three facts; `accepted` + `refused`
    never exceed what was received, but for kept (returnless) lines, which nobody sends.
    `unit_value_amount` is what the customer paid for one unit, after discounts and with tax;
    `value_amount` that of all units of the line, exactly. Both are fixed at submission.
    """

    class Kind(models.TextChoices):
        EXPECTED = "expected", _("announced")
        UNEXPECTED = "unexpected", _("other item of the order")
        UNEXPECTED_OURS = "unexpected_ours", _("ours, not of the order")
        FOREIGN = "foreign", _("not ours")
        EXTRA = "extra", _("more than announced")

    class Resolution(models.TextChoices):
        REFUND = "refund", _("Refund")
        STORE_CREDIT = "store_credit", _("Store credit")
        EXCHANGE = "exchange", _("Exchange")
        REPLACEMENT = "replacement", _("Replacement")
        REPAIR = "repair", _("Repair")
        RETURNLESS = "returnless", _("Refund, keep the item")
        REJECT = "reject", _("Declined")
        NONE = "none", _("Not decided")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Settled")
        REJECTED = "rejected", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")

    request = models.ForeignKey(ReturnRequest, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.EXPECTED)
    order_line = models.ForeignKey(
        "orders.OrderLine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="return_lines",
    )
    shipment_line = models.ForeignKey(
        "orders.ShipmentLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lot = models.ForeignKey(
        "inventory.Lot", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    description = models.CharField(max_length=300, blank=True, default="")
    qty = models.PositiveIntegerField(_("announced"))
    received_qty = models.PositiveIntegerField(_("received"), default=0)
    accepted_qty = models.PositiveIntegerField(_("accepted"), default=0)
    refused_qty = models.PositiveIntegerField(_("not accepted"), default=0)
    resolution = models.CharField(
        _("outcome"), max_length=12, choices=Resolution, default=Resolution.REFUND
    )
    reason = models.ForeignKey(
        ReturnReason, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason_note = models.CharField(max_length=500, blank=True, default="")
    unit_value_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    value_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    restocking_share = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal(0))
    bonus_share = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal(0))
    is_kept = models.BooleanField(_("customer keeps it"), default=False)
    exchange_sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    policy = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)

    objects = ReturnLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a return")
        verbose_name_plural = _("lines of returns")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "position"], name="returnline_position_once"
            ),
            models.UniqueConstraint(
                fields=["request", "order_line"],
                condition=Q(kind="expected", order_line__isnull=False),
                name="returnline_once_per_order_line",
            ),
            models.CheckConstraint(
                condition=Q(qty__gt=0) | ~Q(kind="expected"), name="returnline_announces_units"
            ),
            models.CheckConstraint(
                condition=Q(received_qty__lte=F("qty")) | ~Q(kind="expected"),
                name="returnline_received_within_qty",
            ),
            models.CheckConstraint(
                condition=Q(resolution="returnless", accepted_qty__lte=F("qty"))
                | Q(is_kept=True, accepted_qty__lte=F("qty"))
                | Q(accepted_qty__lte=F("received_qty") - F("refused_qty")),
                name="returnline_accepted_within_received",
            ),
            models.CheckConstraint(
                condition=Q(refused_qty__lte=F("received_qty")),
                name="returnline_refused_within_received",
            ),
            models.CheckConstraint(
                condition=Q(unit_value_amount__gte=0, value_amount__gte=0),
                name="returnline_value_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(restocking_share__gte=0, restocking_share__lte=1),
                name="returnline_restocking_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(bonus_share__gte=0, bonus_share__lte=1),
                name="returnline_bonus_is_a_share",
            ),
            models.CheckConstraint(
                condition=~Q(resolution="exchange") | Q(exchange_sku__isnull=False),
                name="returnline_exchange_names_its_sku",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.position}"

    @property
    def key(self) -> str:
        """Return the business key, `return_line:ID`: the owner of its exchange's reservation."""
        return f"return_line:{self.pk}"


class ReturnPhoto(models.Model):
    """One photo of goods, given by the customer or taken at inspection; never changed."""

    class By(models.TextChoices):
        CUSTOMER = "customer", _("customer")
        STAFF = "staff", _("staff")

    request = models.ForeignKey(ReturnRequest, on_delete=models.PROTECT, related_name="photos")
    line = models.ForeignKey(
        ReturnLine, on_delete=models.PROTECT, null=True, blank=True, related_name="photos"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=8, choices=By)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=64, blank=True, default="")

    objects = ReturnPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo of a return")
        verbose_name_plural = _("photos of returns")
        constraints = [
            models.UniqueConstraint(fields=["file", "line"], name="returnphoto_once_per_line"),
            models.UniqueConstraint(
                fields=["request", "file"],
                condition=Q(line__isnull=True),
                name="returnphoto_once_without_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.file_id}"


class ReturnStep(models.Model):
    """One thing that happened to a return: the timeline of the desk and of the customer's page.

    Written by services with the change it reports, never changed. `code` is the event of the state
    table or a word of its own (UPPER_SNAKE for codes without a move); public steps are shown to
    the customer. `data` holds ids, numbers and codes, no personal data.
    """

    request = models.ForeignKey(ReturnRequest, on_delete=models.PROTECT, related_name="steps")
    code = models.CharField(max_length=40)
    from_state = models.CharField(max_length=16, blank=True, default="")
    to_state = models.CharField(max_length=16, blank=True, default="")
    is_public = models.BooleanField(default=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    objects = ReturnStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a return")
        verbose_name_plural = _("steps of returns")
        indexes = [models.Index(fields=["request", "at", "id"], name="returnstep_timeline")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.code}"
