"""Who wrote a document: they never approve it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from core.models import AuditEntry

PERSON = "user:"


def authors(
    kind: str, document_id: int, keys: Iterable[str], acts: Collection[str]
) -> frozenset[int]:
    """Return the ids of the people among the actor keys, and of those audited for an act on it.

    `acts` are the audit actions that change the document. One query.
    """
    named = {int(key.removeprefix(PERSON)) for key in keys if key.startswith(PERSON)}
    edits = AuditEntry.objects.filter(
        target_kind=kind, target_id=str(document_id), actor_kind="user", action__in=acts
    )
    return frozenset(named | {pk for pk in edits.values_list("actor_id", flat=True) if pk})
