"""Reports that people get by mail every week, with the rows they may see that day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from core import mail
from core.errors import InputRefused, gettext_noop
from core.mail import MailFile
from core.models import User
from core.permissions import principal_for_user
from planning.models import ReportSchedule
from planning.models.reports import REPORTS
from planning.services import reports


class ReportUnknown(InputRefused):
    """No report of this name is sent."""

    code = "REPORT_UNKNOWN"
    text = gettext_noop("There is no report %(report)s. Choose one of the page.")


@transaction.atomic
def subscribe(user: User, report: str, *, weekday: int, now: dt.datetime) -> ReportSchedule:
    """Send a report to a person every week on a weekday (0 = Monday, UTC), from the next one on.

    Repeatable; another weekday replaces the earlier.

    Raises:
        ReportUnknown: there is none of this name, or no such day.
    """
    if report not in REPORTS or not 0 <= weekday <= 6:
        raise ReportUnknown(report=report)
    today = now.astimezone(dt.UTC).date()
    ahead = (weekday - today.weekday()) % 7 or 7
    next_on = today + dt.timedelta(days=ahead)
    row, _new = ReportSchedule.objects.update_or_create(
        user=user,
        report=report,
        defaults={"weekday": weekday, "next_on": next_on},
        create_defaults={"weekday": weekday, "next_on": next_on, "created_at": now},
    )
    return row


def unsubscribe(user: User, report: str) -> int:
    """Send a report to a person no more; return how many mails that ends. Repeatable."""
    return ReportSchedule.objects.filter(user=user, report=report).delete()[0]


def send_due(*, now: dt.datetime) -> int:
    """Plan the mails that are due, one each, and move to the week after; return how many.

    A missed day is caught up once. Who may not see planning any more gets none.
    """
    today = now.astimezone(dt.UTC).date()
    due = ReportSchedule.objects.filter(next_on__lte=today).select_related("user")
    holders = set(User.objects.holding("planning.view").values_list("pk", flat=True))
    sent = 0
    for row in due.filter(~Q(user__email="")).order_by("pk"):
        sent += _send(row, now, is_allowed=row.user_id in holders)
    return sent


@transaction.atomic
def _send(row: ReportSchedule, now: dt.datetime, *, is_allowed: bool) -> int:
    today = now.astimezone(dt.UTC).date()
    ahead = (row.weekday - today.weekday()) % 7 or 7
    next_on = today + dt.timedelta(days=ahead)
    same = ReportSchedule.objects.filter(pk=row.pk, next_on=row.next_on)
    if not same.update(next_on=next_on) or not is_allowed:
        return 0
    with translation.override(row.user.language):
        title = str(reports.TITLES[row.report])
    mail.queue(
        to=row.user.email,
        template="planning/report",
        language=row.user.language,
        context={"title": title, "day": today.isoformat(), "report": row.report},
        target=f"user:{row.user_id}",
        dedupe_key=f"planning_report:{row.report}:{row.user_id}:{today.isoformat()}",
        attachment=f"planning_report:{row.report}:{row.user_id}:{int(now.timestamp())}",
    )
    return 1


def mail_file(key: str, language: str) -> MailFile:
    """Return a report as of a moment (`planning_report:stock:7:1782705600`) for person 7.

    The rows are those in the person's reach when the mail is drawn.

    Raises:
        NotPermitted: the person may not see planning any more.
    """
    _kind, report, user_id, moment = key.split(":")
    principal = principal_for_user(User.objects.get(pk=int(user_id)))
    now = dt.datetime.fromtimestamp(int(moment), dt.UTC)
    with translation.override(language):
        content = reports.file_of(reports.build(report, principal, as_of=now))
    return MailFile(f"{report}-{now.date().isoformat()}.csv", "text/csv", content)
