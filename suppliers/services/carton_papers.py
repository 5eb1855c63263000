"""Labels of the cartons that a supplier announced: one logistic label for each SSCC."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext

from core.sheets import fonts, pdf
from core.sheets.logistic import MOST_FACTS, LogisticLabel, logistic_label
from inventory.models import Warehouse
from suppliers.domain.carton_measures import Measures, shown_cm, shown_kg
from suppliers.models import Asn, AsnCarton, AsnContent


def put_measures(asn: Asn, said: Mapping[str, Measures]) -> None:
    """Write what the supplier said of weight and size on the cartons of a locked arrival."""
    rows = list(asn.cartons.order_by("pk"))
    for row in rows:
        measures = said.get(row.sscc, Measures())
        row.weight_g = measures.weight_g
        row.length_mm, row.width_mm, row.height_mm = measures.size_mm or (None, None, None)
    AsnCarton.objects.bulk_update(
        rows, ["weight_g", "length_mm", "width_mm", "height_mm"], batch_size=200
    )


def labels(asn: Asn, *, language: str) -> bytes:
    """Return the labels of an arrival's cartons as one PDF, a page each; b"" without cartons."""
    cartons = list(asn.cartons.order_by("pk"))
    if not cartons:
        return b""
    contents: dict[int | None, list[AsnContent]] = {}
    found = AsnContent.objects.filter(asn_line__asn=asn).select_related("asn_line__sku")
    for row in found.order_by("position", "pk"):
        contents.setdefault(row.carton_id, []).append(row)
    with translation.override(language):
        sender = [asn.supplier.name_zh if _is_chinese(language) else "", asn.supplier.name]
        pages = [
            page
            for number, carton in enumerate(cartons, start=1)
            for page in logistic_label(
                LogisticLabel(
                    sscc=carton.sscc,
                    sender=[next(name for name in sender if name), asn.supplier.country],
                    recipient=_address(asn.warehouse, is_chinese=_is_chinese(language)),
                    facts=_facts(asn, carton, contents.get(carton.pk, []), (number, len(cartons))),
                ),
                gettext,
                fonts.may_print,
            )
        ]
    return pdf.render(pages, title=asn.number)


def _facts(
    asn: Asn, carton: AsnCarton, contents: list[AsnContent], place: tuple[int, int]
) -> list[str]:
    order = asn.purchase_order.number if asn.purchase_order else ""
    facts = [f"{order} · {asn.number} · {place[0]}/{place[1]}"]
    weight = shown_kg(carton.weight_g)
    size = shown_cm(carton.length_mm, carton.width_mm, carton.height_mm)
    measured = [part for part in (weight and f"{weight} kg", size and f"{size} cm") if part]
    if measured:
        facts.append(" · ".join(measured))
    room = MOST_FACTS - len(facts)
    shown = contents if len(contents) <= room else contents[: room - 1]
    facts += [_content(row) for row in shown]
    if len(shown) < len(contents):
        facts.append(gettext("and %(n)s more") % {"n": len(contents) - len(shown)})
    return facts


def _content(row: AsnContent) -> str:
    parts = [f"{row.asn_line.sku.code} × {row.qty}"]  # noqa: RUF001  # the sign of units
    if row.lot_code:
        parts.append(f"{gettext('Lot')} {row.lot_code}")
    if row.expires_on:
        parts.append(f"{gettext('Expires')} {row.expires_on.isoformat()}")
    return " · ".join(parts)


def _address(place: Warehouse, *, is_chinese: bool) -> list[str]:
    town = " ".join(part for part in (place.postcode, place.city) if part)
    name = (place.name_zh if is_chinese else "") or place.name
    lines = (f"{name} ({place.code})", place.line1, place.line2, town, place.region, place.country)
    return [line for line in lines if line]


def _is_chinese(language: str) -> bool:
    return language.startswith("zh")
