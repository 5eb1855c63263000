"""Sell labels offline: the same reference always gives the same number and the same files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.sheets import fonts, pdf, zpl
from core.sheets.elements import Page
from shipping.carriers.base import BoughtLabel, CarrierRefused, LabelOrder
from shipping.domain.label import LabelContent, lay_out
from shipping.domain.tracking_number import tracking_number

RENDERERS: dict[str, Callable[[Sequence[Page]], bytes]] = {"pdf": pdf.render, "zpl": zpl.render}


class BuiltinCarrier:
    """A carrier without a company behind it: for own vans, drop-off and the demo.

    It keeps nothing: number and files follow from the order alone, so buying twice under one
    reference is buying once, and `find` always finds.
    """

    def buy(self, order: LabelOrder) -> BoughtLabel:
        """Return the label of this order.

        Raises:
            CarrierRefused: there is no country to send it to.
        """
        if not order.recipient.country:
            raise CarrierRefused("The address has no country.", "ADDRESS_WITHOUT_COUNTRY")
        content = LabelContent(
            service_name=order.service_name,
            sender=order.sender,
            recipient=order.recipient,
            reference=order.parcel_reference,
            tracking_number=tracking_number(order.reference),
            weight_g=order.weight_g,
            box_code=order.box_code,
            position=order.position,
            parcel_count=order.parcel_count,
        )
        page, replaced = lay_out(content, fonts.may_print)
        files = {kind: RENDERERS[kind]([page]) for kind in order.formats}
        return BoughtLabel(
            tracking_number=content.tracking_number,
            carrier_reference=order.reference,
            content_hash=content.digest(),
            files=files,
            replaced=replaced,
        )

    def find(self, order: LabelOrder) -> BoughtLabel | None:
        """Return the label of this order: it always exists."""
        return self.buy(order)

    def void(self, tracking_number: str, reference: str) -> bool:
        """Void at once: nothing was promised to anybody."""
        return True
