"""On which terms a supplier sells: people, lead times, documents, goods and list prices."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import MOST_UNITS
from suppliers.domain.terms import MOST_LEAD_DAYS
from suppliers.models.suppliers import Supplier
from suppliers.querysets.terms import (
    ListPriceQuerySet,
    SupplierContactQuerySet,
    SupplierDocumentQuerySet,
    SupplierLeadTimeQuerySet,
    SupplierSkuQuerySet,
)

CURRENCY_SHAPE = r"^[A-Z]{3}$"


class SupplierContact(models.Model):
    """One person at a supplier. Written by `suppliers.services`; deactivated, never deleted."""

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        CHINESE = "zh-hans", _("Simplified Chinese")

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("supplier")
    )
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    role = models.CharField(_("role"), max_length=60, blank=True, default="")
    language = models.CharField(
        _("language"), max_length=8, choices=Language, default=Language.ENGLISH
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = SupplierContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "email"],
                condition=~Q(email="") & Q(is_active=True),
                name="suppliercontact_email_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="suppliercontact_has_a_name"),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""), name="suppliercontact_can_be_reached"
            ),
            models.CheckConstraint(
                condition=Q(language__in=("en", "zh-hans")),
                name="suppliercontact_language_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SupplierLeadTime(models.Model):
    """The days a supplier agreed to need by one mode, from order to arrival."""

    class Mode(models.TextChoices):
        AIR = "air", _("Air")
        SEA = "sea", _("Sea")
        RAIL = "rail", _("Rail")
        EXPRESS = "express", _("Express")

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="lead_times", verbose_name=_("supplier")
    )
    mode = models.CharField(_("mode"), max_length=8, choices=Mode)
    agreed_days = models.PositiveSmallIntegerField(_("agreed days"))

    objects = SupplierLeadTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead time")
        verbose_name_plural = _("lead times")
        constraints = [
            models.UniqueConstraint(fields=["supplier", "mode"], name="supplierleadtime_mode_once"),
            models.CheckConstraint(
                condition=Q(mode__in=("air", "sea", "rail", "express")),
                name="supplierleadtime_mode_is_known",
            ),
            models.CheckConstraint(
                condition=Q(agreed_days__gte=1, agreed_days__lte=MOST_LEAD_DAYS),
                name="supplierleadtime_days_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.mode} {self.agreed_days}"


class SupplierDocument(models.Model):
    """One paper of a supplier that may run out. `valid_until` is its last day; null = none.

    `withdrawn_at`: taken out because it was replaced or wrong; it stays on file.
    """

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", _("Certificate")
        CONTRACT = "contract", _("Contract")
        TEST_REPORT = "test_report", _("Test report")
        LICENSE = "license", _("License")
        INSURANCE = "insurance", _("Insurance")
        OTHER = "other", _("Other")

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="documents", verbose_name=_("supplier")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    title = models.CharField(_("title"), max_length=120)
    document = models.ForeignKey(
        "core.StoredFile",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("file"),
    )
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    added_at = models.DateTimeField(_("added at"))
    added_by = models.CharField(_("added by"), max_length=64)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = SupplierDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier document")
        verbose_name_plural = _("supplier documents")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=(
                        "certificate",
                        "contract",
                        "test_report",
                        "license",
                        "insurance",
                        "other",
                    )
                ),
                name="supplierdocument_kind_is_known",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="supplierdocument_has_a_title"),
        ]
        indexes = [
            models.Index(
                fields=["valid_until", "supplier"],
                condition=Q(withdrawn_at__isnull=True),
                name="supplierdocument_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SupplierSku(models.Model):
    """That a supplier sells a SKU: its code there, the least and the step it sells, its rank.

    `rank` 1 is the first choice for the SKU, 2 its first backup. `lead_days` overrides the
    supplier's own. `currency` is that of its list prices. Written by `suppliers.services`.
    """

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="goods", verbose_name=_("supplier")
    )
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU")
    )
    supplier_code = models.CharField(_("supplier's code"), max_length=64, blank=True, default="")
    moq_qty = models.PositiveIntegerField(_("least order (units)"), default=1)
    multiple_qty = models.PositiveIntegerField(_("pack (units)"), default=1)
    lead_days = models.PositiveSmallIntegerField(_("lead time (days)"), null=True, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    currency = models.CharField(_("currency"), max_length=3)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = SupplierSkuQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier's SKU")
        verbose_name_plural = _("supplier's SKUs")
        constraints = [
            models.UniqueConstraint(fields=["supplier", "sku"], name="suppliersku_once"),
            models.UniqueConstraint(fields=["sku", "rank"], name="suppliersku_rank_once"),
            models.UniqueConstraint(
                fields=["supplier", "supplier_code"],
                condition=~Q(supplier_code=""),
                name="suppliersku_code_once",
            ),
            models.CheckConstraint(condition=Q(rank__gte=1), name="suppliersku_rank_from_one"),
            models.CheckConstraint(
                condition=Q(moq_qty__gte=1, moq_qty__lte=MOST_UNITS),
                name="suppliersku_moq_in_range",
            ),
            models.CheckConstraint(
                condition=Q(multiple_qty__gte=1, multiple_qty__lte=MOST_UNITS),
                name="suppliersku_multiple_in_range",
            ),
            models.CheckConstraint(
                condition=Q(lead_days__isnull=True)
                | Q(lead_days__gte=1, lead_days__lte=MOST_LEAD_DAYS),
                name="suppliersku_lead_in_range",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_SHAPE), name="suppliersku_currency_is_a_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}/{self.sku_id}"


class ListPrice(models.Model):
    """One quantity break of a supplier's list for one SKU, in the list's currency.

    The breaks with the same `valid_from` are one list; from that day it replaces the older one as
    a whole. `valid_until` is the last day. Written by `suppliers.services`.
    """

    supplier_sku = models.ForeignKey(
        SupplierSku, on_delete=models.PROTECT, related_name="prices", verbose_name=_("SKU")
    )
    min_qty = models.PositiveIntegerField(_("from units"))
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = ListPriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("list price")
        verbose_name_plural = _("list prices")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier_sku", "valid_from", "min_qty"], name="listprice_break_once"
            ),
            models.CheckConstraint(condition=Q(unit_price__gt=0), name="listprice_above_zero"),
            models.CheckConstraint(
                condition=Q(min_qty__gte=1, min_qty__lte=MOST_UNITS),
                name="listprice_break_in_range",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="listprice_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_sku_id} {self.min_qty}: {self.unit_price}"
