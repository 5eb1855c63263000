"""What is wrong with a condition of a rule, in words."""

from __future__ import annotations

from typing import Final

from core.errors import gettext_noop

#: What is wrong with a condition, in words; `%(what)s` is the part, `%(at)s` its place.
CONDITION_WORDS: Final = {
    "TOO_LONG": gettext_noop("The condition is too long. Write at most 1,000 characters."),
    "UNKNOWN_NAME": gettext_noop(
        "%(what)s at place %(at)s is no name of the list. Texts stand in double quotes."
    ),
    "NOT_IN_LANGUAGE": gettext_noop("%(what)s at place %(at)s does not belong here. Take it out."),
    "SYNTAX": gettext_noop("The condition breaks off at place %(at)s. Complete it."),
    "BAD_DAY": gettext_noop('A day is not in the calendar. Write days like d"2026-05-31".'),
    "UNLIKE_KINDS": gettext_noop(
        "A text is compared with a number, or a list with a single thing. See the list of names."
    ),
    "NOT_YES_OR_NO": gettext_noop(
        "The condition answers neither yes nor no. Compare the name with something."
    ),
}
