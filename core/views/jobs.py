"""Jobs (G8, A8): the tray, the list, one job with its progress, files and next step."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, jobs
from core.context import UNFINISHED
from core.errors import DomainError
from core.htmx import mark_varying, redirect_to, toast, wants_partial
from core.models import Job, JobHeartbeat, OutboxEvent, ScheduleSlot
from core.permissions import SIGNED_IN, Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, Tab
from core.templatetags import ui


def jobs_of(principal: Principal) -> QuerySet[Job]:
    """Return the jobs a person may see: their own, or all with `jobs.view`."""
    rows: QuerySet[Job] = Job.objects.visible_to(principal)
    return rows


class JobsTray(RequireCapability, View):
    """The unfinished jobs of the person, asked for while the tray is open."""

    capability = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Job.objects.filter(
            started_by=self.principal.actor.key, status__in=UNFINISHED
        ).order_by("-pk")[:5]
        answer = render(request, "components/jobs_tray.html", {"jobs": rows})
        return mark_varying(answer, fragment=True)


class JobIndex(IndexView):
    """All jobs with their state, newest first."""

    key = "jobs"
    capability = "jobs.view"
    title = _("Jobs")
    columns = (
        Column("title", _("Job"), render=lambda row: row.title or row.name, fixed=True),
        Column("status", _("State"), render=lambda row: ui.chip("job", row.status)),
        Column("queue", _("Queue")),
        Column("attempts", _("Runs"), end=True),
        Column("created_at", _("Created"), render=lambda row: ui.moment(row.created_at)),
        Column("finished_at", _("Ended"), render=lambda row: ui.moment(row.finished_at)),
        Column("error", _("Problem"), render=lambda row: row.error.split("\n")[0][:80]),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("running", _("Running"), Q(status="running")),
        Tab("waiting", _("Waiting"), Q(status__in=("queued", "failed_retry"))),
        Tab("dead", _("Stopped"), Q(status="dead"), hot=True),
    )
    filters = (
        Filter(
            "queue",
            _("Queue"),
            options=(
                ("interactive", _("Interactive")),
                ("normal", _("Normal")),
                ("bulk", _("Bulk")),
            ),
            promoted=True,
        ),
    )
    empty = EmptyText(
        _("No jobs yet"), _("Imports, exports and bulk changes show here."), "list-todo"
    )

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return jobs_of(principal)

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(name__startswith=text) | Q(title__icontains=text))

    def row_url(self, row: Any) -> str:
        return reverse("job", args=[row.pk])


class JobPage(RequireCapability, View):
    """One job; its progress fragment is polled until it ends (286 stops the polling)."""

    capability = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = get_object_or_404(jobs_of(self.principal), pk=pk)
        fragment = wants_partial(request)
        template = "shell/job.html" + ("#progress" if fragment else "")
        ended = job.status not in UNFINISHED
        answer = render(
            request,
            template,
            {"job": job, "ended": ended, "files": job.files.order_by("pk")},
            status=286 if fragment and ended else 200,
        )
        return mark_varying(answer, fragment=fragment)


class JobAct(RequireCapability, View):
    """Cancel or retry a job; one's own may always be cancelled."""

    capability = SIGNED_IN
    act = "cancel"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = get_object_or_404(jobs_of(self.principal), pk=pk)
        if job.started_by != self.principal.actor.key:
            self.principal.require("jobs.manage")
        perform = jobs.cancel if self.act == "cancel" else jobs.retry
        try:
            perform(job.pk, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            return toast(redirect_to(request, reverse("job", args=[pk])), "danger", str(error))
        return redirect_to(request, reverse("job", args=[pk]))


class JobFile(RequireCapability, View):
    """A file a job made, as a download: for who asked for it, and who manages jobs.

    What an export holds depends on its starter's rights, so seeing jobs is not enough.
    """

    capability = SIGNED_IN

    def get(self, request: HttpRequest, pk: int, file_pk: int) -> FileResponse:
        rows = jobs_of(self.principal)
        if not self.principal.may("jobs.manage"):
            rows = rows.filter(started_by=self.principal.actor.key)
        job = get_object_or_404(rows, pk=pk)
        stored = job.files.filter(pk=file_pk).first()
        if stored is None:
            raise Http404
        return FileResponse(stored.open(), as_attachment=True, filename=stored.name)


class SystemPage(RequireCapability, View):
    """Workers, queues, outbox and schedules (A8): red things first."""

    capability = "jobs.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        context = {
            "now": now,
            "heartbeats": JobHeartbeat.objects.order_by("group"),
            "dead": Job.objects.filter(status="dead").order_by("-pk")[:20],
            "undelivered": OutboxEvent.objects.filter(handed_at=None).count(),
            "oldest": OutboxEvent.objects.filter(handed_at=None).order_by("pk").first(),
            "slots": ScheduleSlot.objects.order_by("name"),
            "waiting": Job.objects.waiting().count(),
            "running": Job.objects.running().count(),
        }
        return render(request, "shell/system.html", context)
