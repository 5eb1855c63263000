from __future__ import annotations

import pytest
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from core import clock
from core.api import IdempotentCreateMixin
from core.models import Setting

pytestmark = pytest.mark.django_db


class Settings(IdempotentCreateMixin, APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def post(self, request):
        Setting.objects.create(
            name=request.data["name"], changed_at=clock.now(), changed_by_key="system"
        )
        return Response({"count": Setting.objects.count()}, 201, headers={"Location": "/x/"})


def post(key: str | None, name: str = "a"):
    headers = {"Idempotency-Key": key} if key else {}
    request = APIRequestFactory().post("/settings/", {"name": name}, "json", headers=headers)
    response = Settings.as_view()(request)
    return response.render() if hasattr(response, "render") else response


def test_rel_x_03_a_post_without_a_key_is_answered_400():
    response = post(None)

    assert (response.status_code, response.data["code"]) == (400, "IDEMPOTENCY_KEY_MISSING")
    assert Setting.objects.count() == 0


def test_rel_x_03_a_repeat_is_replayed_and_says_so():
    first, again = post("k"), post("k")

    assert (first.status_code, first.has_header("Idempotent-Replayed")) == (201, False)
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert (again.content, again["Location"]) == (first.content, "/x/")
    assert Setting.objects.count() == 1


def test_rel_x_03_the_key_of_another_payload_is_answered_422():
    post("k")

    response = post("k", name="b")

    assert (response.status_code, response.data["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Setting.objects.count() == 1
