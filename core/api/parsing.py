"""JSON bodies, read strictly: bounded, no repeated names, no NaN, nothing a database refuses."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from core.api.problems import Problem

MOST_BYTES = 5 * 1024 * 1024


class StrictJSONParser(BaseParser):
    """Read `application/json`; refuse what two readers could understand differently."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None) -> Any:
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise Problem(413, "TOO_LARGE", _("Send at most 5 MB at once. Split the request."))
        try:
            text = raw.decode("utf-8")
            found = json.loads(
                text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=str
            )
        except RecursionError:
            raise ParseError(_("The body is nested too deeply.")) from None
        except (UnicodeDecodeError, ValueError) as error:
            raise ParseError(_("The body is not JSON: %(why)s") % {"why": error}) from None
        if "\\u" in text:
            _check_characters(found)
        return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _check_characters(root: Any) -> None:
    """Refuse NUL and lone surrogates, wherever they stand."""
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and not _is_storable(value):
            raise ParseError(_("The body holds a character that can't be stored."))


def _is_storable(value: str) -> bool:
    return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
