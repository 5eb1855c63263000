"""Pages of the shot-at installation: ours, and the writes that the tests' client journals."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.urls import urlpatterns as ours
from core import clock, idempotency, jobs
from core.actors import SYSTEM
from core.errors import DomainError
from core.events import publish
from inventory.domain.demand import Demand
from inventory.models import Warehouse
from inventory.services import releasing, reservations
from tests.factories import inventory as factories


@csrf_exempt
@login_not_required
def queue_job(request):
    wish = json.loads(request.body)
    job = jobs.enqueue(wish["name"], queue=wish["queue"], args=wish["args"])
    return JsonResponse({"id": job.pk}, status=201)


@csrf_exempt
@login_not_required
@transaction.atomic
def publish_fact(request):
    mark = json.loads(request.body)["mark"]
    publish("kill.happened", target=f"mark:{mark}", at=clock.now(), mark=mark)
    return JsonResponse({"mark": mark}, status=201)


@csrf_exempt
@login_not_required
@transaction.atomic
def lay_in_stock(request):
    code = f"KILL{Warehouse.objects.count()}"
    warehouse = factories.make_warehouse(code)
    shelf = factories.make_bin(warehouse, "K-1")
    skus = [factories.make_sku(f"{code}-{place}") for place in range(5)]
    for sku in skus:
        factories.put_stock(sku, 100_000, at_bin=shelf)
    return JsonResponse({"warehouse": warehouse.pk, "skus": [sku.pk for sku in skus]}, status=201)


@csrf_exempt
@login_not_required
def write(request):
    """Reserve or release under the client's key, with a fact and a job, as one effect."""
    wish = json.loads(request.body)
    submission = idempotency.Submission(
        "kill", wish["key"], idempotency.fingerprint_of(request.body)
    )
    try:
        answer = idempotency.perform(submission, lambda: _effect(wish), now=clock.now())
    except DomainError as error:
        return JsonResponse({"code": error.code}, status=error.status)
    return HttpResponse(answer.body, status=answer.status, content_type="application/json")


def _effect(wish):
    key, now = wish["key"], clock.now()
    facts = {"event_key": key, "actor": SYSTEM, "at": now}
    if wish["kind"] == "reserve":
        demand = Demand(f"shipment_line:{key}", wish["warehouse"], wish["sku"], wish["qty"])
        reservations.reserve([demand], **facts)
    else:
        releasing.release([f"shipment_line:{wish['of']}"], reason="CHANGED", **facts)
    publish("kill.happened", target=f"mark:{key}", at=now, mark=key)
    jobs.enqueue("kill.note", args={"mark": key})
    return idempotency.Answer(201, {}, json.dumps({"key": key}).encode())


urlpatterns = [
    *ours,
    path("kill/jobs/", queue_job),
    path("kill/facts/", publish_fact),
    path("kill/stock/", lay_in_stock),
    path("kill/writes/", write),
]
