"""What purchase orders refuse, as named errors."""

from __future__ import annotations

from core.errors import (
    DomainError,
    InputRefused,
    NotFound,
    StaleVersion,
    StateConflict,
    gettext_noop,
)


class OrderMissing(NotFound):
    """No such purchase order."""

    code = "PURCHASE_ORDER_MISSING"
    text = gettext_noop("This purchase order does not exist. Search for its number.")


class OrderState(StateConflict):
    """The purchase order can't do this in its state."""

    code = "PURCHASE_ORDER_STATE"
    text = gettext_noop("Purchase order %(number)s is %(state)s. Open it to see what can be done.")


class OrderStale(StaleVersion):
    """Somebody saved the order meanwhile; `data["differences"]` says what differs, saved first."""

    code = "PURCHASE_ORDER_STALE"
    text = gettext_noop(
        "%(number)s was saved meanwhile. Compare the %(n)s differences, then save again."
    )


class NoLines(InputRefused):
    """An order without lines, or of a SKU without units."""

    code = "PURCHASE_WITHOUT_LINES"
    text = gettext_noop("Add at least one SKU, with 1 to %(most)s units.")


class SkuTwice(InputRefused):
    """The same SKU on two lines."""

    code = "PURCHASE_SKU_TWICE"
    text = gettext_noop("%(sku)s stands on two lines. Put its units on one line.")


class SkuUnknown(InputRefused):
    """A SKU that does not exist."""

    code = "PURCHASE_SKU_UNKNOWN"
    text = gettext_noop("SKU %(sku)s does not exist. Create it under Products, then order it.")


class SupplierInactive(InputRefused):
    """The supplier is not in use."""

    code = "PURCHASE_SUPPLIER_INACTIVE"
    text = gettext_noop("Supplier %(supplier)s is not in use. Choose another one.")


class WarehouseUnknown(InputRefused):
    """The warehouse does not exist or is out of the buyer's scope."""

    code = "PURCHASE_WAREHOUSE_UNKNOWN"
    text = gettext_noop("This warehouse is not yours to buy for. Choose another one.")


class CurrencyRefused(InputRefused):
    """Neither the order nor the supplier names a currency that exists."""

    code = "PURCHASE_CURRENCY"
    text = gettext_noop("%(currency)s is no currency. Choose an ISO code such as USD or CNY.")


class PriceRefused(InputRefused):
    """A typed price that can't be one."""

    code = "PURCHASE_PRICE_REFUSED"
    text = gettext_noop("%(sku)s: a price is 0 or more, with at most 6 decimals.")


class PriceMissing(DomainError):
    """A line nobody has a price for."""

    code = "PURCHASE_PRICE_MISSING"
    text = gettext_noop("%(sku)s has no list price and no agreement. Type its price with a reason.")


class PriceReasonNeeded(DomainError):
    """A price that is neither agreed nor listed is ordered without saying why."""

    code = "PURCHASE_PRICE_REASON"
    text = gettext_noop(
        "%(sku)s is ordered at %(price)s instead of %(quoted)s. Enter the reason for this price."
    )


class PricesMoved(DomainError):
    """Prices or packs changed since the draft was saved."""

    code = "PURCHASE_PRICES_MOVED"
    text = gettext_noop(
        "Price or pack changed since you saved: %(skus)s. Save the draft again to take them over."
    )


class WhyNeeded(InputRefused):
    """A system draft, a revision or an end without a reason."""

    code = "PURCHASE_REASON_NEEDED"
    text = gettext_noop("Enter the reason; it stays on the order.")


class NothingChanged(InputRefused):
    """A revision equal to the one before."""

    code = "PURCHASE_UNCHANGED"
    text = gettext_noop("Nothing differs from revision %(revision)s. Change something, or leave.")


class SupplierFixed(StateConflict):
    """The supplier holds the order already."""

    code = "PURCHASE_SUPPLIER_FIXED"
    text = gettext_noop(
        "%(supplier)s holds this order already. Cancel it and create one for the other supplier."
    )


class LineUnderWay(StateConflict):
    """Units of the line are shipped or received."""

    code = "PURCHASE_LINE_UNDER_WAY"
    text = gettext_noop("%(qty)s units of %(sku)s are shipped or received. Order at least these.")


class OrderUnderWay(StateConflict):
    """Goods of the order are on their way or here."""

    code = "PURCHASE_UNDER_WAY"
    text = gettext_noop(
        "%(qty)s units of %(number)s are on their way or here. Close it short instead."
    )


class ApprovalVoid(StateConflict):
    """The order is not what was approved."""

    code = "PURCHASE_APPROVAL_VOID"
    text = gettext_noop("%(number)s differs from what was approved. Submit it again.")


class NoContact(DomainError):
    """The supplier has nobody with an e-mail address."""

    code = "PURCHASE_NO_CONTACT"
    text = gettext_noop("%(supplier)s has no contact with an e-mail address. Add one, then send.")


class NothingOpen(StateConflict):
    """Nothing of the order is open any more."""

    code = "PURCHASE_NOTHING_OPEN"
    text = gettext_noop("Nothing of %(number)s is open any more.")


class ChasedAlready(StateConflict):
    """A person chased the order within the last day."""

    code = "ORDER_CHASED_ALREADY"
    text = gettext_noop("%(number)s was chased today. Chase it again in %(hours)s hours, or call.")


class NobodyToChase(StateConflict):
    """The supplier has nobody with an e-mail address."""

    code = "NOBODY_TO_CHASE"
    text = gettext_noop("%(supplier)s has no contact with e-mail. Add one, or call.")
