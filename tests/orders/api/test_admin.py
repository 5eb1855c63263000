import pytest
from django.urls import reverse

from orders.models import Order
from tests.factories import orders as make
from tests.factories.core import make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(client):
    return sign_in(client, make_user(role="admin"))


@pytest.mark.parametrize(
    "page", ["channel", "destinationrule", "dutyrate", "order", "shipment", "refunddue"]
)
def test_the_repair_site_lists_what_orders_keep(site, page):
    make.channel()

    assert site.get(reverse(f"admin:orders_{page}_changelist")).status_code == 200


def test_an_order_is_shown_there_without_street_and_cannot_be_changed(site):
    make.channel()
    make.sku("TEA")
    order = make.place_one()

    page = reverse("admin:orders_order_change", args=[order.pk])

    shown = site.get(page)
    site.post(page, {"note": "changed"})

    assert shown.status_code == 200
    assert "Mill Lane" not in shown.content.decode()
    assert Order.objects.get(pk=order.pk).note == ""
