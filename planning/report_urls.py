"""Planning reports."""

from __future__ import annotations

from django.urls import path

from planning.views import reports

urlpatterns = [
    path("reports/", reports.ReportsPage.as_view(), name="planning-reports"),
    path("reports/file/", reports.ReportFile.as_view(), name="planning-report-file"),
    path("reports/mail/", reports.ReportMail.as_view(), name="planning-report-mail"),
]
