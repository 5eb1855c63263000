"""What a service must know about bins, SKUs and lots before it moves units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from core.errors import InputRefused, NotFound, StateConflict, gettext_noop
from inventory.domain.moves import GOOD, Place
from inventory.domain.places import VIRTUAL_BINS, is_virtual
from inventory.models import MOST_UNITS, Bin, Condition, Lot, Sku

NOT_STOCKED = frozenset({"virtual_kit", "service"})


class BadQuantity(InputRefused):
    """A quantity is not a whole number of units from 1 to a thousand million."""

    code = "BAD_QUANTITY"
    text = gettext_noop("%(qty)s is not a quantity. Write a whole number of 1 or more.")


class UnknownBin(NotFound):
    """No such bin."""

    code = "UNKNOWN_BIN"
    text = gettext_noop("Bin %(bin_id)s does not exist. Scan the bin again.")


class UnknownSku(NotFound):
    """No such SKU."""

    code = "UNKNOWN_SKU"
    text = gettext_noop("SKU %(sku_id)s does not exist. Scan the product again.")


class UnknownLot(NotFound):
    """No such lot of this SKU."""

    code = "UNKNOWN_LOT"
    text = gettext_noop("Lot %(lot_id)s of this SKU does not exist. Scan the lot again.")


class NotStocked(StateConflict):
    """Virtual kits and services never lie in a bin."""

    code = "NOT_STOCKED"
    text = gettext_noop("%(sku)s is a kit or a service and has no stock of its own.")


class LotRequired(InputRefused):
    """Units of a lot-tracked SKU are moved without saying of which lot."""

    code = "LOT_REQUIRED"
    text = gettext_noop("%(sku)s is tracked by lot. Scan or type the lot.")


class LotNotExpected(InputRefused):
    """A lot is named for a SKU that is not tracked by lot."""

    code = "LOT_NOT_EXPECTED"
    text = gettext_noop("%(sku)s is not tracked by lot. Leave the lot empty.")


class PlaceRefused(StateConflict):
    """A bin that is closed, or outside the warehouses, can't be used for this."""

    code = "PLACE_REFUSED"
    text = gettext_noop("Bin %(bin)s can't be used for this. Choose another bin.")


class OtherWarehouse(StateConflict):
    """A move inside a warehouse names a bin of another one."""

    code = "OTHER_WAREHOUSE"
    text = gettext_noop("These bins are in different warehouses. Choose a bin in the same one.")


class ReasonMissing(InputRefused):
    """A correction was asked for without a reason code."""

    code = "REASON_MISSING"
    text = gettext_noop("Choose a reason: every correction of stock needs one.")


class UnknownCondition(InputRefused):
    """No such condition of goods, or the one the goods are in already."""

    code = "UNKNOWN_CONDITION"
    text = gettext_noop("%(condition)s can't be chosen as condition. Choose one from the list.")


def check_reason(reason: str) -> str:
    """Return the reason code.

    Raises:
        ReasonMissing: it is empty.
    """
    if not reason:
        raise ReasonMissing
    return reason


def check_condition(condition: str, *, other_than: str = "") -> str:
    """Return the condition.

    Raises:
        UnknownCondition: it is not one of `Condition`, or the same as `other_than`.
    """
    if condition not in Condition.values or condition == other_than:
        raise UnknownCondition(condition=condition)
    return condition


@dataclass(slots=True)
class Facts:
    """Bins, SKUs and lots a call names, read with at most one statement each."""

    bins: dict[int, Bin] = field(default_factory=dict)
    skus: dict[int, Sku] = field(default_factory=dict)
    lots: dict[int, tuple[int, str]] = field(default_factory=dict)

    def place(self, bin_id: int) -> Place:
        """Return the bin with its warehouse.

        Raises:
            UnknownBin: there is no such bin.
        """
        if is_virtual(bin_id):
            return Place(bin_id, None)
        if bin_id not in self.bins:
            raise UnknownBin(bin_id=bin_id)
        return Place(bin_id, self.bins[bin_id].warehouse_id)

    def entrance(self, bin_id: int) -> Place:
        """Return a real bin in use that may take units.

        Raises:
            UnknownBin: there is no such bin.
            PlaceRefused: the bin is virtual or closed.
        """
        place = self.place(bin_id)
        if place.warehouse_id is None or not self.bins[bin_id].is_active:
            raise PlaceRefused(bin=self._code_of(bin_id))
        return place

    def exit(self, bin_id: int) -> Place:
        """Return a real bin units may leave, closed or not.

        Raises:
            UnknownBin: there is no such bin.
            PlaceRefused: the bin is virtual.
        """
        place = self.place(bin_id)
        if place.warehouse_id is None:
            raise PlaceRefused(bin=self._code_of(bin_id))
        return place

    def _code_of(self, bin_id: int) -> str:
        return VIRTUAL_BINS[bin_id] if is_virtual(bin_id) else self.bins[bin_id].code

    def check(self, sku_id: int, lot_id: int | None, qty: int) -> None:
        """Refuse what can't be in any ledger row.

        Raises:
            BadQuantity, UnknownSku, NotStocked, LotRequired, LotNotExpected, UnknownLot: as named.
        """
        if type(qty) is not int or not 0 < qty <= MOST_UNITS:
            raise BadQuantity(qty=qty)
        if sku_id not in self.skus:
            raise UnknownSku(sku_id=sku_id)
        sku = self.skus[sku_id]
        if sku.kind in NOT_STOCKED:
            raise NotStocked(sku=sku.code)
        if sku.lot_tracked and lot_id is None:
            raise LotRequired(sku=sku.code)
        if lot_id is None:
            return
        if not sku.lot_tracked:
            raise LotNotExpected(sku=sku.code)
        if self.lots.get(lot_id, (None, ""))[0] != sku_id:
            raise UnknownLot(lot_id=lot_id)

    def cost_of(self, sku_id: int) -> Decimal | None:
        """Return the SKU's default unit cost; None when not known."""
        return self.skus[sku_id].default_cost

    def currency_of(self, sku_id: int) -> str:
        """Return the currency of the SKU's costs."""
        return self.skus[sku_id].currency

    def is_sellable(self, lot_id: int | None, condition: str) -> bool:
        """Say whether such units count towards ATP."""
        return condition == GOOD and (lot_id is None or self.lots[lot_id][1] == GOOD)


def read_facts(*, bins: Iterable[int], skus: Iterable[int]) -> Facts:
    """Read bins and SKUs by id, two statements; the caller puts in lots, read under lock."""
    facts = Facts()
    wanted = {bin_id for bin_id in bins if not is_virtual(bin_id)}
    if wanted:
        for place in Bin.objects.filter(pk__in=wanted):
            facts.bins[place.pk] = place
    for sku in Sku.objects.filter(pk__in=set(skus)):
        facts.skus[sku.pk] = sku
    return facts


def read_lots(lots: Iterable[int | None]) -> dict[int, tuple[int, str]]:
    """Return lot id -> (SKU id, status); no statement when there is no lot.

    True for the caller only while it holds the lock of the lots or of levels they lie in.
    """
    wanted = {lot_id for lot_id in lots if lot_id is not None}
    if not wanted:
        return {}
    rows = Lot.objects.filter(pk__in=wanted).values_list("pk", "sku_id", "status")
    return {pk: (sku_id, status) for pk, sku_id, status in rows}
