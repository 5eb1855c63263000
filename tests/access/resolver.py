"""Every URL of the product, as the resolver knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

#: Files, not views: served before any view of ours.
FILES = frozenset({"static"})


@dataclass(frozen=True)
class Url:
    """One URL: its full name, its route and the names of its parameters."""

    name: str
    route: str
    parameters: frozenset[str]
    view: Callable[..., Any]


def all_urls() -> list[Url]:
    """Return every URL in the resolver's order; one without a name gets its route as name."""
    return list(_walk(get_resolver().url_patterns, "", "", frozenset()))


def _walk(
    patterns: list[URLPattern | URLResolver], route: str, space: str, above: frozenset[str]
) -> Iterator[Url]:
    for found in patterns:
        path = f"{route}{found.pattern}"
        parameters = above | frozenset(found.pattern.regex.groupindex)
        if isinstance(found, URLResolver):
            inner = f"{space}{found.namespace}:" if found.namespace else space
            yield from _walk(found.url_patterns, path, inner, parameters)
        else:
            name = f"{space}{found.name}" if found.name else f"unnamed {path}"
            yield Url(name, path, parameters, found.callback)
