"""The team's own words for letters, in versions; the built-in text stands behind them."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from core import audit, letters
from core.actors import Actor
from core.errors import InputRefused, StateConflict
from core.letters import LetterKind
from customers.models import LetterWording

LONGEST_SUBJECT = 200
LONGEST_BODY = 8_000


class WordingIncomplete(InputRefused):
    """A letter needs a subject and a text."""

    code = "WORDING_INCOMPLETE"
    text = gettext_noop("A letter needs a subject and a text. Enter both or use the built-in one.")


class WordingTooLong(InputRefused):
    """Subject or text is longer than a letter may be."""

    code = "WORDING_TOO_LONG"
    text = gettext_noop(
        "The subject may hold %(subject)s characters and the text %(body)s. Shorten it."
    )


class UnknownPlace(InputRefused):
    """The wording has places that this letter can't fill."""

    code = "UNKNOWN_PLACE"
    text = gettext_noop("This letter can't fill %(places)s. It knows: %(known)s.")


class LinkMissing(InputRefused):
    """The letter would come without its link."""

    code = "LINK_MISSING"
    text = gettext_noop("The text needs [link]: without it nobody reaches the page.")


class VersionTaken(StateConflict):
    """Somebody else saved a version in between."""

    code = "WORDING_VERSION_TAKEN"
    text = gettext_noop("Somebody saved another version meanwhile. Reload to see it.")


def in_force(template: str, language: str) -> LetterWording | None:
    """Return the wording of a letter in a language, None where the built-in text is used."""
    row = LetterWording.objects.of(template, language).first()
    return None if row is None or row.is_built_in else row


def check(kind: LetterKind, subject: str, body: str) -> None:
    """Refuse a wording that the letter can't be made from.

    Raises:
        WordingIncomplete: subject or text is empty.
        WordingTooLong: one of them is too long.
        UnknownPlace: it names a place that the letter can't fill.
        LinkMissing: the letter opens a page and the text lacks its link.
    """
    if not subject.strip() or not body.strip():
        raise WordingIncomplete
    if len(subject) > LONGEST_SUBJECT or len(body) > LONGEST_BODY:
        raise WordingTooLong(subject=LONGEST_SUBJECT, body=LONGEST_BODY)
    unknown = (letters.places(subject) | letters.places(body)) - kind.names()
    if unknown:
        raise UnknownPlace(places=_listed(unknown), known=_listed(kind.names()))
    if kind.link and letters.LINK not in letters.places(body):
        raise LinkMissing


def save(
    kind: LetterKind,
    language: str,
    words: tuple[str, str],
    *,
    after_version: int,
    actor: Actor,
    at: dt.datetime,
) -> LetterWording:
    """Add a version (subject, text) that is in force from now on.

    `after_version` is the version the writer saw, 0 for none.

    Raises:
        VersionTaken: another version was added since.
        WordingIncomplete, WordingTooLong, UnknownPlace, LinkMissing: see `check`.
    """
    subject, body = " ".join(words[0].split()), words[1].replace("\r\n", "\n").strip()
    check(kind, subject, body)
    row = LetterWording(
        template=kind.template,
        language=language,
        version=after_version + 1,
        subject=subject,
        body=f"{body}\n",
        created_at=at,
        created_by=actor.key,
    )
    return _add(row, actor)


def restore(
    kind: LetterKind, language: str, version: int, *, actor: Actor, at: dt.datetime
) -> LetterWording:
    """Put an older version in force again as a new one; 0 goes back to the built-in text.

    Raises:
        VersionTaken: another version was added at the same moment.
        LetterWording.DoesNotExist: there is no such version.
    """
    rows = LetterWording.objects.of(kind.template, language)
    newest = rows.first()
    old = rows.get(version=version) if version else None
    row = LetterWording(
        template=kind.template,
        language=language,
        version=(newest.version if newest else 0) + 1,
        subject=old.subject if old else "",
        body=old.body if old else "",
        created_at=at,
        created_by=actor.key,
    )
    return _add(row, actor)


@transaction.atomic
def _add(row: LetterWording, actor: Actor) -> LetterWording:
    newest = LetterWording.objects.of(row.template, row.language).first()
    if (newest.version if newest else 0) != row.version - 1:
        raise VersionTaken
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise VersionTaken from error
    audit.record(
        actor=actor,
        action="customers.letter_worded",
        target=f"letter:{row.template}:{row.language}",
        at=row.created_at,
        after={"version": row.version, "built_in": row.is_built_in},
    )
    return row


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"[{name}]" for name in sorted(names))
