"""The policy simulator."""

from __future__ import annotations

from django.urls import path

from planning.views import what_if

urlpatterns = [
    path("what-if/", what_if.WhatIf.as_view(), name="whatif"),
    path("what-if/<int:pk>/", what_if.WhatIfResult.as_view(), name="whatif-run"),
]
