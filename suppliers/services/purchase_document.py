"""The PDF of a purchase order's revision, in the supplier's language.

It is drawn from the revision's snapshot, so the same revision always gives the same paper.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from core.errors import NotFound
from core.mail import MailFile
from core.money import quantize
from core.sheets import fonts, pdf
from inventory.models import Sku, Warehouse
from suppliers.domain import purchase_paper
from suppliers.domain.purchase_paper import Paper, PaperLine
from suppliers.models import PurchaseOrder, PurchaseRevision, Supplier, SupplierSku
from suppliers.queries.price_words import SOURCE_WORDS

CONTENT_TYPE = "application/pdf"


def mail_file(key: str, language: str) -> MailFile:
    """Return the file of `purchase_order:ORDER:REVISION`.

    Raises:
        NotFound: there is no such revision.
    """
    _kind, order_id, revision = key.split(":")
    found = PurchaseRevision.objects.filter(order_id=int(order_id), revision=int(revision)).first()
    if found is None:
        raise NotFound
    return render(found, language=language)


def render(revision: PurchaseRevision, *, language: str) -> MailFile:
    """Return the PDF of one revision."""
    snapshot = revision.snapshot
    with translation.override(language):
        pages = purchase_paper.draw(_read(revision, language), gettext, fonts.may_print)
        content = pdf.render(pages, title=snapshot["number"])
    return MailFile(f"{snapshot['number']}-v{revision.revision}.pdf", CONTENT_TYPE, content)


def _read(revision: PurchaseRevision, language: str) -> Paper:
    snapshot = revision.snapshot
    supplier = Supplier.objects.get(code=snapshot["supplier"])
    place = Warehouse.objects.get(code=snapshot["warehouse"])
    is_chinese = language.startswith("zh")
    wanted = snapshot["required_by"]
    return Paper(
        number=snapshot["number"],
        revision=revision.revision,
        issued_on=revision.made_at.date(),
        supplier=_named(supplier, is_chinese=is_chinese),
        ship_to=[*_named(place, is_chinese=is_chinese), *_address(place)],
        currency=snapshot["currency"],
        mode=str(PurchaseOrder.Mode(snapshot["mode"]).label),
        incoterm=supplier.incoterm,
        agreement=snapshot["agreement"],
        required_by=dt.date.fromisoformat(wanted) if wanted else None,
        payment_days=supplier.payment_days,
        note=snapshot["note"],
        lines=_lines(snapshot, supplier, is_chinese=is_chinese),
        total=Decimal(snapshot["total"]),
    )


def _lines(snapshot: dict[str, Any], supplier: Supplier, *, is_chinese: bool) -> list[PaperLine]:
    codes = [line["sku"] for line in snapshot["lines"]]
    skus = {sku.code: sku for sku in Sku.objects.filter(code__in=codes)}
    goods = SupplierSku.objects.filter(supplier=supplier, sku__code__in=codes)
    theirs = dict(goods.values_list("sku__code", "supplier_code"))
    return [
        PaperLine(
            position=line["position"],
            code=line["sku"],
            their_code=theirs.get(line["sku"], ""),
            name=_name(skus[line["sku"]], is_chinese=is_chinese),
            qty=line["qty"],
            price=line["unit_price"],
            amount=quantize(Decimal(line["unit_price"]) * line["qty"], snapshot["currency"]),
            tier=str(SOURCE_WORDS.get(line["price_source"], "")),
        )
        for line in snapshot["lines"]
    ]


def _name(row: Sku | Supplier | Warehouse, *, is_chinese: bool) -> str:
    return (row.name_zh if is_chinese else "") or row.name


def _named(row: Supplier | Warehouse, *, is_chinese: bool) -> list[str]:
    return [_name(row, is_chinese=is_chinese), row.code]


def _address(place: Warehouse) -> list[str]:
    town = " ".join(part for part in (place.postcode, place.city) if part)
    lines = (place.line1, place.line2, town, place.region, place.country, place.phone)
    return [line for line in lines if line]
