"""The shared pages: search, notices, jobs, help, settings."""

from __future__ import annotations

from django.urls import path

from core.views import find, help, jobs, notices, settings

urlpatterns = [
    path("palette/", find.Palette.as_view(), name="palette"),
    path("search/", find.Search.as_view(), name="search"),
    path("notices/", notices.NoticeIndex.as_view(), name="notices-index"),
    path("jobs/tray/", jobs.JobsTray.as_view(), name="jobs-tray"),
    path("jobs/", jobs.JobIndex.as_view(), name="jobs-index"),
    path("jobs/<int:pk>/", jobs.JobPage.as_view(), name="job"),
    path("jobs/<int:pk>/cancel/", jobs.JobAct.as_view(act="cancel"), name="job-cancel"),
    path("jobs/<int:pk>/retry/", jobs.JobAct.as_view(act="retry"), name="job-retry"),
    path("jobs/<int:pk>/files/<int:file_pk>/", jobs.JobFile.as_view(), name="job-file"),
    path("settings/system/", jobs.SystemPage.as_view(), name="system"),
    path("settings/", settings.SettingsPage.as_view(), name="settings-index"),
    path("help/", help.HelpPage.as_view(), name="help"),
]
