"""V5 and V8: agreements a supplier accepts by link, and the papers it hands in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from core import files
from core.errors import DomainError
from suppliers.portal_page import SupplierPage
from suppliers.queries import portal
from suppliers.services import answer_terms
from suppliers.services.supplier_records import DocumentDraft
from suppliers.views.portal_forms import AcceptForm
from suppliers.views.term_forms import DocumentForm

DONE: dict[str, Any] = {
    "accepted": _("Accepted. The buyer was told."),
    "handed_in": _("Handed in. The buyer was told."),
}


class Agreements(SupplierPage):
    """V5: current and past agreements with their prices; those in force are accepted here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page({"done": DONE.get(request.GET.get("done", ""), "")})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AcceptForm(request.POST)
        if not form.is_valid():
            return self._page({"form": form}, 422)
        data = form.cleaned_data
        found = portal.agreement_of(self.link, data["agreement"])
        if found is None:
            return self.ended()
        try:
            answer_terms.accept_agreement(
                found.pk,
                expected=data["expected"],
                name=data["name"],
                actor=self.actor,
                at=self.now,
            )
        except DomainError as error:
            return self._page({"problem": str(error)}, error.status)
        return redirect(f"{self.url('supplier-portal-agreements')}?done=accepted")

    def _page(self, more: dict[str, Any], status: int = 200) -> HttpResponse:
        context = {"rows": portal.agreements_of(self.link), "form": AcceptForm(), **more}
        return self.show("suppliers/portal/agreements.html", context, status)


class Company(SupplierPage):
    """V8: contacts and papers the buyer has on file; new papers are handed in here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        done = DONE.get(request.GET.get("done", ""), "")
        return self._page(DocumentForm(), {"done": done})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DocumentForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, {}, 422)
        data, file = form.cleaned_data, form.cleaned_data["file"]
        if file is None:
            form.add_error("file", _("Choose a file."))
            return self._page(form, {}, 422)
        try:
            answer_terms.check_paper_limit(self.link.supplier_id, at=self.now)
            draft = DocumentDraft(
                kind=data["kind"],
                title=data["title"],
                valid_until=data["valid_until"],
                file_id=files.store(file.read(), file.name, "supplier_document").pk,
            )
            answer_terms.hand_in_paper(self.link.supplier_id, draft, actor=self.actor, at=self.now)
        except DomainError as error:
            form.refuse(error)
            return self._page(form, {}, error.status)
        return redirect(f"{self.url('supplier-portal-company')}?done=handed_in")

    def _page(self, form: DocumentForm, more: dict[str, Any], status: int = 200) -> HttpResponse:
        contacts, papers = portal.company_of(self.link, today=self.today)
        context = {"contacts": contacts, "papers": papers, "form": form, **more}
        return self.show("suppliers/portal/company.html", context, status)
