"""Counts that stay cheap: each stops at a cap, all of them in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

CAP = 2000


@dataclass(frozen=True)
class Count:
    """A number of rows, exact below the cap."""

    number: int
    is_capped: bool


def capped_counts(querysets: Sequence[QuerySet[Any]], *, cap: int = CAP) -> list[Count]:
    """Return how many rows each queryset has, counting at most `cap` of each, in one statement."""
    parts: list[str] = []
    params: list[Any] = []
    for rows in querysets:
        bare = rows.order_by().values("pk")[: cap + 1].query
        try:
            sql, values = bare.get_compiler(rows.db).as_sql()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) counted)")  # noqa: S608  # compiled by Django
        params += values
    if not parts:
        return []
    with connections[querysets[0].db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        row = cursor.fetchone()
    return [Count(min(number, cap), number > cap) for number in row]
