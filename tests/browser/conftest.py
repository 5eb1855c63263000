"""Chromium for the journeys: one browser, a window per test, and a record of what went wrong.

Every window fails its test at the end when the console showed an error, the content policy refused
something, or a script of ours raised. `axe(page)` returns the accessibility violations.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.factories.core import sign_in
from tests.helpers.chromium import shared_browser

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
#: A page may answer a form with 4xx on purpose; Chromium reports that as a console error.
EXPECTED = ("status of 409", "status of 422")


@dataclass
class Recorder:
    """What a window reported: console errors, policy violations, script exceptions."""

    problems: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        """Note an error or a refusal of the content policy."""
        text = message.text
        refused = "Content Security Policy" in text
        if (message.type == "error" or refused) and not any(known in text for known in EXPECTED):
            self.problems.append(f"{message.type}: {text}")

    def on_exception(self, error: Exception) -> None:
        """Note an exception of a script."""
        self.problems.append(f"exception: {error}")


@dataclass
class Desk:
    """A signed-in window: its page, and how it looks."""

    page: Page
    context: BrowserContext
    address: str
    recorder: Recorder

    def open(self, path: str) -> Page:
        """Go to a path of the server and wait until it is quiet."""
        self.page.goto(f"{self.address}{path}")
        self.page.wait_for_load_state("networkidle")
        return self.page

    def scan(self, code: str, *, gap_ms: int = 8, end: str = "Enter") -> None:
        """Type a code as a scanner does: keys a few milliseconds apart, then the suffix."""
        scan(self.page, code, gap_ms=gap_ms, end=end)

    def violations(self) -> list[str]:
        """Return the accessibility violations of the page as it stands."""
        found = Axe().run(self.page).response["violations"]
        return [f"{rule['id']} ({rule['impact']}): {rule['nodes'][0]['html']}" for rule in found]

    def overflow_px(self) -> int:
        """Return by how much the page is wider than its window."""
        root = "document.documentElement"
        return int(self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


#: Keys are made in the page: the protocol alone needs longer for a key than a scanner does. They
#: carry the scanner's own times, as those of a keyboard do: a page that is late still sees a burst.
KEYS = """async ([code, gap, end]) => {
  let at = performance.now();
  const press = (key) => {
    const target = document.activeElement ?? document.body;
    const down = new KeyboardEvent("keydown",
      { key, bubbles: true, cancelable: true, composed: true });
    Object.defineProperty(down, "timeStamp", { value: at });
    const allowed = target.dispatchEvent(down);
    if (allowed && key.length === 1 && target.matches("input, textarea")) {
      target.value += key;
      target.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
    if (allowed && key === "Enter" && target.matches("button, a")) target.click();
    target.dispatchEvent(new KeyboardEvent("keyup", { key, bubbles: true, cancelable: true }));
  };
  const catchUp = () => new Promise((done) => setTimeout(done, at - performance.now()));
  for (const key of [...code]) {
    press(key);
    at += gap;
    if (gap >= SLOW_MS) { await catchUp(); at = Math.max(at, performance.now()); }
  }
  if (at > performance.now()) await catchUp();
  if (end) press(end);  // nothing is awaited after it: it may lead to another page
}""".replace("SLOW_MS", "60")  # slower than that is typing: the page may act between two keys


def scan(page: Page, code: str, *, gap_ms: int = 8, end: str = "Enter") -> None:
    """Send a code to the page as a scanner would."""
    page.evaluate(KEYS, [code, gap_ms, end])


@pytest.fixture(scope="session")
def chromium() -> Browser:
    """Return the Chromium that all browser tests share."""
    return shared_browser()


@pytest.fixture
def desk(chromium: Browser, live_server, transactional_db) -> Iterator[Callable[..., Desk]]:
    """Return `open(user, width=, language=, theme=)`, which opens signed-in windows."""
    desks: list[Desk] = []

    def opened(user=None, *, width=1440, language="en", theme="light") -> Desk:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
        )
        cookies = {"q_theme": theme, settings.LANGUAGE_COOKIE_NAME: language}
        if user is not None:
            user.language = language
            user.save(update_fields=["language"])
            client = sign_in(Client(), user)
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies["sessionid"].value
        context.add_cookies(
            [
                {"name": name, "value": value, "url": live_server.url}
                for name, value in cookies.items()
            ]
        )
        page, recorder = context.new_page(), Recorder()
        page.on("console", recorder.on_console)
        page.on("pageerror", recorder.on_exception)
        desks.append(Desk(page, context, live_server.url, recorder))
        return desks[-1]

    yield opened
    problems = [problem for each in desks for problem in each.recorder.problems]
    for each in desks:
        each.context.close()
    assert problems == []
