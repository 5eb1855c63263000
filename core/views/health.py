from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.views import View

from core import clock, health, metrics


@method_decorator(login_not_required, name="dispatch")
class Alive(View):
    """The process answers; nothing else is asked."""

    def get(self, request):
        return JsonResponse({"status": "ok"})


@method_decorator(login_not_required, name="dispatch")
class Ready(View):
    """Everything a request needs is there; else 503 and the names of what is not."""

    def get(self, request):
        problems = health.problems(clock.now())
        status = 503 if problems else 200
        return JsonResponse(
            {"status": "unready" if problems else "ok", "problems": problems}, status=status
        )


@method_decorator(login_not_required, name="dispatch")
class Metrics(View):
    """Prometheus figures, for who knows the token; without one, for this machine alone."""

    def get(self, request):
        if not self._may_read(request):
            raise Http404
        return HttpResponse(
            metrics.exposition(clock.now()), content_type="text/plain; version=0.0.4"
        )

    def _may_read(self, request):
        token = settings.METRICS_TOKEN
        if token:
            given = request.headers.get("Authorization", "")
            return constant_time_compare(given, f"Bearer {token}")
        return not settings.PRODUCTION and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
