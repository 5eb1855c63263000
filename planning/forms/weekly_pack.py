"""Shape of what the weekly pack sends; the rules live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QForm
from planning.models import PackItem


class DecisionForm(QForm):
    """What is done about one deviation, by whom and why."""

    decision = forms.ChoiceField(label=_("Decision"), choices=())
    owner = forms.TypedChoiceField(label=_("Owner"), choices=(), coerce=int)
    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [("", _("Choose")), *PackItem.Decision.choices]
        self.fields["owner"].choices = [("", _("Choose")), *((row.pk, str(row)) for row in people)]
