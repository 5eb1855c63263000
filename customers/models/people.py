"""Customers, their addresses, and the names by which channels know them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.querysets.people import (
    CustomerAddressQuerySet,
    CustomerExternalIdQuerySet,
    CustomerQuerySet,
)


class Customer(models.Model):
    """One person or company that orders from us, over all channels.

    `customers.services` write it. `number` never changes; a merged customer keeps its row and
    points at the one that lives on. The order figures are a cache of the orders that name it.
    `substitutes` is the customer's word on getting another SKU for a missing one (X10).
    """

    class Substitutes(models.TextChoices):
        ASK = "ask", _("ask first")
        ALWAYS = "always", _("always welcome")
        NEVER = "never", _("never")

    number = models.CharField(_("number"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    email = models.CharField(_("e-mail"), max_length=254, blank=True, default="")
    email_norm = models.CharField(max_length=254, blank=True, default="", db_index=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    segment = models.CharField(_("segment"), max_length=40, blank=True, default="")
    substitutes = models.CharField(
        _("other goods for missing ones"),
        max_length=8,
        choices=Substitutes,
        default=Substitutes.ASK,
    )
    tags = models.JSONField(_("tags"), default=list, blank=True)
    first_order_at = models.DateTimeField(null=True, blank=True)
    last_order_at = models.DateTimeField(null=True, blank=True)
    order_count = models.PositiveIntegerField(default=0)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed"
    )
    anonymised_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["last_order_at", "id"], name="customer_by_last_order"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="customer_not_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=Q(first_order_at__isnull=True)
                | Q(last_order_at__gte=F("first_order_at")),
                name="customer_first_order_before_last",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()


class CustomerAddress(models.Model):
    """One address a customer has used; orders keep their own copy, so this row may change."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    company = models.CharField(_("company"), max_length=200, blank=True, default="")
    line1 = models.CharField(_("street"), max_length=200, blank=True, default="")
    line2 = models.CharField(_("addition"), max_length=200, blank=True, default="")
    city = models.CharField(_("city"), max_length=100, blank=True, default="")
    region = models.CharField(_("region"), max_length=100, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=20, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    is_default = models.BooleanField(_("default"), default=False)

    objects = CustomerAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default=True),
                name="customeraddress_one_default",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.line1, self.postcode, self.city) if part)


class CustomerExternalId(models.Model):
    """The id by which one channel knows a customer; a pair is given once and may move by merge."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="external_ids")
    channel_code = models.CharField(_("channel"), max_length=40)
    external_id = models.CharField(_("id there"), max_length=120)

    objects = CustomerExternalIdQuerySet.as_manager()

    class Meta:
        verbose_name = _("id at a channel")
        verbose_name_plural = _("ids at channels")
        constraints = [
            models.UniqueConstraint(
                fields=["channel_code", "external_id"], name="customerexternalid_once_per_channel"
            ),
            models.CheckConstraint(
                condition=~Q(external_id=""), name="customerexternalid_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_code}:{self.external_id}"
