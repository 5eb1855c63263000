from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.views import View

from core import clock
from core.models import IdempotencyKey, Setting
from core.submissions import SubmitOnce

pytestmark = pytest.mark.django_db


class PutSetting(SubmitOnce, View):
    def post(self, request):
        name = request.POST["name"]
        Setting.objects.create(name=name, changed_at=clock.now(), changed_by_key="system")
        status = 422 if name == "refused" else 200
        return HttpResponse(f"made {Setting.objects.count()}", status=status)


def post(**fields: str) -> HttpResponse:
    request = RequestFactory().post("/settings/", fields)
    request.user = AnonymousUser()
    request.session = type("Session", (), {"session_key": "s1"})()
    return PutSetting.as_view()(request)


def test_a_form_sent_twice_acts_once_and_answers_the_same():
    first = post(name="a", submission_key="k")
    second = post(name="a", submission_key="k")

    assert (first.content, second.content) == (b"made 1", b"made 1")
    assert Setting.objects.count() == 1


def test_a_refused_form_leaves_nothing_and_can_be_sent_again():
    assert post(name="refused", submission_key="k").status_code == 422
    assert (Setting.objects.count(), IdempotencyKey.objects.count()) == (0, 0)

    assert post(name="b", submission_key="k").status_code == 200


def test_another_key_acts_again():
    post(name="a", submission_key="k1")
    post(name="b", submission_key="k2")

    assert Setting.objects.count() == 2
