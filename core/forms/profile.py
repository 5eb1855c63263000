"""The forms of a person's own pages."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from core.forms.kit import QForm
from core.models.people import User, time_zones

#: Offered first; every other IANA name can be typed.
USUAL_ZONES = (
    "UTC",
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Europe/Amsterdam",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
)


def zone_choices() -> list[tuple[str, object]]:
    rest = sorted(time_zones() - set(USUAL_ZONES))
    return [
        (str(_("Often used")), [(name, name) for name in USUAL_ZONES]),
        (str(_("All zones")), [(name, name) for name in rest]),
    ]


class ProfileForm(QForm):
    """How the product looks and speaks to this person."""

    full_name = forms.CharField(label=_("Name"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Times are shown in this zone; cut-offs in that of the warehouse."),
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=User.Theme.choices)
    density = forms.ChoiceField(label=_("Row height"), choices=User.Density.choices)
    default_warehouse_code = forms.CharField(
        label=_("Usual warehouse"),
        max_length=32,
        required=False,
        help_text=_("Its code. Screens of the warehouse open with it."),
    )
    sounds = forms.BooleanField(label=_("Sounds after each scan"), required=False)
    single_key_shortcuts = forms.BooleanField(
        label=_("Single-key shortcuts"),
        required=False,
        help_text=_("Switch them off if you dictate or use a switch device."),
    )

    NAMES: ClassVar[tuple[str, ...]] = (
        "full_name",
        "language",
        "time_zone",
        "theme",
        "density",
        "default_warehouse_code",
        "sounds",
        "single_key_shortcuts",
    )


class AcceptForm(QForm):
    """What an invited person chooses."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[User.username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    full_name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 15 characters. A few words in a row are easy to keep and hard to guess."
        ),
    )

    def __init__(self, *args, email: str = "", **kwargs):
        self.email = email
        super().__init__(*args, **kwargs)

    def clean_password(self):
        person = User(
            username=self.cleaned_data.get("username", ""),
            full_name=self.cleaned_data.get("full_name", ""),
            email=self.email,
        )
        validate_password(self.cleaned_data["password"], person)
        return self.cleaned_data["password"]
