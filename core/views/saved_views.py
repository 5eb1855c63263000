"""Keep the state of an index page as a named view, and remove it again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.forms import QForm
from core.htmx import mark_varying, redirect_to, wants_partial
from core.permissions import SIGNED_IN, RequireCapability
from core.services import saved_views
from core.services.saved_views import ViewDraft
from core.tables.exporting import UnknownIndex, index_of


class SaveViewForm(QForm):
    """Name of a view and who sees it."""

    screen = forms.CharField(max_length=60, widget=forms.HiddenInput)
    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=60)
    is_pinned = forms.BooleanField(
        label=_("Pin to the menu"), required=False, help_text=_("It stands under its page.")
    )
    is_shared = forms.BooleanField(
        label=_("Share with everybody"),
        required=False,
        help_text=_("Each sees only the rows of their own scope."),
    )


class SaveView(RequireCapability, View):
    """Ask for the name of a view, then keep it."""

    capability = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the dialog, or the same as a page."""
        screen = request.GET.get("index", "")
        initial = {"screen": screen, "query": request.GET.get("query", "")}
        return self._show(request, SaveViewForm(initial=initial), screen)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the view and open it."""
        form = SaveViewForm(request.POST)
        screen = request.POST.get("screen", "")
        index = self._index(screen)
        if not form.is_valid():
            return self._show(request, form, screen, status=422)
        state = index.known.of_query(form.cleaned_data["query"])
        draft = ViewDraft(
            screen=screen,
            name=form.cleaned_data["name"],
            query=state.canonical(),
            is_shared=form.cleaned_data["is_shared"],
            is_pinned=form.cleaned_data["is_pinned"],
        )
        try:
            view = saved_views.save(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
            return self._show(request, form, screen, status=422)
        return redirect_to(request, f"{index.page_url}?{view.query}&view={view.pk}")

    def _index(self, screen: str) -> Any:
        try:
            return index_of(screen)
        except UnknownIndex as missing:
            raise Http404(str(missing)) from missing

    def _show(
        self, request: HttpRequest, form: SaveViewForm, screen: str, status: int = 200
    ) -> HttpResponse:
        index = self._index(screen)
        actor = self.principal.actor
        context = {
            "form": form,
            "index": index,
            "mine": saved_views.views_for(actor.id or 0, screen).filter(owner_id=actor.id),
        }
        fragment = wants_partial(request)
        name = "save_view_dialog" if fragment else "save_view"
        answer = render(request, f"components/{name}.html", context, status=status)
        return mark_varying(answer, fragment=fragment)


class RemoveView(RequireCapability, View):
    """Remove a view of one's own."""

    capability = SIGNED_IN
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Remove it and go back to the page it was of."""
        saved_views.remove(pk, actor=self.principal.actor, at=clock.now())
        return redirect_to(request, request.POST.get("back", "") or "/")
