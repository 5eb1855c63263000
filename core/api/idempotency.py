"""`Idempotency-Key` on the writes of the API: one effect and one answer per key and caller."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer

from core import clock, idempotency
from core.permissions import principal_of

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_KEPT_HEADERS = ("Location", "ETag")


class IdempotentCreateMixin:
    """Put it before the view class. POST then needs the header; a repeat gets the first answer.

    400 without a key, 422 for a key with another payload, 409 while the first runs.
    """

    idempotency_required = True

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        plain = getattr(self, "post", None)
        if request.method == "POST" and plain is not None:
            self.post = lambda *more, **named: self._once(request, lambda: plain(*more, **named))

    def _once(self, request, handle):
        key = request.headers.get(HEADER, "").strip()
        if not key:
            if self.idempotency_required:
                raise idempotency.KeyMissing
            return handle()
        if len(key) > idempotency.MAX_KEY_LENGTH or not key.isprintable():
            raise idempotency.KeyMissing
        caller = principal_of(request).actor.key
        submission = idempotency.Submission(
            scope=f"api {caller}",
            key=key,
            fingerprint=idempotency.fingerprint_of(
                request.method, request.get_full_path(), self._body(request)
            ),
        )
        first = []

        def effect():
            response = handle()
            first.append(response)
            return _answer_of(response)

        answer = idempotency.perform(submission, effect, now=clock.now())
        if first:
            return first[0]
        return _replayed(answer)

    @staticmethod
    def _body(request):
        # DRF has read the stream by now; its parsed form is as good for telling payloads apart.
        return JSONRenderer().render(request.data)


def _answer_of(response):
    body = b"" if response.data is None else JSONRenderer().render(response.data)
    headers = {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)}
    return idempotency.Answer(response.status_code, headers, body)


def _replayed(answer):
    response = HttpResponse(
        answer.body, status=answer.status, content_type="application/json", headers=answer.headers
    )
    response[REPLAYED] = "true"
    return response
