"""The risk desk: mode, flags, responses, deviations, odd days."""

from __future__ import annotations

from django.urls import path

from planning.views import risk, risk_acts, risk_declare

urlpatterns = [
    path("risk/", risk.RiskDesk.as_view(), name="risk-desk"),
    path("risk/declare/", risk_declare.DeclareSupply.as_view(), name="risk-declare"),
    path("risk/days/", risk_declare.DeclareDays.as_view(), name="risk-days"),
    path("risk/readings/new/", risk_acts.AddReading.as_view(), name="risk-reading-new"),
    path("risk/flags/new/", risk_acts.AddFlag.as_view(), name="risk-flag-new"),
    path("risk/flags/<int:pk>/clear/", risk_acts.ClearFlag.as_view(), name="risk-flag-clear"),
    path("risk/responses/<int:pk>/", risk.ResponsePage.as_view(), name="risk-response"),
    path(
        "risk/responses/<int:pk>/reverse/",
        risk_acts.ReverseResponse.as_view(),
        name="risk-response-reverse",
    ),
    path("risk/responses/<int:pk>/report/", risk.ReportFile.as_view(), name="risk-report"),
    path("risk/buffers/keep/", risk_acts.KeepBuffers.as_view(), name="buffer-keep"),
    path(
        "risk/buffers/<int:pk>/release/", risk_acts.ReleaseBuffer.as_view(), name="buffer-release"
    ),
    path(
        "risk/deviations/<int:pk>/decide/",
        risk_acts.DecideDeviation.as_view(),
        name="deviation-decide",
    ),
]
