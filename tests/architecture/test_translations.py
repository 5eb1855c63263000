"""Every English text has its Chinese; a missing one is seen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scripts import messages

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def small_product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the tool at a product of one module and one template."""
    monkeypatch.setattr(messages, "PROJECT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    catalogue = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    monkeypatch.setattr(messages, "CATALOGUE", catalogue)
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "words.py").write_text(
        'label = _("Ship %(count)d orders")\nverb = pgettext("button", "Ship")\n'
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        '{% translate "Hold" %}{% blocktranslate count n=n %}{{ n }} unit{% plural %}'
        "{{ n }} units{% endblocktranslate %}"
    )
    (tmp_path / "locale" / "parts").mkdir(parents=True)
    return tmp_path


def write_part(product: Path, **words: str) -> None:
    """Write translations of the small product."""
    texts = {
        "hold": 'msgid "Hold"\n',
        "ship": 'msgctxt "button"\nmsgid "Ship"\n',
        "ship_many": 'msgid "Ship %(count)d orders"\n',
    }
    entries = "".join(f'{texts[key]}msgstr "{word}"\n\n' for key, word in words.items())
    unit = 'msgid "%(n)s unit"\nmsgid_plural "%(n)s units"\nmsgstr[0] "%(n)s 件"\n'
    (product / "locale" / "parts" / "one.po").write_text(HEADER + entries + unit, encoding="utf-8")


def test_the_catalogue_of_the_product_is_complete(capsys: pytest.CaptureFixture[str]):
    failed = messages.main(["check"])

    assert failed == 0, capsys.readouterr().out


def test_texts_of_modules_and_templates_are_found(small_product: Path):
    found = {(found.context, found.text) for found in messages.in_sources()}

    assert found == {
        (None, "Ship %(count)d orders"),
        ("button", "Ship"),
        (None, "Hold"),
        (None, ("%(n)s unit", "%(n)s units")),
    }


def test_a_complete_catalogue_passes_and_is_compiled(small_product: Path):
    write_part(small_product, hold="暂停", ship="发货", ship_many="发 %(count)d 单")

    assert messages.main(["update"]) == 0
    assert messages.main(["check"]) == 0
    assert messages.CATALOGUE.with_suffix(".mo").stat().st_size > 0


def test_a_missing_translation_is_found(small_product: Path, capsys: pytest.CaptureFixture[str]):
    write_part(small_product, hold="暂停", ship_many="发 %(count)d 单")

    assert messages.main(["update"]) == 1
    assert "missing: 'Ship' (orders/words.py)" in capsys.readouterr().out


def test_a_translation_with_other_placeholders_is_found(
    small_product: Path, capsys: pytest.CaptureFixture[str]
):
    write_part(small_product, hold="暂停", ship="发货", ship_many="发 %(number)d 单")

    assert messages.main(["update"]) == 1
    assert "1 broken" in capsys.readouterr().out


def test_a_new_text_makes_the_catalogue_stale(small_product: Path):
    write_part(small_product, hold="暂停", ship="发货", ship_many="发 %(count)d 单")
    messages.main(["update"])

    (small_product / "orders" / "words.py").write_text('label = _("Pack")\n')

    assert messages.main(["check"]) == 1


def test_a_translation_outlives_its_part_file(small_product: Path):
    write_part(small_product, hold="暂停", ship="发货", ship_many="发 %(count)d 单")
    messages.main(["update"])

    shutil.rmtree(small_product / "locale" / "parts")

    assert messages.main(["check"]) == 0
