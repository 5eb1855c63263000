"""Every component in both languages, both themes and three widths; keys, dialogs, focus."""

from __future__ import annotations

import pytest

from tests.factories.core import make_user

pytestmark = [pytest.mark.browser]
PAGES = (
    "/catalogue/",
    "/catalogue/index/?peek=1",
    "/catalogue/index/",
    "/catalogue/object/",
    "/catalogue/floor/",
    "/catalogue/floor/?error=1",
    "/catalogue/portal/",
    "/scanner/",
)


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_the_catalogue_is_accessible_and_fits(desk, theme, language, width):
    window = desk(make_user("admin"), width=width, language=language, theme=theme)
    found = {}

    for path in PAGES:
        window.open(path)
        found[path] = (window.violations(), window.overflow_px())

    assert found == {path: ([], 0) for path in PAGES}


def test_the_palette_opens_filters_and_closes_by_keyboard(desk):
    page = desk(make_user("admin")).open("/catalogue/")

    page.keyboard.press("Control+k")
    opened = page.locator("#palette").evaluate("dialog => dialog.open")
    page.keyboard.press("Escape")

    assert opened
    assert not page.locator("#palette").evaluate("dialog => dialog.open")


def test_a_dialog_gives_the_focus_back(desk):
    page = desk(make_user("admin")).open("/catalogue/")
    page.locator("[data-dialog-open=sample-dialog]").click()

    inside = page.evaluate("document.activeElement.id")
    page.keyboard.press("Escape")

    assert inside == "sample-reason"
    assert page.evaluate("document.activeElement.dataset.dialogOpen") == "sample-dialog"


def test_rows_are_moved_selected_and_counted_by_keys(desk):
    page = desk(make_user("admin")).open("/catalogue/index/")

    for key in ("j", "j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
        page.wait_for_timeout(120)

    assert page.locator("[data-bulk-count]").inner_text() == "3 selected"
    assert page.locator("tr.is-active").get_attribute("id") == "row-10236"


def test_select_all_matching_sends_the_predicate_and_the_exclusions(desk):
    page = desk(make_user("admin")).open("/catalogue/index/")

    page.locator("thead [data-select-page]").click()
    page.locator("[data-select-all]").click()
    page.locator("#row-10228 input.check").click()

    form = page.locator("[data-bulk-form]")
    assert page.locator("[data-bulk-count]").inner_text() == "147 selected"
    assert form.locator("[name=all]").input_value() == "1"
    assert form.locator("[name=excluded]").input_value() == "10228"
    assert form.locator("[name=ids]").input_value() == ""


def test_single_keys_can_be_switched_off(desk):
    page = desk(make_user("admin")).open("/catalogue/index/")
    page.evaluate("localStorage.setItem('quayside.shortcuts', 'off')")
    page.reload()

    page.keyboard.press("j")
    page.wait_for_timeout(150)

    assert page.locator("tr.is-active").count() == 0


def test_a_scanner_presses_no_shortcut(desk):
    window = desk(make_user("admin"))
    page = window.open("/catalogue/index/")

    window.scan("jxjx?")
    page.wait_for_timeout(200)

    assert page.locator("tr.is-active").count() == 0
    assert not page.locator("#shortcuts").evaluate("dialog => dialog.open")


def test_the_theme_is_kept_and_painted_before_the_first_paint(desk):
    page = desk(make_user("admin")).open("/catalogue/")
    page.locator("summary[aria-label=Theme]").click()

    page.locator("[data-theme-choice=dark]").click()
    page.reload()

    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_the_menu_of_a_phone_opens_and_closes(desk):
    page = desk(make_user("admin"), width=360).open("/catalogue/")

    page.locator("[data-rail-open]").click()
    opened = page.locator("#rail").is_visible()
    page.keyboard.press("Escape")

    assert opened
    assert not page.locator("#rail").is_visible()


def test_the_error_summary_has_the_focus(desk):
    page = desk(make_user("admin")).open("/catalogue/")

    assert page.evaluate("document.activeElement.id") == "form-errors"
