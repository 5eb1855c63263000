"""Shape of what the pages of suppliers and agreements send; the rules live in the services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.forms import (
    QCodeField,
    QDateField,
    QDecimalField,
    QForm,
    QIntegerField,
    plain_number,
    plain_text,
)
from suppliers.domain.terms import INCOTERMS, MOST_LEAD_DAYS, MOST_PAYMENT_DAYS
from suppliers.models import Supplier, SupplierContact, SupplierDocument, SupplierLeadTime
from suppliers.services.agreement_drafts import AgreementDraft, BatchDraft, PriceDraft

#: What stands in place of a price for a share off the list.
SHARE_WORDS = frozenset({"list", "%", "-", "目录价"})
MOST_LINES = 1_000
INCOTERM_CHOICES = [("", _("None")), *((code, code) for code in INCOTERMS)]


class CurrencyField(QCodeField):
    """A currency code, in either case."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).upper()


class SupplierForm(QForm):
    """A supplier: who it is and on which terms it sells."""

    code = QCodeField(label=_("Code"), max_length=32)
    name = forms.CharField(label=_("Name"), max_length=120)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120, required=False)
    country = CurrencyField(
        label=_("Country"), max_length=2, min_length=2, required=False, help_text=_("CN, US, DE")
    )
    currency = CurrencyField(
        label=_("Currency"), max_length=3, required=False, help_text=_("USD, EUR, CNY")
    )
    incoterm = forms.ChoiceField(label=_("Incoterm"), choices=INCOTERM_CHOICES, required=False)
    payment_days = QIntegerField(
        label=_("Payment (days)"), min_value=0, max_value=MOST_PAYMENT_DAYS, required=False
    )
    deposit_pct = QDecimalField(
        label=_("Deposit (%)"), min_value=0, max_value=100, decimal_places=2, required=False
    )
    risk = forms.ChoiceField(label=_("Risk"), choices=Supplier.Risk.choices, initial="medium")
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def draft_values(self) -> dict[str, Any]:
        """Return the values of a supplier's draft."""
        return {name: self.cleaned_data[name] for name in self.base_fields if name in _SUPPLIER}


_SUPPLIER = frozenset(
    {
        "code",
        "name",
        "name_zh",
        "country",
        "currency",
        "incoterm",
        "payment_days",
        "deposit_pct",
        "risk",
        "is_active",
    }
)


class ContactForm(QForm):
    """One person at a supplier."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    role = forms.CharField(label=_("Role"), max_length=60, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=SupplierContact.Language.choices, initial="en"
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class LeadTimesForm(QForm):
    """The agreed days of each mode; empty: not used."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for mode, text in SupplierLeadTime.Mode.choices:
            self.fields[mode] = QIntegerField(
                label=text, min_value=1, max_value=MOST_LEAD_DAYS, required=False
            )

    def days(self) -> dict[str, int | None]:
        """Return the days by mode."""
        return {mode: self.cleaned_data[mode] for mode in SupplierLeadTime.Mode.values}


class GoodsForm(QForm):
    """What a supplier sells of a SKU."""

    sku = QCodeField(label=_("SKU"), max_length=64)
    supplier_code = QCodeField(label=_("Supplier's code"), max_length=64, required=False)
    moq_qty = QIntegerField(label=_("Least order (units)"), min_value=1, initial=1)
    multiple_qty = QIntegerField(label=_("Pack (units)"), min_value=1, initial=1)
    lead_days = QIntegerField(
        label=_("Lead time (days)"), min_value=1, max_value=MOST_LEAD_DAYS, required=False
    )
    rank = QIntegerField(
        label=_("Rank"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=_("1 is the first choice for the SKU, 2 its first backup."),
    )
    currency = CurrencyField(label=_("Currency"), max_length=3)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class PriceListForm(QForm):
    """The breaks of one list."""

    valid_from = QDateField(label=_("Valid from"))
    valid_until = QDateField(label=_("Valid until"), required=False)
    breaks = forms.CharField(
        label=_("Prices"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("One line for each quantity: from units, then the unit price. 100 8.50"),
    )

    def clean_breaks(self) -> dict[int, Decimal]:
        rows = [_cells(line, 2) for line in _lines(self.cleaned_data["breaks"])]
        return {_units(units): _price(price) for units, price in rows}


class DocumentForm(QForm):
    """A paper of a supplier, with its file."""

    kind = forms.ChoiceField(label=_("Kind"), choices=SupplierDocument.Kind.choices)
    title = forms.CharField(label=_("Title"), max_length=120)
    valid_until = QDateField(label=_("Valid until"), required=False)
    file = forms.FileField(
        label=_("File"), required=False, help_text=_("PDF, JPEG or PNG, at most 10 MB.")
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if file.size > 10 * 1024 * 1024:
            raise ValidationError(_("Choose a file of at most 10 MB."))
        head = file.read(8)
        file.seek(0)
        if not head.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG")):
            raise ValidationError(_("Choose a PDF, JPEG or PNG file."))
        return file


class AgreementForm(QForm):
    """An agreement: days, currency, caps, prices and batches."""

    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    valid_from = QDateField(label=_("Valid from"))
    valid_until = QDateField(label=_("Valid until"), help_text=_("The last day."))
    currency = CurrencyField(label=_("Currency"), max_length=3)
    incoterm = forms.ChoiceField(label=_("Incoterm"), choices=INCOTERM_CHOICES, required=False)
    cap_amount = QDecimalField(
        label=_("Cap (amount)"), min_value=0, max_digits=18, decimal_places=4, required=False
    )
    cap_qty = QIntegerField(label=_("Cap (units)"), min_value=1, required=False)
    stacks = forms.BooleanField(
        label=_("Urgent orders keep the agreed price and pay the surcharge on it"), required=False
    )
    prices = forms.CharField(
        label=_("Prices"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "One line for each price: SKU, from units, unit price. Write list instead of a price "
            "for the agreed share off the list. TEA-1 100 8.50"
        ),
    )
    batches = forms.CharField(
        label=_("Batches"),
        max_length=60_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One line for each planned call-off: SKU, day, units. TEA-1 2026-05-01 600"),
    )
    clauses = forms.CharField(
        label=_("Clauses"), max_length=20_000, required=False, widget=forms.Textarea
    )
    expected = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def ask_supplier(self, choices: list[tuple[str, str]]) -> None:
        """Ask whose agreement it is, first of all."""
        self.fields["supplier"] = forms.ChoiceField(label=_("Supplier"), choices=choices)
        self.order_fields(["supplier"])

    def clean_prices(self) -> list[PriceDraft]:
        rows = [_cells(line, 3) for line in _lines(self.cleaned_data["prices"])]
        return [
            PriceDraft(sku, _units(units), None if price in SHARE_WORDS else _price(price))
            for sku, units, price in rows
        ]

    def clean_batches(self) -> list[BatchDraft]:
        rows = [_cells(line, 3) for line in _lines(self.cleaned_data["batches"])]
        return [BatchDraft(sku, _day(day), _units(units)) for sku, day, units in rows]

    def draft(self) -> AgreementDraft:
        """Return what the agreement is to say."""
        data = self.cleaned_data
        return AgreementDraft(
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            currency=data["currency"],
            prices=data["prices"],
            batches=data["batches"],
            title=data["title"],
            incoterm=data["incoterm"],
            stacks=data["stacks"],
            cap_amount=data["cap_amount"],
            cap_qty=data["cap_qty"],
            clauses=data["clauses"],
        )


def first_agreement_values(draft: AgreementDraft) -> dict[str, Any]:
    """Return what the form begins with."""
    return {
        "title": draft.title,
        "valid_from": draft.valid_from,
        "valid_until": draft.valid_until,
        "currency": draft.currency,
        "incoterm": draft.incoterm,
        "cap_amount": draft.cap_amount,
        "cap_qty": draft.cap_qty,
        "stacks": draft.stacks,
        "clauses": draft.clauses,
        "prices": "\n".join(
            f"{one.sku_code} {one.min_qty} {price_text(one.unit_price)}" for one in draft.prices
        ),
        "batches": "\n".join(
            f"{one.sku_code} {one.planned_on.isoformat()} {one.qty}" for one in draft.batches
        ),
    }


def price_text(price: Decimal | None) -> str:
    """Return a price as it is typed: without needless zeros, `list` for a share off."""
    return "list" if price is None else format(price.normalize(), "f")


class ReasonForm(QForm):
    """Why an agreement is stopped."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class SignForm(QForm):
    """Who accepted an agreement for the supplier."""

    signed_by = forms.CharField(label=_("Accepted by"), max_length=120)
    signed_on = QDateField(label=_("Accepted on"))


class DaysForm(QForm):
    """The days of a new version."""

    valid_from = QDateField(label=_("Valid from"))
    valid_until = QDateField(label=_("Valid until"), help_text=_("The last day."))


def _lines(text: str) -> list[str]:
    rows = [plain_text(line) for line in text.splitlines()]
    kept = [row for row in rows if row]
    if len(kept) > MOST_LINES:
        raise ValidationError(_t("Write at most %(most)s lines.") % {"most": MOST_LINES})
    return kept


def _cells(line: str, count: int) -> list[str]:
    cells = line.replace(";", " ").rsplit(None, count - 1)
    if len(cells) != count:
        raise ValidationError(
            _t("“%(line)s” has %(found)s parts; %(needed)s are needed.")
            % {"line": line[:60], "found": len(cells), "needed": count}
        )
    return cells


def _units(text: str) -> int:
    number = plain_number(text)
    if not number.isdigit() or not 0 < int(number) <= 1_000_000_000:
        raise ValidationError(_t("“%(text)s” is no number of units.") % {"text": text[:30]})
    return int(number)


def _price(text: str) -> Decimal:
    try:
        price = Decimal(plain_number(text))
    except InvalidOperation:
        price = Decimal(0)
    if not price.is_finite() or not 0 < price < 10**12 or price != round(price, 6):
        raise ValidationError(
            _t("“%(text)s” is no price above 0 with at most 6 decimals.") % {"text": text[:30]}
        )
    return price


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(
            _t("“%(text)s” is no day such as 2026-05-01.") % {"text": text[:30]}
        ) from error
