"""Refusals with a stable code, a sentence for people and data for machines.

Free of Django, so that pure domain code may raise them. `CoreConfig.ready` installs the
translator; until then sentences stay English.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar


def gettext_noop(text: str) -> str:
    """Mark a sentence for extraction and return it as it is."""
    return text


class _Translator:
    """Holds the function that turns an English sentence into the reader's language."""

    translate: Callable[[str], str] = staticmethod(gettext_noop)


def install_translator(translate: Callable[[str], str]) -> None:
    """Let `str(error)` answer in the active language from now on."""
    _Translator.translate = staticmethod(translate)


class DomainError(Exception):
    """Base of every refusal that a person or a program can act on.

    A subclass sets `code` (UPPER_SNAKE, never changed once released), `status` (HTTP) and `text`,
    a translatable sentence that says what happened and what to do, with `%(name)s` for data.
    """

    code: ClassVar[str] = "REFUSED"
    status: ClassVar[int] = 409
    text: ClassVar[object] = gettext_noop("This can't be done now. Reload the page and look again.")

    def __init__(self, message: str = "", **data: Any) -> None:
        super().__init__(message or self.code)
        self.message = message
        self.data: dict[str, Any] = data

    def __str__(self) -> str:
        if self.message:
            return self.message
        return _Translator.translate(str(self.text)) % self.data

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.message, self.data))


def _rebuild(kind: type[DomainError], message: str, data: dict[str, Any]) -> DomainError:
    return kind(message, **data)


class StateConflict(DomainError):
    """The object stands in a state from which this step does not lead."""

    code = "STATE_CONFLICT"
    text = gettext_noop("The state has changed meanwhile. Reload to see it, then decide again.")


class NotPermitted(DomainError):
    """The actor may not do this."""

    code = "NOT_PERMITTED"
    status = 403
    text = gettext_noop("Your roles do not include this. An administrator can grant it.")


class NotFound(DomainError):
    """Nothing of this name is within the reader's scope."""

    code = "NOT_FOUND"
    status = 404
    text = gettext_noop("Nothing was found under this address. Check it, or search instead.")


class StaleVersion(DomainError):
    """Somebody saved another version after the caller had read this one."""

    code = "STALE_VERSION"
    text = gettext_noop("Someone saved this meanwhile. Reload, compare, and save again.")


class InputRefused(DomainError):
    """What was sent can't be used as it is."""

    code = "INPUT_REFUSED"
    status = 422
    text = gettext_noop("The values sent can't be used. Correct them and send again.")
