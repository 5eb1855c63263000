"""Bulk acts: the dialog that tells the consequence in numbers, then one job for the selection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core import jobs
from core.forms import QForm
from core.htmx import close_dialog, mark_varying, redirect_to, toast, wants_partial
from core.permissions import RequireCapability
from core.tables.counting import capped_counts
from core.tables.declaring import Text
from core.tables.rows import IndexRows, Selection

COUNT_CAP = 100_000


def read_selection(params: QueryDict | Mapping[str, str]) -> Selection:
    """Return the selection that the bulk form of an index page posted."""
    return Selection.of(
        ids=params.get("ids", "") or "",
        query=params.get("query", "") or "",
        excluded=params.get("excluded", "") or "",
        is_all=params.get("all", "") == "1",
    )


class BulkView(RequireCapability, View):
    """Ask, then start the job `job_name` with the selection and the cleaned form as arguments.

    The first POST comes from the bulk bar and is answered with the dialog; the second carries
    `confirmed=1`. The job finds its rows with `rows_of_job`.
    """

    index: ClassVar[type[IndexRows]]
    job_name: ClassVar[str]
    form_class: ClassVar[type[QForm]] = QForm
    submit_text: ClassVar[Text] = ""
    template_name: ClassVar[str] = "components/bulk_dialog.html"
    back_url_name: ClassVar[str]
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the dialog, or start the job once it was confirmed."""
        selection = read_selection(request.POST)
        rows = self.index().selected(self.principal, selection)
        count = capped_counts([rows], cap=COUNT_CAP)[0].number
        if request.POST.get("confirmed") != "1":
            return self._ask(request, self.form_class(), selection, count)
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self._ask(request, form, selection, count, status=422)
        job = jobs.enqueue(
            self.job_name,
            key=f"bulk:{self.job_name}:{form.cleaned_data['submission_key']}",
            args={**selection.args(), **self.job_args(form)},
            queue="interactive",
            started_by=self.principal.actor.key,
            title=str(self.title(count)),
        )
        if wants_partial(request):
            answer = close_dialog(HttpResponse(status=204))
            return toast(answer, "ok", _("Started: %(title)s") % {"title": job.title})
        return redirect_to(request, reverse(self.back_url_name))

    def title(self, count: int) -> str:
        """Return the question, with the number: `Hold 148 orders?`."""
        raise LookupError(f"{type(self).__name__} asks no question")

    def consequence(self, selection: Selection, count: int) -> str:
        """Return what will follow, in numbers."""
        return ""

    def job_args(self, form: Form) -> dict[str, Any]:
        """Return what the form adds to the job's arguments."""
        return {name: value for name, value in form.cleaned_data.items() if value is not None}

    def _ask(
        self,
        request: HttpRequest,
        form: Form,
        selection: Selection,
        count: int,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "title": self.title(count),
            "text": self.consequence(selection, count),
            "form": form,
            "count": count,
            "action": request.path,
            "submit_text": self.submit_text or self.title(count).rstrip("?"),
            "posted": {
                "ids": ",".join(map(str, selection.ids)),
                "query": selection.query,
                "excluded": ",".join(map(str, selection.excluded)),
                "all": "1" if selection.is_all else "",
            },
            "back_url": reverse(self.back_url_name),
        }
        answer = render(request, self.template_name, context, status=status)
        return mark_varying(answer, fragment=True)
