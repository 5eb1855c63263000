"""Pages of badges and PINs."""

from __future__ import annotations

from django.urls import path

from core.views import badges

urlpatterns = [
    path("me/pin/", badges.MyPin.as_view(), name="my-pin"),
    path("settings/badges/", badges.BadgeList.as_view(), name="badges"),
    path("settings/badges/<int:pk>/", badges.BadgeSheet.as_view(), name="badge"),
    path("settings/badges/<int:pk>/issue/", badges.IssueBadge.as_view(), name="badge-issue"),
    path("settings/badges/<int:pk>/revoke/", badges.RevokeBadge.as_view(), name="badge-revoke"),
    path("settings/badges/<int:pk>/pin/", badges.SetPin.as_view(), name="badge-pin"),
]
