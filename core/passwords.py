"""Which passwords are taken: long ones, shorter ones beside a second factor, never known ones."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: Without a second factor the password is all there is.
MINIMUM = 15
MINIMUM_WITH_SECOND_FACTOR = 8
MAXIMUM = 128
#: Words an attacker tries first against us.
BRAND_WORDS = ("quayside", "warehouse", "seller")


class LengthValidator:
    """At least 15 characters, 8 with a second factor, at most 128; any characters."""

    def validate(self, password: str, user: Any = None) -> None:
        """Let a password of fitting length pass.

        Raises:
            ValidationError: it is too short or too long; the text says the limit.
        """
        minimum = _minimum(user)
        if len(password) < minimum:
            raise ValidationError(
                _("Use at least %(minimum)s characters: this one has %(found)s."),
                code="password_too_short",
                params={"minimum": minimum, "found": len(password)},
            )
        if len(password) > MAXIMUM:
            raise ValidationError(
                _("Use at most %(maximum)s characters: this one has %(found)s."),
                code="password_too_long",
                params={"maximum": MAXIMUM, "found": len(password)},
            )

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return _(
            "At least %(minimum)s characters, or %(short)s with a second factor. "
            "A few words in a row are easy to keep and hard to guess."
        ) % {"minimum": MINIMUM, "short": MINIMUM_WITH_SECOND_FACTOR}


def _minimum(user: Any) -> int:
    from allauth.mfa.utils import is_mfa_enabled  # noqa: PLC0415  # allauth loads after apps

    known = user is not None and getattr(user, "pk", None) is not None
    return MINIMUM_WITH_SECOND_FACTOR if known and is_mfa_enabled(user) else MINIMUM


class BrandWordValidator:
    """Refuse passwords that are little more than the product's name or one word repeated."""

    def validate(self, password: str, user: Any = None) -> None:
        """Let a password with enough of its own pass.

        Raises:
            ValidationError: it is guessable.
        """
        rest = password.lower()
        for word in BRAND_WORDS:
            rest = rest.replace(word, "")
        if len(rest.strip("0123456789!?.-_ ")) < 4 or len(set(password)) < 5:
            raise ValidationError(
                _("This one is easy to guess. Add words that only you would put together."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return _("Not the name of this software, and not one character repeated.")
