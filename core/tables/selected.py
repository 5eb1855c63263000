"""What a bulk job acts on: the rows that its starter chose on an index and may still see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from core.actors import Actor
from core.errors import DomainError
from core.jobs import JobRun
from core.models import User
from core.permissions import Principal, principal_for_user
from core.tables.rows import IndexRows, Selection
from core.wiring import resolve, wired

Row = TypeVar("Row", bound=Model)


def chosen(job: JobRun, index: str, selection: Mapping[str, Any]) -> tuple[Principal, list[int]]:
    """Return who started the job, and the ids of the selection's rows within their reach."""
    principal = principal_for_user(User.objects.get(pk=int(job.started_by.rpartition(":")[2])))
    rows: IndexRows = resolve(wired("INDEXES")[index])()
    picked = Selection.of(
        ids=selection["ids"],
        query=selection["query"],
        excluded=selection["excluded"],
        is_all=bool(selection["is_all"]),
    )
    return principal, list(rows.selected(principal, picked).values_list("pk", flat=True))


def act_on_each(
    job: JobRun,
    index: str,
    selection: Mapping[str, Any],
    rows: QuerySet[Row],
    act: Callable[[Row, Actor], object],
) -> dict[str, Any]:
    """Do one act on each chosen row, progress after each; return how many, and what refused.

    Rows are named by their number, as they print themselves. A refusal holds no other row back.
    """
    principal, ids = chosen(job, index, selection)
    done, refused = 0, {}
    for number, row in enumerate(rows.filter(pk__in=ids).order_by("pk").iterator(), 1):
        try:
            act(row, principal.actor)
            done += 1
        except DomainError as error:
            refused[str(row)] = str(error)
        job.progress(number, len(ids))
    return {"done": done, "refused": len(refused), "why": refused}
