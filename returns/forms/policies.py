"""Forms of return policies and reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.forms.kit import QCodeField, QDateField, QDecimalField, QForm, QIntegerField
from returns.domain.policy_effects import EFFECTS, Effect
from returns.models import ReturnReason
from returns.policy_words import CHOICES, METHODS, OUTCOMES

UNSET = ("", _("Not set"))
NOT_WISHED = frozenset({"reject", "none"})


def _choices(effect: Effect) -> list[tuple[str, Any]]:
    if effect.kind == "yes_no":
        return [("yes", _("Yes")), ("no", _("No"))]
    words = CHOICES[effect.name]
    return [(code, words[code]) for code in effect.choices]


def _field(effect: Effect) -> forms.Field:
    shared: dict[str, Any] = {"label": _now(effect.text), "required": False}
    if effect.kind in {"yes_no", "choice"}:
        return forms.ChoiceField(choices=[UNSET, *_choices(effect)], **shared)
    if effect.kind == "codes":
        return forms.MultipleChoiceField(
            choices=_choices(effect), widget=forms.CheckboxSelectMultiple, **shared
        )
    kinds = {"percent": QDecimalField, "amount": QDecimalField, "day": QDateField}
    if effect.kind == "days":
        return QIntegerField(min_value=-1, max_value=3650, **shared)
    return kinds.get(effect.kind, forms.CharField)(**shared)


class PolicyRuleForm(QForm):
    """A rule; saving makes a draft. Each effect is a field of its own; empty ones are not set."""

    code = QCodeField(label=_("Code"), max_length=32)
    name = forms.CharField(label=_("Name"), max_length=120)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120, required=False)
    priority = QIntegerField(
        label=_("Priority"),
        min_value=0,
        max_value=999,
        initial=50,
        help_text=_("Lower numbers speak first where two rules answer the same question."),
    )
    condition = forms.CharField(
        label=_("Condition"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Empty means every return. The names stand in the list beside."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for effect in EFFECTS:
            self.fields[effect.name] = _field(effect)

    def effects(self) -> dict[str, Any]:
        """Return what was filled in, by effect."""
        return {effect.name: self.cleaned_data.get(effect.name) for effect in EFFECTS}


class PolicyTryForm(QForm):
    """How many of the last returns a dry run takes."""

    requests_qty = QIntegerField(label=_("Last returns"), min_value=1, max_value=2000, initial=200)


class PolicyTestForm(QForm):
    """An order and a choice, to see what the rulebook says."""

    order = QCodeField(label=_("Order number"), max_length=24)
    on = QDateField(label=_("Asked on"), required=False, help_text=_("Empty means today."))
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    method = forms.ChoiceField(label=_("Way back"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_choice = ("", _("Not chosen yet"))
        rows = ReturnReason.objects.filter(parent__isnull=False, is_active=True)
        rows = rows.order_by("parent__rank", "rank", "code", "pk")
        self.fields["reason"].choices = [
            open_choice,
            *((row.code, f"{row.code} · {row.name}") for row in rows),
        ]
        plain = [
            (code, words) for code, words in OUTCOMES.items() if code not in {"reject", "none"}
        ]
        self.fields["outcome"].choices = [open_choice, *plain]
        self.fields["method"].choices = [open_choice, *METHODS.items()]


class ReasonForm(QForm):
    """A reason of returns; without a group it is a group."""

    code = QCodeField(label=_("Code"), max_length=40)
    parent = forms.ChoiceField(label=_("Group"), required=False)
    name = forms.CharField(label=_("Reason"), max_length=120)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120, required=False)
    fault = forms.ChoiceField(label=_("Caused by"), choices=ReturnReason.Fault.choices)
    rank = QIntegerField(label=_("Place in the list"), min_value=0, max_value=9999, initial=100)
    asks_photo = forms.BooleanField(label=_("Ask for a photo"), required=False)
    is_public = forms.BooleanField(label=_("Offer it to customers"), required=False, initial=True)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = ReturnReason.objects.filter(parent__isnull=True).order_by("rank", "code", "pk")
        self.fields["parent"].choices = [
            ("", _("None: this is a group")),
            *((row.code, row.name) for row in groups),
        ]
