"""The repair site itself: Django's admin behind our own doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import reauth
from core.permissions import principal_of, require_any, sign_in_first

SITE_CAPABILITY = "admin.site"
View = Callable[..., HttpResponseBase]


class RepairSite(AdminSite):
    """Django's admin behind our sign-in, our capability and a recent proof of identity."""

    site_title = _("Quayside repair")
    site_header = _("Quayside repair")
    index_title = _("Master data")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Say whether the asker may open the site."""
        return principal_of(request).may(SITE_CAPABILITY)

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        """Guard a view by sign-in, capability and a recent proof of identity."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            principal = principal_of(request)
            if principal.is_anonymous:
                return sign_in_first(request)
            require_any(principal, (SITE_CAPABILITY,))
            if not reauth.is_recent(request):
                return reauth.ask_again(request)
            return inner(request, *args, **kwargs)

        return guarded

    def login(  # type: ignore[override]  # never a form of its own
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Send everyone to the one sign-in page."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        return sign_in_first(request)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take models of our own apps only: other apps' rows are not for repair by hand."""
        many = isinstance(model_or_iterable, (list, tuple))
        models = model_or_iterable if many else [model_or_iterable]
        ours = [model for model in models if model._meta.app_label in settings.OUR_APPS]
        if ours:
            super().register(ours, admin_class, **options)
