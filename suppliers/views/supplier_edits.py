"""What staff write about suppliers: the record, people, lead times, goods, prices, papers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, files
from core.errors import DomainError, NotFound
from core.htmx import redirect_to
from core.permissions import RequireCapability
from core.views.acts import Act
from suppliers.models import Supplier, SupplierContact, SupplierDocument, SupplierSku
from suppliers.services import supplier_records
from suppliers.services.supplier_records import (
    ContactDraft,
    DocumentDraft,
    GoodsDraft,
    SupplierDraft,
)
from suppliers.views.term_forms import (
    ContactForm,
    DocumentForm,
    GoodsForm,
    LeadTimesForm,
    PriceListForm,
    SupplierForm,
    price_text,
)

BUY = "suppliers.buy"
PRICES = "suppliers.view_prices"


class SupplierNew(RequireCapability, View):
    """Create a supplier."""

    capability = BUY
    title: Any = _("Create supplier")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, SupplierForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SupplierForm(request.POST)
        if not form.is_valid():
            return self._answer(request, form, 422)
        draft = SupplierDraft(**form.draft_values())
        try:
            made = supplier_records.create(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, form, 422)
        return redirect_to(request, reverse("supplier", args=[made.pk]))

    def _answer(self, request: HttpRequest, form: SupplierForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "title": self.title,
            "back_url": reverse("suppliers-index"),
            "submit_text": self.title,
        }
        return render(request, "suppliers/supplier_form.html", context, status=status)


class SupplierEdit(RequireCapability, View):
    """Edit a supplier's record; the code stays."""

    capability = BUY

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self._found(pk)
        values = {name: getattr(found, name) for name in SupplierForm.base_fields if name in _OWN}
        return self._answer(request, found, SupplierForm(initial=values))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self._found(pk)
        form = SupplierForm(request.POST)
        form.fields["code"].required = False
        if not form.is_valid():
            return self._answer(request, found, form, 422)
        draft = SupplierDraft(**{**form.draft_values(), "code": found.code})
        try:
            supplier_records.edit(found.pk, draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, found, form, 422)
        return redirect_to(request, reverse("supplier", args=[found.pk]))

    def _found(self, pk: int) -> Supplier:
        return get_object_or_404(Supplier.objects.visible_to(self.principal), pk=pk)

    def _answer(
        self, request: HttpRequest, found: Supplier, form: SupplierForm, status: int = 200
    ) -> HttpResponse:
        form.fields["code"].disabled = True
        form.initial.setdefault("code", found.code)
        context = {
            "form": form,
            "title": _("Edit supplier"),
            "supplier": found,
            "back_url": reverse("supplier", args=[found.pk]),
            "submit_text": _("Save supplier"),
        }
        return render(request, "suppliers/supplier_form.html", context, status=status)


_OWN = frozenset(field.name for field in Supplier._meta.fields)


class SupplierAct(Act, View):
    """An act on one supplier."""

    capability = BUY

    def rows(self):
        return Supplier.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("supplier", args=[found.pk])


class AddContact(SupplierAct):
    """Write down whom to write to."""

    title = _("Add contact")
    submit_text = _("Add contact")
    form_class = ContactForm

    def do(self, found, form):
        supplier_records.put_contact(
            found.pk, contact_draft(form), actor=self.principal.actor, at=self.now
        )


def contact_draft(form: ContactForm) -> ContactDraft:
    data = form.cleaned_data
    return ContactDraft(
        name=data["name"],
        email=data["email"],
        phone=data["phone"],
        role=data["role"],
        language=data["language"],
        is_active=data["is_active"],
    )


class EditContact(SupplierAct):
    """Change a contact."""

    title = _("Edit contact")
    submit_text = _("Save contact")
    form_class = ContactForm

    def rows(self):
        return SupplierContact.objects.visible_to(self.principal)

    def first_values(self, found):
        return {name: getattr(found, name) for name in ContactForm.base_fields if name in _CONTACT}

    def do(self, found, form):
        supplier_records.put_contact(
            found.supplier_id,
            contact_draft(form),
            actor=self.principal.actor,
            at=self.now,
            contact_id=found.pk,
        )

    def done_url(self, found):
        return reverse("supplier", args=[found.supplier_id])


_CONTACT = frozenset(("name", "email", "phone", "role", "language", "is_active"))


class SetLeadTimes(SupplierAct):
    """Set the agreed days of each mode."""

    title = _("Agreed lead times")
    submit_text = _("Save lead times")
    form_class = LeadTimesForm

    def text(self, found):
        return _("Days from order to arrival. Leave a mode empty that is not used.")

    def first_values(self, found):
        return dict(found.lead_times.values_list("mode", "agreed_days"))

    def do(self, found, form):
        supplier_records.set_lead_times(
            found.pk, form.days(), actor=self.principal.actor, at=self.now
        )


class PutGoods(SupplierAct):
    """Write what a supplier sells of a SKU."""

    title = _("Add or change goods")
    submit_text = _("Save goods")
    form_class = GoodsForm

    def first_values(self, found):
        return {"currency": found.currency}

    def do(self, found, form):
        data = form.cleaned_data
        draft = GoodsDraft(
            sku_code=data["sku"],
            currency=data["currency"],
            supplier_code=data["supplier_code"],
            moq_qty=data["moq_qty"],
            multiple_qty=data["multiple_qty"],
            lead_days=data["lead_days"],
            rank=data["rank"],
            is_active=data["is_active"],
        )
        supplier_records.put_goods(found.pk, draft, actor=self.principal.actor, at=self.now)


class EditGoods(SupplierAct):
    """Change what a supplier sells of a SKU."""

    title = _("Edit goods")
    submit_text = _("Save goods")
    form_class = GoodsForm

    def rows(self):
        return SupplierSku.objects.visible_to(self.principal).select_related("sku", "supplier")

    def text(self, found):
        return f"{found.sku.code} · {found.sku.name}"

    def first_values(self, found):
        names = ("supplier_code", "moq_qty", "multiple_qty", "lead_days", "rank", "currency")
        values = {name: getattr(found, name) for name in names}
        return {**values, "sku": found.sku.code, "is_active": found.is_active}

    def do(self, found, form):
        data = {k: v for k, v in form.cleaned_data.items() if k not in ("submission_key", "sku")}
        draft = GoodsDraft(sku_code=found.sku.code, **data)
        supplier_records.put_goods(
            found.supplier_id, draft, actor=self.principal.actor, at=self.now
        )

    def done_url(self, found):
        return reverse("supplier", args=[found.supplier_id])


class SetPrices(EditGoods):
    """Write a list of prices for a SKU."""

    title = _("List prices")
    submit_text = _("Save prices")
    form_class = PriceListForm

    def text(self, found):
        return f"{found.sku.code} · {found.currency}"

    def first_values(self, found):
        today = self.now.date()
        rows = found.prices.valid_on(today).order_by("-valid_from", "min_qty")
        newest = [row for row in rows if row.valid_from == rows[0].valid_from]
        lines = [f"{row.min_qty} {price_text(row.unit_price)}" for row in newest]
        return {"valid_from": today, "breaks": "\n".join(lines)}

    def do(self, found, form):
        data = form.cleaned_data
        supplier_records.set_list(
            found.pk,
            data["breaks"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            actor=self.principal.actor,
            at=self.now,
        )


class DocumentNew(RequireCapability, View):
    """Keep a paper of a supplier."""

    capability = BUY

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, self._found(pk), DocumentForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self._found(pk)
        form = DocumentForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._answer(request, found, form, 422)
        data = form.cleaned_data
        stored = None
        if data["file"]:
            stored = files.store(data["file"].read(), data["file"].name, "supplier_document")
        draft = DocumentDraft(
            kind=data["kind"],
            title=data["title"],
            valid_until=data["valid_until"],
            file_id=stored.pk if stored else None,
        )
        try:
            supplier_records.add_document(
                found.pk, draft, actor=self.principal.actor, at=clock.now()
            )
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, found, form, 422)
        return redirect_to(request, reverse("supplier", args=[found.pk]))

    def _found(self, pk: int) -> Supplier:
        return get_object_or_404(Supplier.objects.visible_to(self.principal), pk=pk)

    def _answer(
        self, request: HttpRequest, found: Supplier, form: DocumentForm, status: int = 200
    ) -> HttpResponse:
        context = {
            "title": _("Add document"),
            "text": f"{found.code} · {found.name}",
            "form": form,
            "action": request.path,
            "submit_text": _("Add document"),
            "back_url": reverse("supplier", args=[found.pk]),
        }
        return render(request, "core/act.html", context, status=status)


class DocumentFile(RequireCapability, View):
    """The file of a paper, as a download."""

    capability = PRICES

    def get(self, request: HttpRequest, pk: int) -> Any:
        paper = get_object_or_404(SupplierDocument.objects.visible_to(self.principal), pk=pk)
        if paper.document is None:
            raise NotFound(str(_("This document has no file.")))
        return files.download(paper.document)


class WithdrawDocument(SupplierAct):
    """Take a paper out of the list."""

    title = _("Take the document out?")
    submit_text = _("Take document out")
    danger = True

    def rows(self):
        return SupplierDocument.objects.visible_to(self.principal).on_file()

    def text(self, found):
        return found.title

    def do(self, found, form):
        supplier_records.withdraw_document(found.pk, actor=self.principal.actor, at=self.now)

    def done_url(self, found):
        return reverse("supplier", args=[found.supplier_id])
