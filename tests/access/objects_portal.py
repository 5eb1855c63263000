"""The customer's pages of returns and messages, and the desk that answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import clock, files
from core.actors import Actor
from core.events import EventFact
from orders.services import listening
from returns.models import CustomerMessage, MessageThread, ReturnPhoto, ReturnRequest
from returns.services import messages, progress, return_labels
from returns.services.messages import Words
from returns.services.return_labels import IssueWish
from shipping.services import links
from tests.access.objects import ABSENT, Objects, kind
from tests.access.objects_orders import Side, both, each
from tests.access.objects_returns import return_of

if TYPE_CHECKING:
    from tests.access.world import World

ANN = Actor("customer", 1, "Ann")


def _opened(row: ReturnRequest) -> str:
    """Publish a return's order; return the token of its link."""
    now = clock.now()
    order = row.order
    if order is None:
        raise LookupError("a return without an order has no page")
    listening.publish_tracked([order.pk], [EventFact(1, "orders.imported", order.key, now, {})])
    return links.issue(order.key, at=now)


def _said(order_id: int, body: str = "It is broken") -> CustomerMessage:
    now = clock.now()
    words = Words("DAMAGED", body)
    message = messages.write(order_id, words, actor=ANN, at=now)
    stored = files.store(f"photo of message {message.pk}".encode(), "photo.jpg", "message_photo")
    CustomerMessage.objects.filter(pk=message.pk).update(photo=stored)
    return message


@kind("return-link")
def _return_link(world: World) -> Objects:
    row = return_of(both(world)[0])
    return Objects({"token": _opened(row)}, None, {"token": "0" * 22})


@kind("one-return-link")
def _one_return_link(world: World) -> Objects:
    row = return_of(both(world)[0])
    token = _opened(row)
    return Objects({"token": token, "number": row.number}, None, {"token": token, "number": "RMA0"})


@kind("return-paper-link")
def _return_paper_link(world: World) -> Objects:
    row, now = return_of(both(world)[0]), clock.now()
    progress.move(row.pk, "approve", actor=ANN, at=now)
    return_labels.issue(row.pk, IssueWish(method="store"), actor=ANN, at=now)
    names = {"token": _opened(row), "number": row.number}
    return Objects({**names, "kind": "slip"}, None, {**names, "kind": "nothing"})


@kind("return-photo-link")
def _return_photo_link(world: World) -> Objects:
    row = return_of(both(world)[0])
    names = {"token": _opened(row), "number": row.number}

    def own(_principal: str) -> dict[str, object]:
        # Each test has files of its own, so the photo is made where it is asked for.
        stored = files.store(f"photo of {row.number}".encode(), "photo.jpg", "return_photo")
        photo, _made = ReturnPhoto.objects.get_or_create(
            request=row, file=stored, defaults={"by": "customer", "taken_at": clock.now()}
        )
        return {**names, "pk": photo.pk}

    return Objects(own, None, {**names, "pk": ABSENT})


@kind("message-photo-link")
def _message_photo_link(world: World) -> Objects:
    row = return_of(both(world)[0])
    names = {"token": _opened(row)}
    return Objects(
        lambda _principal: {**names, "pk": _said(row.order_id or 0).pk},
        None,
        {**names, "pk": ABSENT},
    )


@kind("brand-color")
def _brand_color(_world: World) -> Objects:
    return Objects({"color": "0b5f7e"}, None, {"color": "ffffff"})


@kind("brand-logo")
def _brand_logo(_world: World) -> Objects:
    def own(_principal: str) -> dict[str, object]:
        stored = files.store(b"logo", "logo.png", "brand_logo", content_type="image/png")
        return {"sha256": stored.sha256}

    return Objects(own, None, {"sha256": "0" * 64})


def _thread_of(where: Side) -> MessageThread:
    return _said(where.order().pk).thread


@kind("message-thread")
def _message_thread(world: World) -> Objects:
    return each(world, _thread_of)


@kind("message-photo")
def _message_photo(world: World) -> Objects:
    own, foreign = both(world)
    return Objects(
        lambda _principal: {"pk": _said(own.order().pk).pk},
        lambda: {"pk": _said(foreign.order().pk).pk},
        {"pk": ABSENT},
    )
