"""What agreements and the records of suppliers refuse, as named errors."""

from __future__ import annotations

from core.errors import InputRefused, NotFound, StateConflict, gettext_noop


class AgreementMissing(NotFound):
    """No such agreement."""

    code = "AGREEMENT_MISSING"
    text = gettext_noop("This agreement does not exist. Open the list and choose another one.")


class AgreementState(StateConflict):
    """The agreement can't do this in its state."""

    code = "AGREEMENT_STATE"
    text = gettext_noop("Agreement %(number)s is %(state)s. Open it to see what can be done.")


class AgreementChanged(StateConflict):
    """Somebody edited the draft since it was opened."""

    code = "AGREEMENT_CHANGED"
    text = gettext_noop("Agreement %(number)s was edited meanwhile. Reload it and edit again.")


class AgreementAccepted(StateConflict):
    """The supplier accepted these terms; the record of it is never changed."""

    code = "AGREEMENT_ACCEPTED"
    text = gettext_noop("%(name)s accepted agreement %(number)s already. Nothing is left to do.")


class AgreementOverlap(StateConflict):
    """Another agreement of the supplier covers the SKU on the same days."""

    code = "AGREEMENT_OVERLAP"
    text = gettext_noop(
        "%(other)s covers %(sku)s from %(first)s to %(last)s already. End it or choose other days."
    )


class VersionInWork(StateConflict):
    """A newer version is being written already."""

    code = "VERSION_IN_WORK"
    text = gettext_noop("Version %(version)s of %(number)s is in work. Open it instead.")


class NothingAgreed(InputRefused):
    """An agreement without a price line."""

    code = "NOTHING_AGREED"
    text = gettext_noop("Name at least one SKU with its price.")


class BadPeriod(InputRefused):
    """The last day does not follow the first."""

    code = "BAD_PERIOD"
    text = gettext_noop("The last day %(last)s must come after the first day %(first)s.")


class BadCurrency(InputRefused):
    """The code is no currency."""

    code = "BAD_CURRENCY"
    text = gettext_noop("%(currency)s is not a currency code such as USD, EUR or CNY.")


class BadPriceBreak(InputRefused):
    """Price breaks contradict each other; `why` is a code of `suppliers.domain.pricing`."""

    code = "BAD_PRICE_BREAK"
    text = gettext_noop(
        "%(sku)s from %(min_qty)s units: a larger quantity must never cost more apiece, each "
        "quantity stands once, and prices are above zero."
    )


class BadBatch(InputRefused):
    """A batch lies outside the agreement's days, or its SKU has no price in it."""

    code = "BAD_BATCH"
    text = gettext_noop(
        "Batch of %(sku)s on %(day)s: the day must lie within the agreement, and the SKU needs a "
        "price in it."
    )


class BadFigure(InputRefused):
    """A figure is out of its bounds."""

    code = "BAD_FIGURE"
    text = gettext_noop("%(what)s can't be %(value)s. Enter another value.")


class ReasonMissing(InputRefused):
    """An act that ends or stops something needs a reason."""

    code = "AGREEMENT_REASON_NEEDED"
    text = gettext_noop("Write why, in a few words.")


class SupplierKnown(StateConflict):
    """The code of a new supplier is taken."""

    code = "SUPPLIER_KNOWN"
    text = gettext_noop("Supplier %(supplier)s exists already. Choose another code.")


class ContactKnown(StateConflict):
    """The supplier has a contact with this e-mail."""

    code = "CONTACT_KNOWN"
    text = gettext_noop("A contact with this e-mail exists already. Edit it instead.")


class GoodsKnown(StateConflict):
    """The supplier's code stands for another SKU."""

    code = "GOODS_KNOWN"
    text = gettext_noop("The supplier's code %(supplier_code)s stands for another SKU already.")
