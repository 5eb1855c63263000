"""The forms of people and their access."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms.kit import QForm
from core.models.people import EVERY, Role, User


def role_choices() -> list[tuple[str, str]]:
    rows = Role.objects.current().order_by("-is_builtin", "pk")
    return [(role.code, role_text(role)) for role in rows]


def role_text(role: Role) -> str:
    """Return the name of a role in the reader's language."""
    from core.capabilities import BUILTIN_ROLES  # noqa: PLC0415  # words only

    known = BUILTIN_ROLES.get(role.code)
    return str(known.name) if known else role.name


def split_codes(text: str) -> tuple[str, ...]:
    """Return the codes written with commas or blanks between them; `*` stands alone."""
    codes = tuple(dict.fromkeys(text.replace(",", " ").split()))
    return (EVERY,) if EVERY in codes else codes


def capability_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every capability in words, by area."""
    from core.capabilities import AREAS, CAPABILITIES  # noqa: PLC0415  # words only

    grouped: dict[str, list[tuple[str, str]]] = {}
    for capability in CAPABILITIES.values():
        area = str(AREAS[capability.area])
        grouped.setdefault(area, []).append((capability.code, str(capability.text)))
    return list(grouped.items())


class AccessForm(QForm):
    """What a person may do and where."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=role_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    warehouse_codes = forms.CharField(
        label=_("Warehouses"),
        required=False,
        max_length=2000,
        help_text=_("Codes with a comma between them, or * for all. Empty: none."),
    )
    channel_codes = forms.CharField(
        label=_("Channels"),
        required=False,
        max_length=2000,
        help_text=_("Codes with a comma between them, or * for all. Empty: none."),
    )

    def clean_warehouse_codes(self) -> tuple[str, ...]:
        return split_codes(self.cleaned_data["warehouse_codes"])

    def clean_channel_codes(self) -> tuple[str, ...]:
        return split_codes(self.cleaned_data["channel_codes"])


class InviteForm(AccessForm):
    """Whom to invite."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autofocus": True}))
    full_name = forms.CharField(label=_("Name"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)
    field_order = ("email", "full_name", "language", "roles", "warehouse_codes", "channel_codes")


class ReasonForm(QForm):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It stands in the audit log."),
    )


class RoleForm(QForm):
    """What a role of the company is called. Its capabilities are check boxes of the page."""

    name = forms.CharField(label=_("Name"), max_length=80)
    description = forms.CharField(label=_("What it is for"), max_length=300, required=False)


class RoleCopyForm(RoleForm):
    """A copy needs a code of its own."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Small letters, digits and _; it never changes."),
    )
    field_order = ("name", "code", "description")


class MayForm(QForm):
    """Can X do Y there?"""

    user = forms.CharField(label=_("User name"), max_length=150)
    capability = forms.ChoiceField(label=_("May"), choices=capability_choices)
    warehouse = forms.CharField(label=_("In the warehouse"), max_length=40, required=False)
