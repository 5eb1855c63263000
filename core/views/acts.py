"""One act on one object: asked for in a dialog or on a page, done by one service call."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404, render

from core import clock
from core.errors import DomainError
from core.forms.kit import QForm
from core.htmx import mark_varying, redirect_to, wants_partial
from core.permissions import RequireCapability
from core.views.notes import leave_note


class NoFields(QForm):
    """Only the button."""


class Act(RequireCapability):
    """Ask, then do. Subclasses say `rows`, `title`, `text`, `submit_text`, `do` and `done_url`.

    GET answers the question: the content of the dialog for htmx, a page for everyone else. POST
    does it; a refusal comes back as the same question with the reason, 409 or 422.
    """

    form_class: type[QForm] = NoFields
    title: Any = ""
    submit_text: Any = ""
    keep_text: Any = ""
    danger = False
    note: Any = ""

    def rows(self):
        raise LookupError(f"{type(self).__name__} declares no rows")

    def text(self, found) -> Any:
        return ""

    def first_values(self, found) -> dict[str, Any]:
        return {}

    def do(self, found, form) -> None:
        raise LookupError(f"{type(self).__name__} does nothing")

    def done_url(self, found) -> str:
        return found.get_absolute_url()

    @property
    def now(self):
        return clock.now()

    def get(self, request, pk):
        found = get_object_or_404(self.rows(), pk=pk)
        return self._ask(request, found, self.form_class(initial=self.first_values(found)), 200)

    def post(self, request, pk):
        found = get_object_or_404(self.rows(), pk=pk)
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self._ask(request, found, form, 422)
        try:
            self.do(found, form)
        except DomainError as error:
            form.refuse(error)
            return self._ask(request, found, form, 409 if error.status == 409 else 422)
        if self.note:
            leave_note(request, str(self.note))
        return redirect_to(request, self.done_url(found))

    def _ask(self, request, found, form, status):
        context = {
            "title": self.title,
            "text": self.text(found),
            "form": form,
            "action": request.path,
            "submit_text": self.submit_text,
            "keep_text": self.keep_text,
            "danger": self.danger,
            "back_url": self.done_url(found),
        }
        fragment = wants_partial(request)
        template = "components/confirm.html" if fragment else "core/act.html"
        response = render(request, template, context, status=status)
        return mark_varying(response, fragment=fragment)
