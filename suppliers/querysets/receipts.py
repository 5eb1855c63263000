from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.apps import apps
from django.db.models import Exists, F, OuterRef

from inventory.querysets.scopes import WarehouseScopedQuerySet

if TYPE_CHECKING:
    from suppliers.models import Inspection, PutAway, Receipt, ReceiptLine, UnidentifiedGoods


class ReceiptQuerySet(WarehouseScopedQuerySet["Receipt"]):
    """Receipts; a principal sees those at warehouses in scope."""

    warehouse_path: ClassVar[str] = "asn__warehouse"

    def unfinished(self) -> Self:
        """Keep the receipts somebody still counts or inspects."""
        return self.exclude(state="finished")


class ReceiptLineQuerySet(WarehouseScopedQuerySet["ReceiptLine"]):
    """Lines of receipts."""

    warehouse_path: ClassVar[str] = "receipt__asn__warehouse"

    def counted(self) -> Self:
        """Leave out what was undone."""
        return self.filter(is_undone=False)

    def damaged(self) -> Self:
        """Keep bookings of damaged units that stand."""
        return self.filter(kind="damaged", is_undone=False)

    def at_dock(self) -> Self:
        """Keep good lines with units that are not put away, nor taken out again."""
        return self.filter(
            kind="good", is_undone=False, qty__gt=F("put_away_qty") + F("withdrawn_qty")
        )

    def free_to_put_away(self) -> Self:
        """Keep lines at the dock whose receipt is finished and whose inspection is passed."""
        inspections = apps.get_model("suppliers", "Inspection")._default_manager
        stopped = inspections.filter(
            receipt_id=OuterRef("receipt_id"), asn_line_id=OuterRef("asn_line_id")
        ).exclude(state="passed")
        return self.at_dock().filter(~Exists(stopped), receipt__state="finished")


class InspectionQuerySet(WarehouseScopedQuerySet["Inspection"]):
    """Inspections of received lines."""

    warehouse_path: ClassVar[str] = "receipt__asn__warehouse"


class UnidentifiedGoodsQuerySet(WarehouseScopedQuerySet["UnidentifiedGoods"]):
    """Goods nobody announced."""

    def held(self) -> Self:
        """Keep the goods nobody has settled."""
        return self.filter(state="held")


class PutAwayQuerySet(WarehouseScopedQuerySet["PutAway"]):
    """Put-aways."""

    warehouse_path: ClassVar[str] = "to_bin__warehouse"
