"""Shape of what the planning reports send."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QForm

WEEKDAYS = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
)


class MailForm(QForm):
    """On which weekday a report comes by mail."""

    weekday = forms.TypedChoiceField(label=_("Every"), choices=WEEKDAYS, coerce=int, initial=0)
