"""Order lines from a table: every field and option that a mapping may name, and known shops.

docs/import-mapping.md is the reader's version of this module; a test keeps the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.imports.fields import FieldSpec, OptionSpec

MAX_QTY = 1_000_000
MAX_PRICE = Decimal(10_000_000)

FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(
        "order_id",
        _("order number"),
        required=True,
        max_chars=80,
        aliases=(
            "order",
            "order number",
            "invoice",
            "invoice no",
            "name",
            "amazon-order-id",
            "订单号",
        ),
        default="",
    ),
    FieldSpec(
        "ordered_at",
        _("ordered at"),
        "moment",
        required=True,
        aliases=("order date", "created at", "invoice date", "purchase-date", "date", "下单时间"),
    ),
    FieldSpec(
        "sku",
        _("SKU"),
        required=True,
        max_chars=64,
        aliases=("lineitem sku", "stock code", "item", "seller-sku", "商品编码"),
        default="",
    ),
    FieldSpec(
        "qty",
        _("quantity"),
        "whole",
        required=True,
        low=-MAX_QTY,
        high=MAX_QTY,
        aliases=("quantity", "lineitem quantity", "quantity-purchased", "pieces", "数量"),
        default=0,
    ),
    FieldSpec(
        "description",
        _("description"),
        max_chars=300,
        aliases=("lineitem name", "product name", "title", "商品名称"),
        default="",
    ),
    FieldSpec(
        "unit_price",
        _("unit price"),
        "decimal",
        low=-MAX_PRICE,
        high=MAX_PRICE,
        aliases=("price", "lineitem price", "item-price", "单价"),
    ),
    FieldSpec(
        "discount_amount",
        _("discount of the line"),
        "decimal",
        high=MAX_PRICE,
        aliases=("lineitem discount", "discount"),
        default=Decimal(0),
    ),
    FieldSpec(
        "currency", _("currency"), max_chars=3, aliases=("currency code", "币种"), default=""
    ),
    FieldSpec(
        "line_id",
        _("line number at the channel"),
        max_chars=80,
        aliases=("order-item-id", "line id"),
        default="",
    ),
    FieldSpec(
        "customer_id",
        _("customer number"),
        max_chars=120,
        aliases=("customer", "customer no", "buyer id", "客户号"),
        default="",
    ),
    FieldSpec(
        "customer_name",
        _("customer"),
        max_chars=160,
        aliases=("billing name", "buyer-name", "客户"),
        default="",
    ),
    FieldSpec(
        "email", _("e-mail"), max_chars=254, aliases=("buyer-email", "e-mail", "邮箱"), default=""
    ),
    FieldSpec(
        "phone",
        _("phone"),
        max_chars=40,
        aliases=("shipping phone", "ship-phone-number", "电话"),
        default="",
    ),
    FieldSpec(
        "country",
        _("country"),
        "country",
        aliases=("shipping country", "ship-country", "国家"),
        default="",
    ),
    FieldSpec(
        "ship_name",
        _("recipient"),
        max_chars=160,
        aliases=("shipping name", "recipient-name", "收件人"),
        default="",
    ),
    FieldSpec(
        "ship_company", _("company"), max_chars=160, aliases=("shipping company",), default=""
    ),
    FieldSpec(
        "ship_line1",
        _("street"),
        aliases=("shipping address1", "shipping street", "ship-address-1", "address", "地址"),
        default="",
    ),
    FieldSpec(
        "ship_line2", _("addition"), aliases=("shipping address2", "ship-address-2"), default=""
    ),
    FieldSpec(
        "ship_city",
        _("city"),
        max_chars=120,
        aliases=("shipping city", "ship-city", "城市"),
        default="",
    ),
    FieldSpec(
        "ship_region",
        _("region"),
        max_chars=120,
        aliases=("shipping province", "ship-state", "state", "省"),
        default="",
    ),
    FieldSpec(
        "ship_postcode",
        _("postcode"),
        max_chars=20,
        aliases=("shipping zip", "ship-postal-code", "zip", "postal code", "邮编"),
        default="",
    ),
    FieldSpec(
        "service",
        _("shipping service"),
        max_chars=40,
        aliases=("shipping method", "ship-service-level"),
        default="",
    ),
    FieldSpec(
        "paid_amount",
        _("paid"),
        "decimal",
        high=MAX_PRICE,
        aliases=("amount paid", "paid amount", "已付金额"),
    ),
    FieldSpec(
        "payment_reference",
        _("payment reference"),
        max_chars=120,
        aliases=("payment id", "transaction id", "payment-reference", "支付流水号"),
        default="",
    ),
    FieldSpec("gift_message", _("gift message"), max_chars=250, aliases=("gift note",), default=""),
    FieldSpec("note", _("note"), max_chars=2000, aliases=("notes", "备注"), default=""),
)

OPTIONS: tuple[OptionSpec, ...] = (
    OptionSpec("date_format", _("date format"), "texts", ()),
    OptionSpec("zone", _("time zone of the dates"), "text", "UTC"),
    OptionSpec("default_currency", _("currency when no column names it"), "text", ""),
    OptionSpec("cancel_prefix", _("credit notes begin with"), "texts", ()),
    OptionSpec("adjustment_prefix", _("bookings begin with"), "texts", ()),
    OptionSpec("set_aside_codes", _("codes that are no goods, by reason"), "groups", {}),
    OptionSpec("mode", _("import as"), "text", "open"),
    OptionSpec("create_missing", _("create unknown products"), "flag", False),
    OptionSpec("country_only", _("the channel knows the country only"), "flag", False),
    OptionSpec("from_date", _("orders from this day on"), "text", ""),
    OptionSpec("to_date", _("orders before this day"), "text", ""),
)

BUILTIN: Mapping[str, Mapping[str, Any]] = {
    "online-retail": {
        "order_id": "Invoice",
        "sku": "StockCode",
        "description": "Description",
        "qty": "Quantity",
        "ordered_at": "InvoiceDate",
        "unit_price": "Price",
        "customer_id": "Customer ID",
        "country": "Country",
        "date_format": ["%Y-%m-%d %H:%M:%S"],
        "zone": "Europe/London",
        "default_currency": "GBP",
        "cancel_prefix": ["C"],
        "adjustment_prefix": ["A"],
        "set_aside_codes": {
            "POSTAGE": ["POST", "DOT", "C2", "C3"],
            "FEE": ["AMAZONFEE", "BANK CHARGES"],
            "DISCOUNT": ["D"],
            "SAMPLE": ["S"],
            "MANUAL": ["M"],
            "ADJUSTMENT": ["B", "ADJUST", "ADJUST2"],
            "TEST": ["TEST*"],
            "VOUCHER": ["gift_*", "GIFT"],
        },
    },
}
