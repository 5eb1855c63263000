"""Where each app's pages are mounted. Each app adds its own line."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from core.views import health

urlpatterns = [
    path("healthz", health.Alive.as_view(), name="healthz"),
    path("readyz", health.Ready.as_view(), name="readyz"),
    path("metrics", health.Metrics.as_view(), name="metrics"),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("core.urls")),
    path("api/v1/", include("config.api")),
    path("", include("core.ui_urls")),
    path("", include("core.shell_urls")),
    path("", include("core.import_urls")),
    path("", include("shipping.urls")),
    path("", include("returns.urls")),
    path("", include("suppliers.portal_urls")),
    path("", include("suppliers.urls")),
    path("", include("suppliers.purchase_urls")),
    path("planning/", include("planning.urls")),
    path("", include("planning.portal_urls")),
    path("", include("config.app_urls")),
    path("", include("config.account_urls")),
    path("", include("config.customer_urls")),
    path("", include("config.letter_urls")),
    path("", include("fulfillment.urls")),
    path("", include("orders.urls")),
    path("", include("inventory.urls")),
]

handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.forbidden"
handler404 = "core.views.errors.not_found"
handler429 = "core.views.errors.too_many_requests"
handler500 = "core.views.errors.server_error"
