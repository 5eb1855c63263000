"""One Chromium for all browser tests of a process: Playwright can be started only once in it."""

from __future__ import annotations

import atexit
import os
import shutil
from functools import cache

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def shared_browser() -> Browser:
    """Return Debian's Chromium, started on the first call and closed when the process ends."""
    path = os.environ.get("QUAYSIDE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "no Chromium: run make setup"
    driver = sync_playwright().start()
    browser = driver.chromium.launch(
        executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
    )
    atexit.register(driver.stop)
    return browser
