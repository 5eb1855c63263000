"""Look at pages in Chromium: widths, themes, languages, axe, console."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

from tests.helpers.chromium import shared_browser

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
SHOTS = os.environ.get("QUAYSIDE_SHOTS", "")


@contextlib.contextmanager
def chromium():
    yield shared_browser()


def visit(page, url, name):
    """Return (status, pixels too wide, problems, axe rules broken) of one page."""
    problems = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("requestfailed", lambda request: problems.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    answer = page.goto(url, wait_until="networkidle")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    violations = Axe().run(page).response["violations"]
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    # The browser itself notes the status of a page that is meant to answer 404.
    own = [text for text in problems if f"status of {answer.status}" not in text]
    named = [(entry["id"], entry["nodes"][0]["html"][:120]) for entry in violations]
    return answer.status, max(wide, 0), own, named


#: Every pair of width, theme and language at least once.
FACES = (
    (1440, "light", "en"),
    (360, "light", "zh-hans"),
    (360, "dark", "en"),
    (1440, "dark", "zh-hans"),
)


def look(live_server, paths, face, *, cookies=lambda _language: ()):
    """Open {name: (path, status)} at one width, theme and language; return what was wrong."""
    wrong = {}
    width, theme, language = face
    with chromium() as browser:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        context.add_cookies([{"url": live_server.url, **cookie} for cookie in cookies(language)])
        context.add_cookies(
            [{"url": live_server.url, "name": "django_language", "value": language}]
        )
        for name, (path, status) in paths.items():
            label = f"{name}-{width}-{theme}-{language}"
            page = context.new_page()
            seen = visit(page, f"{live_server.url}{path}", label)
            if seen != (status, 0, [], []):
                wrong[label] = seen
            page.close()
        context.close()
    return wrong
