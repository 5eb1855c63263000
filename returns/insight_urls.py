"""Insight into returns."""

from django.urls import path

from returns.views import insight

urlpatterns = [
    path("returns/insight/", insight.InsightPage.as_view(), name="return-insight"),
    path("returns/insight/file/", insight.InsightFile.as_view(), name="return-insight-file"),
]
