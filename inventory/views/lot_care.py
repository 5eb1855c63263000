"""Expiry extensions of a lot: asked for with a document, decided by somebody else (M5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, files
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import RequireCapability
from core.views.acts import Act
from inventory.forms import ExtensionForm, NoteForm
from inventory.models import Lot, LotExtension
from inventory.services import lot_extensions
from inventory.services.lot_extensions import ExtensionDraft

HOLD = "inventory.hold_lot"


class ExtendLot(RequireCapability, View):
    """Ask for a later last day of one lot."""

    capability = HOLD

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, self._lot(pk), ExtensionForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lot, form = self._lot(pk), ExtensionForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._answer(request, lot, form, 422)
        data = form.cleaned_data
        document = data["document"]
        stored = files.store(
            document.read(), document.name, "lot-document", content_type=document.mime
        )
        draft = ExtensionDraft(lot.pk, data["to_on"], data["reason"], stored, data["note"])
        try:
            lot_extensions.request(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, lot, form, 409 if error.status == 409 else 422)
        return redirect_to(request, reverse("lot", args=[lot.pk]))

    def _lot(self, pk: int) -> Lot:
        rows = Lot.objects.visible_to(self.principal).select_related("sku")
        return get_object_or_404(rows, pk=pk)

    def _answer(
        self, request: HttpRequest, lot: Lot, form: ExtensionForm, status: int = 200
    ) -> HttpResponse:
        context = {"lot": lot, "form": form}
        return render(request, "inventory/lot_extension.html", context, status=status)


class ExtensionDocument(RequireCapability, View):
    """The document of an extension, as a download."""

    capability = "inventory.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        del request
        return files.download(get_object_or_404(_extensions(self.principal), pk=pk).document)


class ExtensionAct(Act, View):
    """A decision on one extension, by somebody else than who asked."""

    capability = HOLD

    def rows(self):
        return _extensions(self.principal)

    def text(self, found) -> Any:
        return _("Lot %(lot)s: last day %(old)s becomes %(new)s. %(reason)s.") % {
            "lot": found.lot.code,
            "old": found.from_on.isoformat(),
            "new": found.to_on.isoformat(),
            "reason": found.get_reason_display(),
        }

    def done_url(self, found) -> str:
        return reverse("lot", args=[found.lot_id])


class ApproveExtension(ExtensionAct):
    title = _("Approve the extension")
    submit_text = _("Extend expiry")

    def do(self, found, form) -> None:
        lot_extensions.approve(found.pk, actor=self.principal.actor, at=self.now)


class RefuseExtension(ExtensionAct):
    title = _("Refuse the extension")
    submit_text = _("Refuse extension")
    form_class = NoteForm
    danger = True

    def do(self, found, form) -> None:
        lot_extensions.refuse(
            found.pk, actor=self.principal.actor, at=self.now, note=form.cleaned_data["note"]
        )


def _extensions(principal: Any):
    lots = Lot.objects.visible_to(principal)
    return LotExtension.objects.filter(lot__in=lots).select_related("lot", "document")
