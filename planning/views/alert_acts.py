"""Moving alerts, one or many: take up, put off, hand over, dismiss, take a dismissal back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View

from core.navigation import forget_count
from core.tables import BulkView
from core.views.acts import Act
from planning.forms.alerts import AssignForm, BulkAssignForm, DismissForm, SnoozeForm
from planning.models import Alert
from planning.services import alert_acts
from planning.services.alert_telling import words_of
from planning.views.alerts import DECIDE, MANAGE, AlertIndex


class AlertAct(Act, View):
    """Base of the acts on one alert in reach."""

    capability = DECIDE

    def rows(self) -> QuerySet[Any]:
        return Alert.objects.visible_to(self.principal).select_related("sku", "warehouse")

    def text(self, found: Alert) -> str:
        return words_of(found)

    def done_url(self, found: Alert) -> str:
        return reverse("alert-card", args=[found.pk])

    def do(self, found: Alert, form: Any) -> None:
        self.move(found, form.cleaned_data)
        forget_count("alerts", self.principal)

    def move(self, found: Alert, data: dict[str, Any]) -> None:
        raise LookupError(f"{type(self).__name__} moves nothing")

    @property
    def by(self) -> dict[str, Any]:
        """Return who acts, and when."""
        return {"actor": self.principal.actor, "now": self.now}


class AcknowledgeAlert(AlertAct):
    """Say that somebody is on it."""

    title = _("Acknowledge the alert")
    submit_text = _("Acknowledge alert")
    note = _("The alert is yours.")

    def move(self, found: Alert, data: dict[str, Any]) -> None:
        alert_acts.acknowledge([found.pk], **self.by)


class SnoozeAlert(AlertAct):
    """Look at it again later."""

    title = _("Snooze the alert")
    submit_text = _("Snooze alert")
    form_class = SnoozeForm
    note = _("The alert comes back by itself, or earlier when it gets worse.")

    def move(self, found: Alert, data: dict[str, Any]) -> None:
        until = self.now + dt.timedelta(days=data["days"])
        alert_acts.snooze([found.pk], until=until, reason=data["reason"], **self.by)


class AssignAlert(AlertAct):
    """Give it to somebody."""

    title = _("Hand the alert over")
    submit_text = _("Hand over alert")
    form_class = AssignForm

    def first_values(self, found: Alert) -> dict[str, Any]:
        return {"owner": found.owner_id or "", "due_on": found.due_on}

    def move(self, found: Alert, data: dict[str, Any]) -> None:
        owner = int(data["owner"]) if data["owner"] else None
        alert_acts.assign([found.pk], owner_id=owner, due_on=data["due_on"], **self.by)


class DismissAlert(AlertAct):
    """Close it although it holds."""

    title = _("Dismiss the alert")
    submit_text = _("Dismiss alert")
    form_class = DismissForm
    danger = True
    note = _("Dismissed. It stays quiet until its condition ends once or gets worse.")

    def move(self, found: Alert, data: dict[str, Any]) -> None:
        given = {"reason": data["reason"], "note": data["note"]}
        alert_acts.dismiss([found.pk], **given, **self.by)


class ReopenAlert(AlertAct):
    """Take the dismissal back."""

    title = _("Take the dismissal back")
    submit_text = _("Reopen alert")

    def move(self, found: Alert, data: dict[str, Any]) -> None:
        alert_acts.reopen(found.pk, **self.by)


class BulkAlerts(BulkView):
    """Base of the acts on many alerts: one job for the selection."""

    index = AlertIndex
    capability = MANAGE
    job_name = "planning.bulk_alerts"
    back_url_name = "alert-index"
    act = ""

    def job_args(self, form: Form) -> dict[str, Any]:
        return {**super().job_args(form), "act": self.act}


class AcknowledgeAlerts(BulkAlerts):
    """Take many up."""

    act = "acknowledge"

    def title(self, count: int) -> str:
        return ngettext("Acknowledge %(n)s alert?", "Acknowledge %(n)s alerts?", count) % {
            "n": count
        }


class SnoozeAlerts(BulkAlerts):
    """Put many off."""

    act = "snooze"
    form_class = SnoozeForm

    def title(self, count: int) -> str:
        return ngettext("Snooze %(n)s alert?", "Snooze %(n)s alerts?", count) % {"n": count}


class AssignAlerts(BulkAlerts):
    """Give many to somebody."""

    act = "assign"
    form_class = BulkAssignForm

    def title(self, count: int) -> str:
        return ngettext("Hand over %(n)s alert?", "Hand over %(n)s alerts?", count) % {"n": count}


class DismissAlerts(BulkAlerts):
    """Close many although they hold."""

    act = "dismiss"
    form_class = DismissForm

    def title(self, count: int) -> str:
        return ngettext("Dismiss %(n)s alert?", "Dismiss %(n)s alerts?", count) % {"n": count}
