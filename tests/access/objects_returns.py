"""Returns, their lines and photos: of sales and warehouses in scope."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from core import files
from returns.models import ReturnLine, ReturnPhoto, ReturnRequest
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.access.objects_orders import Side, both, each
from tests.factories.core import NOW

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


def return_of(where: Side) -> ReturnRequest:
    """Return a request for a unit of an order that waits for a decision."""
    order = where.order()
    row = ReturnRequest.objects.create(
        number=f"RMA{order.pk}",
        source="desk",
        order=order,
        channel=order.channel,
        return_channel=order.channel,
        warehouse=where.place,
        status="review",
        currency=order.currency,
        requested_at=NOW,
        updated_at=NOW,
        created_by="test",
    )
    line = order.lines.get()
    ReturnLine.objects.create(request=row, position=1, order_line=line, sku_id=line.sku_id, qty=1)
    return row


def photo_of(where: Side) -> ReturnPhoto:
    """Return a photo of a returned unit."""
    row = return_of(where)
    content = b"\xff\xd8\xff desk %d" % next(_numbers)
    stored = files.store(content, "photo.jpg", "return_photo")
    return ReturnPhoto.objects.create(request=row, file=stored, by="customer", taken_at=NOW)


@kind("return")
def _return(world: World) -> Objects:
    return each(world, return_of)


@kind("return-line")
def _return_line(world: World) -> Objects:
    own, foreign = both(world)
    return by_pk(return_of(own).lines.get(), return_of(foreign).lines.get())


@kind("return-photo")
def _return_photo(world: World) -> Objects:
    own, foreign = both(world)
    return Objects(
        lambda principal: {"pk": photo_of(own).pk},
        lambda: {"pk": photo_of(foreign).pk},
        {"pk": ABSENT},
    )


@kind("api-return")
def _api_return(world: World) -> Objects:
    own, foreign = both(world)
    return Objects(
        {"pk": f"ret_{return_of(own).pk}"},
        {"pk": f"ret_{return_of(foreign).pk}"},
        {"pk": f"ret_{ABSENT}"},
    )
