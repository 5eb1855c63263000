"""Shape of what the approval pages send; the rules live in the services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from core.approvals.matching import Step
from core.approvals.policies import PolicyDraft
from core.approvals.substitutes import StandIn
from core.forms.kit import QDateField, QDecimalField, QForm, QIntegerField
from suppliers.services.purchase_approving import KIND, Shown

STEPS = range(1, 4)
LARGEST = Decimal(10) ** 12


class ShownForm(QForm):
    """A decision carries what was shown."""

    revision = forms.IntegerField(widget=forms.HiddenInput, label=_("Version"))
    content_hash = forms.CharField(max_length=64, widget=forms.HiddenInput, label=_("Content"))

    def shown(self) -> Shown:
        """Return what the person saw."""
        return Shown(self.cleaned_data["revision"], self.cleaned_data["content_hash"])


class RejectForm(ShownForm):
    """Why not."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The author reads it."),
    )


class QuestionForm(QForm):
    """What the approver wants to know."""

    text = forms.CharField(
        label=_("Question"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(QForm):
    """What the author answers."""

    text = forms.CharField(
        label=_("Answer"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class SubstituteForm(QForm):
    """Who stands in, from which day to which, both included."""

    taker = forms.ChoiceField(label=_("Stands in for you"), choices=())
    from_on = QDateField(label=_("From"))
    until_on = QDateField(label=_("Until, that day included"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, people: Any = (), zone: str = "UTC", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        self.fields["taker"].choices = [("", "—"), *((row.pk, str(row)) for row in people)]

    def stand_in(self) -> StandIn:
        """Return the wish in UTC, days being those of the person."""
        data = self.cleaned_data
        until = data["until_on"] + dt.timedelta(days=1)
        return StandIn(
            int(data["taker"]), self._begin(data["from_on"]), self._begin(until), data["reason"]
        )

    def _begin(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), tzinfo=self.zone).astimezone(dt.UTC)


class FactsForm(QForm):
    """A made-up order, to try the rules with."""

    OFF = (("", _("either")), ("no", _("as agreed or listed")), ("yes", _("other prices")))

    amount = QDecimalField(label=_("Amount"), min_value=0, max_value=LARGEST, max_digits=20)
    warehouse = forms.ChoiceField(label=_("Warehouse"), required=False, choices=())
    category = forms.ChoiceField(label=_("Category"), required=False, choices=())
    risk = forms.ChoiceField(label=_("Supplier risk"), required=False, choices=())
    off_agreement = forms.ChoiceField(label=_("Prices"), required=False, choices=OFF)

    FACTS = ("warehouse", "category", "risk", "off_agreement")

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fact in ("warehouse", "category", "risk"):
            self.fields[fact].choices = [("", _("any")), *choices[fact]]

    def facts(self) -> dict[str, list[str]]:
        """Return the facts that were entered."""
        data = self.cleaned_data
        return {fact: [data[fact]] for fact in self.FACTS if data.get(fact)}


class RuleForm(QForm):
    """One rule: which orders, and the steps they pass."""

    name = forms.CharField(label=_("Name"), max_length=80)
    level = QIntegerField(
        label=_("Level"),
        min_value=1,
        max_value=9,
        help_text=_("Where several rules fit, the highest level counts. It also takes the rest."),
    )
    from_amount = QDecimalField(
        label=_("From amount"), min_value=0, max_value=LARGEST, max_digits=20
    )
    below_amount = QDecimalField(
        label=_("Below amount"), min_value=0, max_value=LARGEST, max_digits=20, required=False
    )
    warehouse = forms.MultipleChoiceField(
        label=_("Warehouses"), required=False, choices=(), widget=forms.CheckboxSelectMultiple
    )
    category = forms.MultipleChoiceField(
        label=_("Categories"), required=False, choices=(), widget=forms.CheckboxSelectMultiple
    )
    risk = forms.MultipleChoiceField(
        label=_("Supplier risk"), required=False, choices=(), widget=forms.CheckboxSelectMultiple
    )
    off_agreement = forms.ChoiceField(label=_("Prices"), required=False, choices=FactsForm.OFF)
    is_automatic = forms.BooleanField(label=_("Approve without a person"), required=False)

    def __init__(
        self, *args: Any, choices: Any, roles: Any = (), people: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for fact in ("warehouse", "category", "risk"):
            self.fields[fact].choices = choices[fact]
        for step in STEPS:
            self.fields[f"role_{step}"] = forms.ChoiceField(
                label=_("Step %(number)s: role") % {"number": step},
                required=False,
                choices=[("", "—"), *((str(row.pk), row.name) for row in roles)],
            )
            self.fields[f"people_{step}"] = forms.MultipleChoiceField(
                label=_("Step %(number)s: people") % {"number": step},
                required=False,
                choices=[(str(row.pk), str(row)) for row in people],
                widget=forms.CheckboxSelectMultiple,
            )

    def draft(self, replaces: int | None = None) -> PolicyDraft:
        """Return the rule as a draft."""
        data = self.cleaned_data
        conditions = {fact: data[fact] for fact in ("warehouse", "category", "risk") if data[fact]}
        if data["off_agreement"]:
            conditions["off_agreement"] = [data["off_agreement"]]
        return PolicyDraft(
            kind=KIND,
            name=data["name"],
            level=data["level"],
            from_amount=data["from_amount"],
            below_amount=data["below_amount"],
            conditions=conditions,
            steps=tuple(self._steps()),
            is_automatic=data["is_automatic"],
            replaces=replaces,
        )

    def _steps(self) -> list[Step]:
        """Return the steps up to the last one that was filled, so that a gap is refused."""
        steps = [
            Step(
                int(self.cleaned_data[f"role_{step}"] or 0) or None,
                frozenset(int(pk) for pk in self.cleaned_data[f"people_{step}"]),
            )
            for step in STEPS
        ]
        while steps and steps[-1] == Step():
            steps.pop()
        return steps
