"""What the customer's pages of a return share: the order, the limit of tries, kind refusals."""

from __future__ import annotations

from django.http.response import HttpResponseBase

from core.tries import TooManyTries
from orders.models import Order
from returns.queries import portal as pages
from shipping.portal_page import LinkPage
from shipping.services import portal

#: Posts per visitor and quarter of an hour: photos cost work.
MOST_POSTS = 60


class ReturnPage(LinkPage):
    """A page of one tracking link whose order is one of ours."""

    sale: Order

    def opened(self) -> HttpResponseBase | None:
        """Find the order before any method runs; answer where it is not there."""
        order_id = pages.order_id_of(self.order_key)
        sale = Order.objects.select_related("channel").filter(pk=order_id).first()
        if sale is None:
            return self.ended()
        self.sale = sale
        if self.request.method == "POST":
            try:
                portal.count_try("return", self.visitor(), limit=MOST_POSTS, at=self.now)
            except TooManyTries as error:
                return self.ended(str(error), error.status)
        return None
