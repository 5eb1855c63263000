"""Repurchase."""

from __future__ import annotations

from django.urls import path

from planning.views import repurchase_table

urlpatterns = [
    path("repurchase/", repurchase_table.RepurchaseTable.as_view(), name="repurchase-table"),
]
