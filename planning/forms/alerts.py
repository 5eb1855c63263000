"""What people type to move alerts and to keep their rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import QDateField, QDecimalField, QForm, QIntegerField
from core.models.people import User, check_time_zone
from planning.domain.alert_rules import KINDS, Kind, Side
from planning.models import Alert, AlertKind
from planning.services.alert_rules import RuleDraft

#: Days a snooze may last, as the buttons offer them.
SNOOZES = (
    (1, _("1 day")),
    (3, _("3 days")),
    (7, _("1 week")),
    (14, _("2 weeks")),
    (30, _("30 days")),
)


class SnoozeForm(QForm):
    """For how long."""

    days = forms.TypedChoiceField(label=_("For"), coerce=int, choices=())
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = SNOOZES
        self.fields["days"].initial = 3


class DismissForm(QForm):
    """Why nobody has to act."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Alert.DismissReason.choices)
    note = forms.CharField(
        label=_("In a few words"),
        max_length=200,
        required=False,
        help_text=_("Asked for with “Another reason”."),
    )


class AssignForm(QForm):
    """To whom, and until when."""

    owner = forms.ChoiceField(label=_("Owner"), required=False)
    due_on = QDateField(label=_("Due"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.holding("planning.view").order_by("full_name", "username", "pk")
        choices = [(str(person.pk), str(person)) for person in people]
        self.fields["owner"].choices = [("", _("Nobody")), *choices]


class BulkAssignForm(AssignForm):
    """To whom."""

    due_on = None


class RuleForm(QForm):
    """One rule; which limits it asks for depends on what it watches."""

    kind = forms.ChoiceField(
        label=_("Watches"), choices=AlertKind.choices, widget=forms.HiddenInput
    )
    warehouse = forms.ChoiceField(label=_("Warehouse"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    least_band = forms.ChoiceField(
        label=_("From color"),
        choices=(("yellow", _("yellow and red")), ("red", _("red only"))),
        required=False,
    )
    notice_limit = QDecimalField(
        label=_("Suggestion limit"), max_digits=9, decimal_places=2, required=False
    )
    warn_limit = QDecimalField(
        label=_("Warning limit"), max_digits=9, decimal_places=2, required=False
    )
    critical_limit = QDecimalField(
        label=_("Critical limit"), max_digits=9, decimal_places=2, required=False
    )
    least_units = QIntegerField(label=_("Least units"), min_value=0, required=False)
    least_amount = QDecimalField(
        label=_("Least money at risk"),
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
    )
    in_app = forms.BooleanField(label=_("Under the bell"), required=False)
    by_mail = forms.BooleanField(label=_("In the daily mail"), required=False)
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    quiet_zone = forms.CharField(
        label=_("In the time zone"),
        max_length=64,
        required=False,
        help_text=_("For example Europe/Amsterdam. Alerts are raised; telling waits."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, warehouses: Any = (), categories: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].choices = [("", _("All warehouses")), *warehouses]
        self.fields["category"].choices = [("", _("All categories")), *categories]
        self._drop_unasked()

    def _drop_unasked(self) -> None:
        """Leave out what the kind does not ask for, so that nothing typed is silently unused."""
        kind = self.data.get("kind") if self.is_bound else self.initial.get("kind")
        spec = KINDS[Kind(kind)] if kind in set(Kind) else KINDS[Kind.LOW_COVER]
        unasked = {"least_band"} if spec.side != Side.BAND else set()
        if spec.side == Side.BAND:
            unasked |= {"notice_limit", "warn_limit", "critical_limit", "least_units"}
        elif kind != Kind.OVERSTOCK:
            unasked |= {"notice_limit"}
        if kind == Kind.LATE_INBOUND:
            unasked |= {"category"}
        for name in unasked:
            del self.fields[name]

    def clean_quiet_zone(self) -> str:
        name = str(self.cleaned_data["quiet_zone"]).strip() or "UTC"
        check_time_zone(name)
        return name

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("warn_limit") is not None and abs(found["warn_limit"]) > 10_000:
            raise ValidationError(_("A limit is at most 10000."))
        return found

    def draft(self) -> RuleDraft:
        """Return what was typed."""
        given = self.cleaned_data
        warehouse = given.get("warehouse")
        return RuleDraft(
            kind=Kind(given["kind"]),
            warehouse_id=int(warehouse) if warehouse else None,
            category=given.get("category") or "",
            least_band=given.get("least_band") or "",
            notice_limit=given.get("notice_limit"),
            warn_limit=given.get("warn_limit"),
            critical_limit=given.get("critical_limit"),
            least_units=given.get("least_units") or 0,
            least_amount=given.get("least_amount") or 0,
            in_app=given["in_app"],
            by_mail=given["by_mail"],
            quiet_from=given["quiet_from"],
            quiet_until=given["quiet_until"],
            quiet_zone=given["quiet_zone"],
        )
