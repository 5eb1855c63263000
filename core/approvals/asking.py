"""Questions of approvers and answers of authors, on a request that waits."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core.actors import Actor
from core.approvals import deciding, errors, requesting, telling
from core.errors import gettext_noop
from core.models import ApprovalNote, ApprovalRequest


@transaction.atomic
def ask(request_id: int, text: str, *, actor: Actor, at: dt.datetime) -> ApprovalNote:
    """Put a question to the authors; the request goes on waiting.

    Raises:
        ReasonMissing: no question was entered.
        ApprovalOver: the request is closed.
        OwnRequest, NotYourStep, PeopleDecide: the actor may not decide on it.
    """
    found = _open(request_id)
    deciding.candidate(found, actor, at)
    note = _write(found, ApprovalNote.Kind.QUESTION, text, actor, at)
    said = gettext_noop("%(actor)s asks about %(label)s: %(question)s")
    data = {"actor": actor.label, "question": note.text[:200]}
    telling.tell_authors(found, said, data, f"approval:{found.pk}:note:{note.pk}", at)
    return note


@transaction.atomic
def answer(request_id: int, text: str, *, actor: Actor, at: dt.datetime) -> ApprovalNote:
    """Answer as an author; whoever asked is told.

    Raises:
        ReasonMissing: no answer was entered.
        ApprovalOver: the request is closed.
        NotYourRequest: the actor neither asked for it nor wrote it.
    """
    found = _open(request_id)
    if actor.kind != "user" or not found.authors.filter(user=actor.id).exists():
        raise errors.NotYourRequest(label=found.label)
    note = _write(found, ApprovalNote.Kind.ANSWER, text, actor, at)
    said = gettext_noop("%(actor)s answered on %(label)s: %(answer)s")
    data = {"actor": actor.label, "answer": note.text[:200]}
    questions = found.notes.filter(kind=ApprovalNote.Kind.QUESTION)
    for asker_id in sorted(set(questions.values_list("author_id", flat=True))):
        telling.tell_person(found, asker_id, said, data, at)
    return note


def _open(request_id: int) -> ApprovalRequest:
    found: ApprovalRequest = ApprovalRequest.objects.select_for_update().get(pk=request_id)
    if found.state != ApprovalRequest.State.PENDING:
        raise errors.ApprovalOver(label=found.label, outcome=found.get_state_display())
    return found


def _write(
    found: ApprovalRequest, kind: str, text: str, actor: Actor, at: dt.datetime
) -> ApprovalNote:
    said = text.strip()[:500]
    if not said:
        raise errors.ReasonMissing
    note = ApprovalNote.objects.create(
        request=found, kind=kind, author_id=actor.id or 0, text=said, at=at
    )
    action = "approvals.asked" if kind == ApprovalNote.Kind.QUESTION else "approvals.answered"
    requesting.note(action, found, actor, at, reason=said)
    return note
