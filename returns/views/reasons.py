"""Reasons of returns in two levels: listed, made, changed, switched off."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.generic import TemplateView, View

from core import clock
from core.permissions import RequireCapability
from core.views.notes import leave_note
from returns.forms.policies import ReasonForm
from returns.models import ReturnReason
from returns.services import reasons
from returns.services.reasons import ReasonDraft, ReasonRefused

MANAGE = "returns.manage_policies"
FIELDS = tuple(ReasonDraft.__dataclass_fields__)


class ReasonList(RequireCapability, TemplateView):
    """All reasons under their groups."""

    capability = "returns.view"
    template_name = "returns/reasons.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = ReturnReason.objects.visible_to(self.principal).order_by("rank", "code", "pk")
        all_rows = list(rows)
        groups = [
            {"row": row, "details": [one for one in all_rows if one.parent_id == row.pk]}
            for row in all_rows
            if row.parent_id is None
        ]
        return super().get_context_data(
            groups=groups, may_manage=self.principal.may(MANAGE), **kwargs
        )


class ReasonEditor(RequireCapability, View):
    """Make or change a reason; its code never changes."""

    capability = MANAGE

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        row = self._row(pk)
        first = {name: getattr(row, name) for name in FIELDS} if row else {}
        if row is not None:
            first["parent"] = row.parent.code if row.parent else ""
        return self._page(request, ReasonForm(initial=first), row)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        row = self._row(pk)
        data = request.POST.copy()
        if row is not None:
            data["code"] = row.code
        form = ReasonForm(data)
        if not form.is_valid():
            return self._page(request, form, row, 422)
        if row is None and ReturnReason.objects.filter(code=form.cleaned_data["code"]).exists():
            form.add_error("code", gettext("A reason of this code exists. Open it and change it."))
            return self._page(request, form, row, 422)
        try:
            reasons.save(
                ReasonDraft(**{name: form.cleaned_data[name] for name in FIELDS}),
                actor=self.principal.actor,
                at=clock.now(),
            )
        except ReasonRefused as error:
            form.add_error(error.data["field"], gettext(str(error.data["words"])) % error.data)
            return self._page(request, form, row, 422)
        leave_note(request, gettext("The reason is saved."))
        return redirect("return-reasons")

    def _row(self, pk: int | None) -> ReturnReason | None:
        if pk is None:
            return None
        rows = ReturnReason.objects.visible_to(self.principal).select_related("parent")
        return get_object_or_404(rows, pk=pk)

    def _page(
        self, request: HttpRequest, form: ReasonForm, row: ReturnReason | None, status: int = 200
    ) -> HttpResponse:
        form.fields["code"].disabled = row is not None
        context = {"form": form, "reason": row}
        return render(request, "returns/reason_form.html", context, status=status)
