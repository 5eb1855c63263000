from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models.climate import Climate
from inventory.querysets.products import (
    BomLineQuerySet,
    BomQuerySet,
    ProductQuerySet,
    SkuBarcodeQuerySet,
    SkuQuerySet,
)


class Product(models.Model):
    """What customers know by one name; its SKUs are the variants that are stocked and sold.

    Written by staff and by the products import. Archived, never deleted, once a SKU has moved.
    """

    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=255)
    name_zh = models.CharField(_("Chinese name"), max_length=255, blank=True, default="")
    category = models.CharField(_("category"), max_length=120, blank=True, default="")
    brand = models.CharField(_("brand"), max_length=120, blank=True, default="")
    archived = models.BooleanField(_("archived"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="product_has_a_code"),
        ]

    def __str__(self) -> str:
        return self.code


class Sku(models.Model):
    """One stocked or sold variant. Quantities everywhere are whole numbers of its unit.

    Written by staff, by the products import and by imports with create-missing. `lot_tracked`
    never changes once stock exists (the service refuses it). Measures are of one unit. The
    handling flags bind every packing plan: only `fragile` goods may lie on fragile ones.
    """

    class Kind(models.TextChoices):
        GOODS = "goods", _("goods")
        VIRTUAL_KIT = "virtual_kit", _("virtual kit")
        ASSEMBLED_KIT = "assembled_kit", _("assembled kit")
        PACKAGING = "packaging", _("packaging")
        INSERT = "insert", _("insert")
        SERVICE = "service", _("service")

    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="skus",
        verbose_name=_("product"),
    )
    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=255)
    name_zh = models.CharField(_("Chinese name"), max_length=255, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.GOODS)
    weight_g = models.PositiveIntegerField(_("weight (g)"), null=True, blank=True)
    length_mm = models.PositiveIntegerField(_("length (mm)"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width (mm)"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height (mm)"), null=True, blank=True)
    hs_code = models.CharField(_("HS code"), max_length=16, blank=True, default="")
    origin_country = models.CharField(_("country of origin"), max_length=2, blank=True, default="")
    customs_text = models.CharField(_("customs text"), max_length=255, blank=True, default="")
    customs_value = models.DecimalField(
        _("customs value"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    hazard = models.CharField(_("hazard class"), max_length=32, blank=True, default="")
    climate = models.CharField(
        _("temperature"), max_length=8, choices=Climate, default=Climate.AMBIENT
    )
    battery = models.CharField(_("battery"), max_length=32, blank=True, default="")
    this_side_up = models.BooleanField(_("this side up"), default=False)
    no_stack = models.BooleanField(_("nothing on top"), default=False)
    own_box = models.BooleanField(_("ships in its own box"), default=False)
    fragile = models.BooleanField(_("fragile"), default=False)
    lot_tracked = models.BooleanField(_("tracked by lot"), default=False)
    shelf_life_days = models.PositiveIntegerField(_("shelf life (days)"), null=True, blank=True)
    default_cost = models.DecimalField(
        _("default unit cost"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    list_price = models.DecimalField(
        _("list price"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    image_key = models.CharField(_("picture"), max_length=64, blank=True, default="")
    archived = models.BooleanField(_("archived"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = SkuQuerySet.as_manager()

    class Meta:
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="sku_has_a_code"),
            models.CheckConstraint(
                condition=Q(climate__in=("ambient", "chilled", "frozen")),
                name="sku_climate_is_known",
            ),
            models.CheckConstraint(
                condition=Q(default_cost__isnull=True) | Q(default_cost__gte=0),
                name="sku_default_cost_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(customs_value__isnull=True) | Q(customs_value__gte=0),
                name="sku_customs_value_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(list_price__isnull=True) | Q(list_price__gte=0),
                name="sku_list_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=(
                        "goods",
                        "virtual_kit",
                        "assembled_kit",
                        "packaging",
                        "insert",
                        "service",
                    )
                ),
                name="sku_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SkuBarcode(models.Model):
    """One printed code that stands for a SKU; a case code stands for several units.

    Written by staff and imports. A code belongs to one SKU at a time.
    """

    class Kind(models.TextChoices):
        EAN = "ean", _("EAN or UPC")
        GTIN_CASE = "gtin_case", _("case code")
        SUPPLIER = "supplier", _("supplier code")
        ALIAS = "alias", _("alias")

    sku = models.ForeignKey(
        Sku, on_delete=models.CASCADE, related_name="barcodes", verbose_name=_("SKU")
    )
    code = models.CharField(_("code"), max_length=128, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.EAN)
    units_per_scan = models.PositiveIntegerField(_("units per scan"), default=1)

    objects = SkuBarcodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="skubarcode_has_a_code"),
            models.CheckConstraint(
                condition=Q(units_per_scan__gte=1), name="skubarcode_stands_for_a_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Bom(models.Model):
    """One version of a kit's definition. Its lines never change: an edit makes a new version.

    Written by `inventory.services.kits`. Orders keep the version they were exploded with.
    """

    kit = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="boms", verbose_name=_("kit")
    )
    version = models.PositiveIntegerField(_("version"))
    is_current = models.BooleanField(_("current"), default=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=64, blank=True, default="")

    objects = BomQuerySet.as_manager()

    class Meta:
        verbose_name = _("kit version")
        verbose_name_plural = _("kit versions")
        constraints = [
            models.UniqueConstraint(fields=["kit", "version"], name="bom_version_once"),
            models.UniqueConstraint(
                fields=["kit"], condition=Q(is_current=True), name="bom_one_current"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="bom_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.kit_id} v{self.version}"


class BomLine(models.Model):
    """One component of a kit version: units per kit and share of the kit's price (sums to 1).

    `is_optional`: kits are built without it when it is short (X14); assembled kits only.

    Written with its version, never changed.
    """

    bom = models.ForeignKey(
        Bom, on_delete=models.CASCADE, related_name="lines", verbose_name=_("kit version")
    )
    component = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="used_in", verbose_name=_("component")
    )
    qty = models.PositiveIntegerField(_("units per kit"))
    price_share = models.DecimalField(_("price share"), max_digits=7, decimal_places=6)
    is_optional = models.BooleanField(_("optional"), default=False)

    objects = BomLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("kit component")
        verbose_name_plural = _("kit components")
        constraints = [
            models.UniqueConstraint(fields=["bom", "component"], name="bomline_component_once"),
            models.CheckConstraint(condition=Q(qty__gte=1), name="bomline_qty_positive"),
            models.CheckConstraint(
                condition=Q(price_share__gte=0) & Q(price_share__lte=1),
                name="bomline_share_within_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.component_id}"
