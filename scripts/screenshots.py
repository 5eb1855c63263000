"""Take the pictures of the README from a demo of its own: `python -m scripts.screenshots [name …]`.

Runs inside .venv. The demo lives in var/screenshots and is deterministic, so a picture changes
only when its screen does. Pictures are reduced to 128 colors to keep the repository small.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.environment import BIN, PROJECT, PYTHON, prepare_chromium, say

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

TARGET = PROJECT / "docs" / "screenshots"
HOME = PROJECT / "var" / "screenshots"
ADDRESS = "http://127.0.0.1:8799"
ENVIRONMENT = {
    **os.environ,
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "QUAYSIDE_DATA_DIR": str(HOME),
    "QUAYSIDE_PUBLIC_URL": ADDRESS,
    "QUAYSIDE_LOG_LEVEL": "ERROR",
    "DATABASE_URL": "",
}
DESK, TABLET = (1440, 900), (820, 1100)
COLORS = 128


@dataclass(frozen=True)
class Shot:
    """One picture: where to go, as whom, and what to click first."""

    name: str
    path: str
    person: str = "ada"
    language: str = "en"
    theme: str = "light"
    size: tuple[int, int] = DESK
    clicks: tuple[str, ...] = ()


SHOTS = (
    Shot("home", "/"),
    Shot("orders-dark", "/orders/", theme="dark"),
    Shot("order", "/orders/", clicks=("main table tbody a",)),
    Shot("routing", "/orders/", clicks=("main table tbody a", "a[href$='/routing/']")),
    Shot("waves", "/waves/"),
    Shot("pick", "/floor/pick/", person="joris", size=TABLET),
    Shot("pick-zh", "/floor/pick/", person="wei", language="zh-hans", size=TABLET),
)


def manage(*arguments: str) -> None:
    """Run a management command on the demo of the pictures."""
    subprocess.run([PYTHON, "manage.py", *arguments], cwd=PROJECT, env=ENVIRONMENT, check=True)


def answers() -> bool:
    """Return whether the web server is up."""
    try:
        urllib.request.urlopen(f"{ADDRESS}/healthz", timeout=1).close()  # noqa: S310  # our own
    except OSError:
        return False
    return True


@contextlib.contextmanager
def server() -> Iterator[None]:
    """Serve the demo while the block runs."""
    bind = ADDRESS.removeprefix("http://")
    command = [BIN / "gunicorn", "config.wsgi", "--bind", bind, "--threads", "4"]
    process = subprocess.Popen(command, cwd=PROJECT, env=ENVIRONMENT)
    try:
        for _ in range(100):
            if answers():
                break
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(20)


def demo_passwords() -> dict[str, str]:
    """Return fresh passwords of the demo's people, by user name."""
    code = (
        "import django, json; django.setup();"
        "from scripts.start import demo_passwords; print(json.dumps(demo_passwords()))"
    )
    told = subprocess.run(
        [PYTHON, "-c", code], cwd=PROJECT, env=ENVIRONMENT, check=True, capture_output=True
    )
    return json.loads(told.stdout)


def sign_in(browser: Browser, shot: Shot, passwords: dict[str, str]) -> BrowserContext:
    """Return a browser window that is signed in as the shot's person."""
    width, height = shot.size
    window = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.theme == "dark" else "light",
        locale="zh-CN" if shot.language == "zh-hans" else "en-US",
        reduced_motion="reduce",
    )
    page = window.new_page()
    page.goto(f"{ADDRESS}/accounts/login/")
    page.fill("input[name=login]", shot.person)
    page.fill("input[name=password]", passwords[shot.person])
    page.click("main form button[type=submit]")
    page.wait_for_load_state("networkidle")
    window.add_cookies([{"name": "django_language", "value": shot.language, "url": ADDRESS}])
    return window


def release_a_wave(browser: Browser, passwords: dict[str, str]) -> None:
    """Give the floor something to do: the first ready group, as its manager releases it."""
    window = sign_in(browser, Shot("", "/waves/", person="marta"), passwords)
    page = window.new_page()
    page.goto(f"{ADDRESS}/waves/")
    page.locator("main table a.btn").first.click()
    page.locator("#wave-group button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    window.close()


def shoot(page: Page, shot: Shot) -> None:
    """Write one picture."""
    from PIL import Image  # noqa: PLC0415  # comes with reportlab

    page.goto(f"{ADDRESS}{shot.path}")
    for selector in shot.clicks:
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot()))
    small = picture.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    small.save(TARGET / f"{shot.name}.png", optimize=True)
    say(f"{shot.name}.png {(TARGET / f'{shot.name}.png').stat().st_size // 1024} KB")


def main(wanted: list[str]) -> int:
    """Take all pictures, or the named ones."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # a dependency of tests only

    TARGET.mkdir(parents=True, exist_ok=True)
    if not wanted or not HOME.exists():
        shutil.rmtree(HOME, ignore_errors=True)
        manage("migrate", "--verbosity=0")
        manage("seed_demo")
    passwords = demo_passwords()
    with server(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=prepare_chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        release_a_wave(browser, passwords)
        for shot in SHOTS:
            if not wanted or shot.name in wanted:
                window = sign_in(browser, shot, passwords)
                shoot(window.new_page(), shot)
                window.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
