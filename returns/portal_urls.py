"""The customer's pages of returns and messages, below the tracking link."""

from __future__ import annotations

from django.urls import path

from returns.views import portal_messages, portal_return, portal_status

urlpatterns = [
    path("t/<str:token>/return/", portal_return.Items.as_view(), name="portal-return"),
    path(
        "t/<str:token>/return/outcome/",
        portal_return.Outcomes.as_view(),
        name="portal-return-outcome",
    ),
    path("t/<str:token>/return/check/", portal_return.Check.as_view(), name="portal-return-check"),
    path(
        "t/<str:token>/returns/<str:number>/",
        portal_status.Status.as_view(),
        name="portal-return-status",
    ),
    path(
        "t/<str:token>/returns/<str:number>/papers/<str:kind>/",
        portal_status.Paper.as_view(),
        name="portal-return-file",
    ),
    path(
        "t/<str:token>/returns/<str:number>/photos/<int:pk>/",
        portal_status.Photo.as_view(),
        name="portal-return-photo",
    ),
    path("t/<str:token>/message/", portal_messages.Messages.as_view(), name="portal-message"),
    path(
        "t/<str:token>/message/photos/<int:pk>/",
        portal_messages.Photo.as_view(),
        name="portal-message-photo",
    ),
]
