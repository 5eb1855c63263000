"""Make a form that is sent twice act once: double click, double scan, browser retry.

Every form carries a hidden `submission_key`. The first post with a key acts; every other one with
the same key, at the same time or later, gets the very same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse

from core import clock, idempotency

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

FIELD = "submission_key"
#: How long a repeat waits for the first to end before it is told to try again.
WAIT_SECONDS = 10.0
_DROPPED_HEADERS = frozenset({"set-cookie", "content-length"})


def submit_once(
    request: HttpRequest, actor_key: str, respond: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Return the answer of the first post with this submission key, acting only that once.

    `respond` runs in a transaction; an answer of 400 or more undoes it and is not remembered. A
    post without a key acts every time.
    """
    key = request.POST.get(FIELD, "")
    if not key:
        return respond()
    first: list[HttpResponse] = []
    submission = idempotency.Submission(
        scope=f"ui {actor_key} {request.path}"[:100],
        key=key[: idempotency.MAX_KEY_LENGTH],
        fingerprint=idempotency.fingerprint_of(request.path),
    )

    def effect() -> idempotency.Answer:
        response = respond()
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        if not isinstance(response, HttpResponse):
            raise TypeError("a streamed answer can't be repeated: answer with a redirect")
        first.append(response)
        return _answer_of(response)

    answer = idempotency.perform(submission, effect, now=clock.now(), wait_seconds=WAIT_SECONDS)
    if first:
        return first[0]
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))


def _answer_of(response: HttpResponse) -> idempotency.Answer:
    kept = {name: value for name, value in response.items() if name.lower() not in _DROPPED_HEADERS}
    return idempotency.Answer(response.status_code, kept, response.content)


class SubmitOnce:
    """View mixin: each post with a submission key acts once. Put it behind the access mixin."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a post once per submission key, everything else as ever."""
        go_on: Callable[..., HttpResponseBase] = super().dispatch  # type: ignore[misc]  # mixin
        if request.method != "POST":
            return go_on(request, *args, **kwargs)
        actor_key = getattr(request.user, "pk", None) or request.session.session_key or ""
        return submit_once(request, f"user:{actor_key}", lambda: go_on(request, *args, **kwargs))
