"""Letters: the mails to customers, as each app declares them.

`config/wiring.py:LETTERS` names the sequences of `LetterKind`. A letter gets a simple HTML part
made from its text, may be worded anew by the team (`LETTER_WORDING`), and offers its reader a way
to get no more of its topic, unless it is essential.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext

from core.wiring import resolve, wired

LINK: Final = "link"
_SALT: Final = "core.letters.off"
_ADDRESS: Final = re.compile(r"(https?://\S+)")
_PLACE: Final = re.compile(r"\[([a-z][a-z0-9_]*)\]")


@dataclass(frozen=True, slots=True)
class Variable:
    """One fact a letter may tell; the sample fills its preview."""

    name: str
    title: str | Promise
    sample: str | Promise


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One kind of mail to customers.

    `topic` is what its reader may silence, unless `is_essential`. `link` names the URL that its
    `token` opens ("" for none). `again` is the dotted path of a function that plans it once more:
    `(mail: OutboundMail, at: datetime) -> core.mail.MailDraft | None`.
    """

    template: str
    title: str | Promise
    topic: str
    variables: tuple[Variable, ...]
    is_essential: bool = False
    link: str = ""
    again: str = ""

    @property
    def app(self) -> str:
        """Return the part before the slash of its template."""
        return self.template.partition("/")[0]

    @property
    def name(self) -> str:
        """Return the part after the slash of its template."""
        return self.template.partition("/")[2]

    def names(self) -> frozenset[str]:
        """Return the places that its wording may hold."""
        own = {variable.name for variable in self.variables}
        return frozenset(own | ({LINK} if self.link else set()))


class Worded(Protocol):
    """Subject and body as the team words them, with places such as `[order_number]`."""

    subject: str
    body: str


def kinds() -> Iterator[LetterKind]:
    """Yield every kind of letter, in the order of the wiring."""
    for path in wired("LETTERS"):
        yield from resolve(path)


def kind_of(template: str) -> LetterKind | None:
    """Return the kind of a mail's template, None for a mail that is no letter."""
    return next((kind for kind in kinds() if kind.template == template), None)


def places(text: str) -> frozenset[str]:
    """Return the names of the places in a wording."""
    return frozenset(_PLACE.findall(text))


def fill(text: str, values: Mapping[str, Any]) -> str:
    """Put values into the places of a wording; a place without a value is left empty.

    The values are plain text: what stands in them is not looked through again.
    """
    return _PLACE.sub(lambda found: str(values.get(found.group(1), "") or ""), text)


def render(
    kind: LetterKind, context: Mapping[str, Any], language: str, worded: Worded | None = None
) -> tuple[str, str]:
    """Return subject and text of a letter, in the active language.

    `worded` is the team's own wording, None for the built-in text.
    """
    if worded is not None:
        values = {**context, LINK: link_of(kind, context)}
        return fill(worded.subject, values), fill(worded.body, values)
    full = {**context, "public_url": settings.PUBLIC_URL}
    return (
        render_to_string(f"{kind.app}/mail/{kind.name}_subject.txt", full),
        render_to_string(f"{kind.app}/mail/{kind.name}.txt", full),
    )


def in_force(template: str, language: str) -> Worded | None:
    """Return the team's own wording of a letter in a language, None for the built-in text."""
    path: str = wired("LETTER_WORDING")
    found: Worded | None = resolve(path)(template, language) if path else None
    return found


def link_of(kind: LetterKind, context: Mapping[str, Any]) -> str:
    """Return the address that the letter's token opens, "" for a letter without one."""
    token = str(context.get("token") or "")
    if not kind.link or not token:
        return ""
    return f"{settings.PUBLIC_URL}{reverse(kind.link, args=[token])}"


def off_token(mail_id: int) -> str:
    """Return the signed name of a mail, by which its reader asks for no more of its topic."""
    return signing.Signer(salt=_SALT, sep=".").sign(str(mail_id))


def mail_of_token(token: str) -> int | None:
    """Return the mail that an `off_token` names, None for a token we never gave."""
    try:
        return int(signing.Signer(salt=_SALT, sep=".").unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def off_url(mail_id: int) -> str:
    """Return the address of the page on which a mail's reader silences its topic."""
    return f"{settings.PUBLIC_URL}{reverse('mail-off', args=[off_token(mail_id)])}"


def foot(kind: LetterKind, mail_id: int) -> str:
    """Return the last lines of a letter that may be silenced, in the active language."""
    if kind.is_essential:
        return ""
    words = gettext("No more mails of this kind:")
    return f"\n--\n{words}\n{off_url(mail_id)}\n"


def as_html(body: str, *, subject: str, brand: str, language: str) -> str:
    """Return a letter's text as a simple page: paragraphs, and addresses as links."""
    paragraphs = [
        [_piece(piece) for piece in _ADDRESS.split(block.strip("\n")) if piece]
        for block in re.split(r"\n\s*\n", body.strip())
        if block.strip()
    ]
    context = {
        "paragraphs": paragraphs,
        "subject": subject,
        "brand": brand,
        "language": language,
    }
    return render_to_string("core/mail/letter.html", context)


def _piece(text: str) -> dict[str, str]:
    return {"text": text, "href": text if _ADDRESS.fullmatch(text) else ""}
