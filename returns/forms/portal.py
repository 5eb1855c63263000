"""Forms of the customer's pages of a return; they work without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QForm
from returns.models import MessageThread, ReturnReason

MOST_OFFERED = 99


class ItemForm(forms.Form):
    """C3: whether units of one line come back, how many, and why."""

    take = forms.BooleanField(required=False)
    qty = forms.TypedChoiceField(label=_("Units"), coerce=int)
    reason = forms.ChoiceField(label=_("Why does it come back?"), required=False)
    note = forms.CharField(label=_("What is wrong with it?"), max_length=500, required=False)

    def __init__(
        self,
        *args: Any,
        left_qty: int,
        reasons: Sequence[ReturnReason],
        is_chinese: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        most = min(max(1, left_qty), MOST_OFFERED)
        self.fields["qty"].choices = [(count, str(count)) for count in range(1, most + 1)]
        self.fields["reason"].choices = [
            ("", _("Choose a reason")),
            *grouped(reasons, is_chinese=is_chinese),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("take") and not data.get("reason"):
            self.add_error("reason", _("Choose why it comes back."))
        return data


def grouped(reasons: Iterable[ReturnReason], *, is_chinese: bool) -> list[tuple[str, Any]]:
    """Return the reasons under their level-1 reason, as choices of a list."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for reason in reasons:
        parent = reason.parent
        title = ((is_chinese and parent.name_zh) or parent.name) if parent else ""
        name = (is_chinese and reason.name_zh) or reason.name
        groups.setdefault(title, []).append((reason.code, name))
    return list(groups.items())


class CheckForm(QForm):
    """C5: the way back and, across borders, the statement for customs."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    method = forms.CharField(max_length=10)
    customs = forms.BooleanField(
        label=_("These goods come back unsold to the company that sent them."), required=False
    )

    def __init__(self, *args: Any, crosses_border: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.crosses_border = crosses_border

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_sent = data.get("method") not in {"keep", "store"}
        if self.crosses_border and is_sent and not data.get("customs"):
            self.add_error(
                "customs", _("Customs needs this statement. Confirm it, or choose another way.")
            )
        return data


class MessageForm(QForm):
    """C10: what happened, in the customer's words."""

    topic = forms.ChoiceField(label=_("What is it about?"), choices=MessageThread.Topic.choices)
    body = forms.CharField(
        label=_("Your message"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG or PNG, up to 8 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )


class OwnTrackingForm(QForm):
    """C7: the number of a parcel that the customer sends."""

    carrier = forms.CharField(label=_("Parcel service"), max_length=60)
    number = forms.CharField(label=_("Tracking number"), max_length=60)
