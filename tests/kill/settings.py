"""Settings of the installation that kill tests start and shoot at: ours, with test wiring."""

from __future__ import annotations

from config.settings import *  # noqa: F403  # a settings module is its names

WIRING_MODULE = "tests.kill.wiring"
ROOT_URLCONF = "tests.kill.urls"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
