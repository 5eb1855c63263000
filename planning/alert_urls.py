"""Pages of alerts and of their rules."""

from django.urls import path

from planning.views import alert_acts, alert_rule_pages, alerts

urlpatterns = [
    path("alerts/", alerts.AlertIndex.as_view(), name="alert-index"),
    path(
        "alerts/acknowledge/",
        alert_acts.AcknowledgeAlerts.as_view(),
        name="alert-bulk-acknowledge",
    ),
    path("alerts/snooze/", alert_acts.SnoozeAlerts.as_view(), name="alert-bulk-snooze"),
    path("alerts/assign/", alert_acts.AssignAlerts.as_view(), name="alert-bulk-assign"),
    path("alerts/dismiss/", alert_acts.DismissAlerts.as_view(), name="alert-bulk-dismiss"),
    path("alerts/<int:pk>/", alerts.AlertCard.as_view(), name="alert-card"),
    path("alerts/<int:pk>/peek/", alerts.AlertPeek.as_view(), name="alert-peek"),
    path(
        "alerts/<int:pk>/acknowledge/",
        alert_acts.AcknowledgeAlert.as_view(),
        name="alert-acknowledge",
    ),
    path("alerts/<int:pk>/snooze/", alert_acts.SnoozeAlert.as_view(), name="alert-snooze"),
    path("alerts/<int:pk>/assign/", alert_acts.AssignAlert.as_view(), name="alert-assign"),
    path("alerts/<int:pk>/dismiss/", alert_acts.DismissAlert.as_view(), name="alert-dismiss"),
    path("alerts/<int:pk>/reopen/", alert_acts.ReopenAlert.as_view(), name="alert-reopen"),
    path("alert-rules/", alert_rule_pages.RuleList.as_view(), name="alert-rules"),
    path("alert-rules/start/", alert_rule_pages.StartRules.as_view(), name="alert-rules-start"),
    path("alert-rules/new/", alert_rule_pages.RuleNew.as_view(), name="alert-rule-new"),
    path("alert-rules/test/", alert_rule_pages.DraftTest.as_view(), name="alert-rule-draft-test"),
    path("alert-rules/<int:pk>/", alert_rule_pages.RuleEdit.as_view(), name="alert-rule-edit"),
    path("alert-rules/<int:pk>/test/", alert_rule_pages.RuleTest.as_view(), name="alert-rule-test"),
    path(
        "alert-rules/<int:pk>/pause/",
        alert_rule_pages.PauseRule.as_view(),
        name="alert-rule-pause",
    ),
    path(
        "alert-rules/<int:pk>/resume/",
        alert_rule_pages.ResumeRule.as_view(),
        name="alert-rule-resume",
    ),
]
