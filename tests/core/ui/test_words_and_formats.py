"""State words, numbers, money and days in both languages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from core import formats, icons, words

KINDS = {"idle", "step", "info", "ok", "warn", "danger", "hold", "over", "critical"}
ORDER_WORDS = {
    "new": ("New", "新订单"),
    "attention": ("Needs attention", "待处理"),
    "held": ("On hold", "暂停"),
    "routed": ("Routed", "已分仓"),
    "released": ("Released", "已下发"),
    "picking": ("Picking", "拣货中"),
    "packed": ("Packed", "已打包"),
    "shipped": ("Shipped", "已发货"),
    "delivered": ("Delivered", "已签收"),
    "cancelled": ("Cancelled", "已取消"),
    "returned_part": ("Part returned", "部分退货"),
    "returned": ("Returned", "已退货"),
}
APRIL = dt.date(2026, 4, 23)


@pytest.mark.parametrize("state", sorted(ORDER_WORDS))
def test_order_states_have_the_words_of_the_glossary(state):
    english, chinese = ORDER_WORDS[state]
    with translation.override("en"):
        assert str(words.word("order", state).text) == english
    with translation.override("zh-hans"):
        assert str(words.word("order", state).text) == chinese


@pytest.mark.parametrize("kind", sorted(words.WORDS))
def test_every_state_has_a_chip_kind_a_glyph_and_a_chinese_word(kind):
    for code, state in words.WORDS[kind].items():
        assert state.code == code
        assert state.kind in KINDS
        assert icons.shape(state.glyph)
        with translation.override("zh-hans"):
            assert not str(state.text).isascii(), f"{kind} {code} has no Chinese word"


def test_an_unknown_state_keeps_its_code_as_words():
    assert str(words.word("order", "not_there_yet").text) == "Not there yet"


def test_choices_follow_the_order_given():
    assert [code for code, _text in words.choices("job", "dead", "running")] == ["dead", "running"]


def test_an_unknown_icon_is_refused():
    with pytest.raises(icons.UnknownIcon):
        icons.shape("no-such-icon")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (Decimal("131.7"), "EUR", "EUR 131.70"),
        (Decimal("1284"), "CNY", "CNY 1,284.00"),
        (Decimal("1234567"), "JPY", "JPY 1,234,567"),
        (Decimal("-6"), "EUR", "EUR \u2212 6.00"),
        (Decimal("1.5"), "KWD", "KWD 1.500"),
    ],
)
def test_money_has_its_code_first_and_its_own_digits(amount, currency, expected):
    with translation.override("en"):
        assert formats.money(amount, currency) == expected


@pytest.mark.parametrize(
    ("language", "first", "last", "expected"),
    [
        ("en", APRIL, APRIL, "Thu 23 Apr"),
        ("en", APRIL, dt.date(2026, 4, 25), "Thu 23 \u2013 Sat 25 Apr"),
        ("en", dt.date(2026, 4, 30), dt.date(2026, 5, 2), "Thu 30 Apr \u2013 Sat 2 May"),
        ("zh-hans", APRIL, APRIL, "4月23日 周四"),
        ("en", dt.date(2027, 3, 31), dt.date(2027, 3, 31), "31 Mar 2027"),
    ],
)
def test_days_are_written_as_people_say_them(language, first, last, expected):
    with translation.override(language):
        assert formats.day_range(first, last, as_of=APRIL) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [(38, "38 min"), (102, "1 h 42 min"), (1620, "1 d 3 h")]
)
def test_a_span_shows_its_two_largest_units(minutes, expected):
    with translation.override("en"):
        assert formats.span(dt.timedelta(minutes=minutes)) == expected


def render(source: str, **context) -> str:
    """Return a template text rendered with the interface tags."""
    with translation.override("en"):
        return Template("{% load ui %}" + source).render(Context(context))


def test_a_chip_is_a_glyph_and_a_word_without_inline_style():
    html = render('{% chip "order" "picking" %}')

    assert "chip-step" in html
    assert "<svg" in html
    assert html.endswith("Picking</span>")
    assert "style=" not in html


def test_a_moment_shows_the_zone_asked_for_and_utc_in_the_tooltip():
    at = dt.datetime(2026, 4, 21, 14, 0, tzinfo=dt.UTC)

    html = render('{% moment at "Europe/Amsterdam" %}', at=at)

    assert "21 Apr 16:00" in html or "16:00<" in html
    assert "2026-04-21 14:00 UTC" in html


def test_what_is_missing_is_a_dash():
    html = render('{% money none "EUR" %}{% qty none %}{% day none %}{% moment none %}', none=None)

    assert html == "\u2014" * 4


def test_a_picture_is_the_same_for_the_same_key():
    assert render('{% picture "TEA" 32 %}') == render('{% picture "TEA" 32 %}')
    assert render('{% picture "TEA" 32 "Rose tea" %}').count('aria-label="Rose tea"') == 1


def test_names_give_initials():
    assert ">LY<" in render('{% avatar "Lin Yue" %}')
    assert ">\u6797<" in render('{% avatar "\u6797\u60a6" %}')
