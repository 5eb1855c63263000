"""rel_s10, rel_h_08: whoever holds one order's link reaches nothing of another order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core import files
from core.actors import SYSTEM
from orders.models import Order
from returns.models import CustomerMessage, MessageThread, ReturnPhoto, ReturnRequest
from returns.services import return_labels
from returns.services.return_labels import IssueWish
from tests.factories import orders
from tests.factories import portal as factory
from tests.factories import returns as back
from tests.helpers.pictures import photo

pytestmark = pytest.mark.django_db
PAPERS = ("label", "slip", "code", "card", "customs")
#: What stands in the other customer's pages and must never stand in an answer to a probe.
SECRETS = ("Zofia", "Gdynia", "The seam is torn")
Probe = tuple[str, str, dict[str, str]]


def customer(name: str, city: str, words: str) -> tuple[Order, str, ReturnRequest]:
    """Return a customer's order, its link and a return with label, photo and message."""
    order, token = factory.sold(
        orders.line("TEA", 2, "10.00"), ship_to=orders.address("US", name=name, city=city)
    )
    request = back.request(order, units={"TEA": 1}, note=words)
    return_labels.issue(request.pk, IssueWish("own"), actor=SYSTEM, at=back.ASKED)
    picture = photo(size=(32, 20 + len(name))).read()
    stored = files.store(picture, f"{name}.jpg", "return_photo", content_type="image/jpeg")
    ReturnPhoto.objects.create(request=request, file=stored, by="customer", taken_at=back.ASKED)
    thread = MessageThread.objects.create(
        order=order, topic="OTHER", opened_at=back.ASKED, last_at=back.ASKED
    )
    CustomerMessage.objects.create(
        thread=thread, side="customer", body=words, photo=stored, at=back.ASKED, by="customer"
    )
    return order, token, request


def probes(token: str, numbers: list[str], pks: range) -> Iterator[Probe]:
    """Yield (method, path, data): every page and act of a return, photo and message by id."""
    for number in numbers:
        page = reverse("portal-return-status", args=[token, number])
        yield "get", page, {}
        for act in ("cancel", "pickup", "tracking", "exchange"):
            yield "post", page, {"act": act}
        for paper in PAPERS:
            yield "get", reverse("portal-return-file", args=[token, number, paper]), {}
        for pk in pks:
            yield "get", reverse("portal-return-photo", args=[token, number, pk]), {}
    own = CustomerMessage.objects.earliest("pk").pk
    for pk in pks:
        if pk != own:
            yield "get", reverse("portal-message-photo", args=[token, pk]), {}


@pytest.mark.parametrize("wanted", [250, pytest.param(5_000, marks=pytest.mark.long)])
def test_rel_h_08_the_link_of_one_order_reaches_nothing_of_another(wanted):
    with time_machine.travel(back.ASKED, tick=False):
        _mine, token, own = customer("Ada", "Boston", "I keep one.")
        _theirs, other_token, theirs = customer("Zofia", "Gdynia", "The seam is torn")
        client = Client()
        near = range(1, max(ReturnPhoto.objects.latest("pk").pk, 5) + wanted // 150)
        numbers = [theirs.number] + [f"RMA{number}" for number in range(1_900, 1_900 + wanted)]
        before = ReturnRequest.objects.filter(pk=theirs.pk).values().get()
        asked = 0
        for method, path, data in itertools.islice(probes(token, numbers, near), wanted):
            # Many visitors: one alone is stopped by the limit of tries after two hundred.
            visitor = f"10.0.0.{asked // 50 % 250}"
            answer = getattr(client, method)(path, data, REMOTE_ADDR=visitor)
            body = b"".join(answer) if answer.streaming else answer.content
            assert answer.status_code == 404, (method, path, answer.status_code)
            assert not [word for word in SECRETS if word.encode() in body], path
            asked += 1
        assert asked == wanted
        assert ReturnRequest.objects.filter(pk=theirs.pk).values().get() == before
        for secret, request in ((token, own), (other_token, theirs)):
            page = reverse("portal-return-status", args=[secret, request.number])
            assert client.get(page).status_code == 200
