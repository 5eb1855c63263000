"""Jobs over personal data of all apps: answer a request, let copies and links run out."""

from __future__ import annotations

from core.actors import SYSTEM
from core.jobs import JobRun
from customers.models import PrivacyRequest
from customers.services import accounts, copies, privacy


def answer_privacy_request(job: JobRun, *, request_id: int, **_newer: object) -> dict[str, str]:
    """Make the copy or erase the person of an approved request. Repeatable after a crash."""
    row = PrivacyRequest.objects.get(pk=request_id)
    if row.kind == PrivacyRequest.Kind.ERASURE:
        done = privacy.run_erasure(request_id, actor=SYSTEM, at=job.now)
    else:
        done = copies.make(request_id, actor=SYSTEM, at=job.now)
    return {"number": done.number, "state": done.state}


def clock(job: JobRun, **_newer: object) -> dict[str, int]:
    """Take away copies nobody may fetch any more, old links and ended sessions. Repeatable."""
    return {
        "copies": copies.expire_due(actor=SYSTEM, at=job.now),
        "links": accounts.forget_ended(at=job.now),
    }
