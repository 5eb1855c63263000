"""The form kit: what people type, what they read when it does not fit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from core.forms import QCodeField, QDateField, QDecimalField, QForm, QIntegerField, plain_number


class LineForm(QForm):
    """A form with one field of each kind."""

    sku = QCodeField(label="SKU", max_length=8)
    quantity = QIntegerField(label="Quantity", min_value=1)
    price = QDecimalField(label="Price", max_digits=10, decimal_places=2, required=False)
    needed_by = QDateField(label="Needed by", required=False)
    mode = forms.ChoiceField(label="Mode", choices=[("a", "A")], help_text="How to ship")


VALID = {"sku": "TEA-1", "quantity": "2", "price": "1.50", "mode": "a"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1 234", "1234"),
        ("\uff11\uff12", "12"),
        ("12,5", "12.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1,234,567", "1234567"),
        ("1'234.5", "1234.5"),
        ("\u22125", "-5"),
        ("1,234", "1,234"),  # could be 1.234 or 1234: refused, not guessed
    ],
)
def test_numbers_are_read_where_they_are_unambiguous(typed, expected):
    assert plain_number(typed) == expected


def test_a_valid_form_gives_typed_values():
    form = LineForm({**VALID, "quantity": "\uff11\uff12", "needed_by": "2026-04-21"})

    assert form.is_valid()
    assert form.cleaned_data["quantity"] == 12
    assert form.cleaned_data["price"] == Decimal("1.50")
    assert form.cleaned_data["needed_by"] == dt.date(2026, 4, 21)


def test_the_summary_names_each_field_with_its_way_out():
    form = LineForm({**VALID, "sku": "TOO-LONG-CODE", "quantity": "many"})

    assert [(row.text, row.anchor) for row in form.summary] == [
        ("SKU: Shorten this to 8 characters; it has 13.", "id_sku"),
        ("Quantity: Write a whole number, for example 12.", "id_quantity"),
    ]


def test_no_message_blames_or_says_invalid():
    form = LineForm({"sku": "", "quantity": "0", "price": "x", "needed_by": "x", "mode": "z"})

    texts = " ".join(row.text.lower() for row in form.summary)

    assert len(form.summary) == 5
    assert not any(word in texts for word in ("invalid", "valid ", "please", "sorry", "error"))


def test_a_submission_key_comes_back_and_is_made_where_missing():
    sent = LineForm({**VALID, "submission_key": "abc"})
    bare = LineForm(VALID)

    assert sent.is_valid()
    assert bare.is_valid()
    assert sent.cleaned_data["submission_key"] == "abc"
    assert len(bare.cleaned_data["submission_key"]) > 16


def test_a_refusal_of_a_service_stands_at_its_field():
    form = LineForm(VALID)
    form.is_valid()

    form.refuse(ValueError("Only 3 of 5 left. Enter 3."), "quantity")

    assert form.errors["quantity"] == ["Only 3 of 5 left. Enter 3."]


def render(form: QForm, name: str) -> str:
    """Return the HTML of one field."""
    return Template("{% load ui %}{% field bound %}").render(Context({"bound": form[name]}))


def test_a_field_ties_label_hint_and_error_together():
    html = render(LineForm({**VALID, "mode": "z"}), "mode")

    assert '<label class="field-label" for="id_mode">' in html
    assert 'aria-describedby="id_mode_hint id_mode_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_mode_error"' in html


def test_what_was_typed_stays():
    html = render(LineForm({**VALID, "quantity": "many"}), "quantity")

    assert 'value="many"' in html
    assert "style=" not in html


def test_typed_html_is_escaped():
    html = render(LineForm({**VALID, "sku": '"><script>'}), "sku")

    assert "<script>" not in html


def test_messages_follow_the_language():
    with translation.override("zh-hans"):
        form = LineForm({**VALID, "sku": ""})
        texts = [row.text for row in form.summary]

    assert texts == ["SKU: \u8bf7\u586b\u5199\u6b64\u9879\u3002"]
