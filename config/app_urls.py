"""Pages that look over all apps."""

from __future__ import annotations

from django.urls import path

from config.views import board, home, setup

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("board/", board.LiveBoard.as_view(), name="live-board"),
    path("settings/setup/", setup.SetupChecklist.as_view(), name="setup-checklist"),
]
