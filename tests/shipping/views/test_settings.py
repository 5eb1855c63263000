import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from shipping.models import RateCard
from tests.factories.core import make_user, sign_in
from tests.factories.shipping import make_service
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
DASH = "\N{EN DASH}"
GOOD = (
    "service,currency,valid_from,zone,countries,transit_lo_days,transit_hi_days,max_weight_g,"
    "amount\nGROUND,EUR,2026-01-01,NEAR,DE NL,1,2,2000,6.50\n"
)


@pytest.fixture
def admin(client):
    make_service("GROUND")
    return sign_in(client, make_user("admin"))


def upload(client, text):
    file = SimpleUploadedFile("rates.csv", text.encode())
    return client.post(reverse("shipping-settings"), {"file": file})


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_rate_card_is_imported_and_shown(admin):
    done = upload(admin, GOOD)

    page = text_of(admin.get(reverse("shipping-settings")))
    card = RateCard.objects.get()
    detail = text_of(admin.get(reverse("rate-card", args=[card.pk])))
    assert done.status_code in {302, 303}
    assert "Version 1" in page
    assert "Zone NEAR" in detail
    assert "6.50" in detail


def test_every_fault_of_a_file_is_listed_with_its_line(admin):
    response = upload(admin, GOOD + "GROUND,EURO,2026-01-01,NEAR,Germany,1,2,500,4\n")

    text = text_of(response)
    assert response.status_code == 422
    assert "2 values to correct" in text
    assert "3 currency EURO Write an ISO currency code such as EUR." in text
    assert "3 countries Germany" in text
    assert RateCard.objects.count() == 0


def test_a_card_that_overlaps_is_refused_with_the_reason(admin):
    upload(admin, GOOD)

    response = upload(admin, GOOD.replace("2026-01-01", "2025-06-01"))

    assert response.status_code == 409
    assert "already has rate card version 1" in text_of(response)


def test_a_form_without_file_asks_for_one(admin):
    assert admin.post(reverse("shipping-settings"), {}).status_code == 422


def test_a_price_can_be_checked(admin):
    upload(admin, GOOD)
    typed = {"country": "de", "weight_g": "700", "warehouse": "", "postcode": ""}

    covered = text_of(admin.get(reverse("shipping-settings"), typed))
    flat = text_of(admin.get(reverse("shipping-settings"), typed | {"country": "JP"}))

    assert f"GROUND 1{DASH}2 business days EUR 6.50" in covered.replace("\xa0", " ")
    assert f"STANDARD 3{DASH}7 business days USD 12.00" in flat.replace("\xa0", " ")


@pytest.mark.parametrize("count", [1, 6])
def test_the_page_takes_the_same_statements_for_any_number_of_services(admin, count):
    upload(admin, GOOD)
    for number in range(count):
        make_service(f"S{number}")

    with query_baseline("shipping-settings"):
        response = admin.get(reverse("shipping-settings"))

    shown = text_of(response)
    assert all(f"S{number}" in shown for number in range(count))


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF"), ("zpl", b"^XA")])
def test_a_test_label_tries_the_printer(admin, kind, start):
    response = admin.get(reverse("test-label", args=[kind]))

    assert response.content.startswith(start)
    assert f"test-label.{kind}" in response["Content-Disposition"]


def test_the_command_imports_a_file_and_a_repeat_changes_nothing(tmp_path, admin):
    path = tmp_path / "rates.csv"
    path.write_text(GOOD)
    first, second = io.StringIO(), io.StringIO()

    call_command("import_rates", path, as_json=True, stdout=first)
    call_command("import_rates", path, as_json=True, stdout=second)

    assert first.getvalue().strip() == '{"cards_imported": 1, "cards_unchanged": 0}'
    assert second.getvalue().strip() == '{"cards_imported": 0, "cards_unchanged": 1}'


def test_the_command_names_each_fault(tmp_path, admin):
    path = tmp_path / "rates.csv"
    path.write_text(GOOD.replace("6.50", "much"))
    errors = io.StringIO()

    with pytest.raises(CommandError):
        call_command("import_rates", path, stderr=errors)

    assert "line 2 amount 'much': Write an amount" in errors.getvalue()


def test_the_command_says_when_there_is_no_file(tmp_path):
    with pytest.raises(CommandError):
        call_command("import_rates", tmp_path / "none.csv")
