"""Reading scans: commands, GS1, GTINs, codes of ours, and everything else without an error."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.gs1 import APPLICATION_IDENTIFIERS, check_digit, check_digit_holds
from core.scanning import GROUP_SEPARATOR, build_gs1, parse_scan, read_date

KINDS = {"command", "gs1", "gtin", "internal", "text", "empty"}
PROBLEMS = {
    "",
    "EMPTY_SCAN",
    "UNKNOWN_COMMAND",
    "GTIN_CHECK_DIGIT",
    "UNKNOWN_AI",
    "EMPTY_VALUE",
    "WRONG_LENGTH",
    "TOO_LONG",
    "NOT_DIGITS",
    "CHECK_DIGIT",
    "NO_SUCH_DATE",
}


def with_check_digit(body: str) -> str:
    """Return the body with its check digit."""
    return f"{body}{check_digit(body)}"


def test_a_gs1_label_gives_gtin_expiry_and_lot():
    scan = parse_scan("]C1010061414100001217270331" + "10R2406")

    assert (scan.kind, scan.gtin, scan.lot) == ("gs1", "00614141000012", "R2406")
    assert scan.expires_on == dt.date(2027, 3, 31)
    assert scan.problem == ""


def test_a_group_separator_ends_a_variable_value():
    scan = parse_scan(f"10R2406{GROUP_SEPARATOR}3012{GROUP_SEPARATOR}21SN1")

    assert (scan.lot, scan.qty, scan.get("21")) == ("R2406", 12, "SN1")


def test_the_bracketed_form_for_people_is_read():
    scan = parse_scan("(01)00614141000012(10)R2406(37)24")

    assert (scan.gtin, scan.lot, scan.qty) == ("00614141000012", "R2406", 24)


def test_day_zero_is_the_last_day_of_the_month():
    assert read_date("280200", year=2026) == dt.date(2028, 2, 29)


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("760101", 2026, dt.date(2076, 1, 1)),  # 50 ahead
        ("770101", 2026, dt.date(1977, 1, 1)),  # 51 ahead: 49 back
        ("000101", 2051, dt.date(2100, 1, 1)),  # 51 back: 49 ahead
        ("310231", 2026, None),
        ("261301", 2026, None),
    ],
)
def test_the_century_lies_within_49_years_back_and_50_ahead(text, year, expected):
    assert read_date(text, year=year) == expected


def test_net_weight_takes_its_decimals_from_the_identifier():
    scan = parse_scan(f"3103001250{GROUP_SEPARATOR}10A")

    assert scan.get("3103") == Decimal("1.250")


def test_a_wrong_check_digit_is_said_and_the_gtin_is_not_used():
    scan = parse_scan("]C10100614141000013")

    assert (scan.problem, scan.gtin) == ("CHECK_DIGIT", "")


def test_an_unknown_identifier_is_shown_and_not_fatal():
    scan = parse_scan(f"10R2406{GROUP_SEPARATOR}99INTERNAL")

    assert scan.lot == "R2406"
    assert [(part.ai, part.problem) for part in scan.elements][1] == ("99IN", "UNKNOWN_AI")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("4006381333931", "04006381333931"),
        ("10614141000019", "10614141000019"),
    ],
)
def test_gtins_of_every_length_become_14_digits(raw, code):
    scan = parse_scan(raw)

    assert (scan.kind, scan.gtin) == ("gtin", code)


def test_a_number_with_a_wrong_check_digit_stays_a_code_with_its_doubt():
    scan = parse_scan("4006381333930")

    assert (scan.kind, scan.code, scan.problem) == ("text", "4006381333930", "GTIN_CHECK_DIGIT")


def test_commands_are_read_in_any_case():
    assert parse_scan("cmd-qty-12\r").command == "QTY-12"
    assert parse_scan("CMD-??").problem == "UNKNOWN_COMMAND"


@pytest.mark.parametrize(
    ("raw", "what"), [("T-118", "tote"), ("BIN-A-03-12-B", "bin"), ("badge-7", "badge")]
)
def test_codes_of_ours_are_known_by_their_prefix(raw, what):
    scan = parse_scan(raw)

    assert (scan.kind, scan.what, scan.code) == ("internal", what, raw.upper())


def test_full_width_residue_of_an_input_method_is_made_plain():
    assert parse_scan("\uff34\uff0d\uff11\uff11\uff18").code == "T-118"


def test_two_glued_codes_are_one_unknown_text():
    scan = parse_scan("40063813339314006381333931")

    assert (scan.kind, scan.gtin) == ("text", "")


VALUES = {
    "check": lambda ai: st.from_regex(rf"\A[0-9]{{{ai.length - 1}}}\Z").map(with_check_digit),
    "date": lambda _ai: st.dates(dt.date(1980, 1, 1), dt.date(2070, 12, 31)).map(
        lambda day: f"{day:%y%m%d}"
    ),
    "count": lambda ai: st.from_regex(rf"\A[0-9]{{{ai.length if ai.fixed else 1},{ai.length}}}\Z"),
    "measure": lambda _ai: st.from_regex(r"\A[0-9]{6}\Z"),
    "text": lambda ai: st.text(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./", min_size=1, max_size=ai.length
    ),
}


@st.composite
def gs1_values(draw) -> dict[str, str]:
    """Draw one to five identifiers with valid values."""
    keys = draw(
        st.lists(
            st.sampled_from(sorted(APPLICATION_IDENTIFIERS)), min_size=1, max_size=5, unique=True
        )
    )
    values = {}
    for key in keys:
        known = APPLICATION_IDENTIFIERS[key]
        full = f"310{draw(st.integers(0, 6))}" if key == "310" else key
        values[full] = draw(VALUES[known.kind](known))
    return values


@settings(max_examples=3000)
@given(gs1_values())
def test_rel_p_03_generated_identifiers_come_back_unchanged(values):
    scan = parse_scan("]C1" + build_gs1(values))

    assert scan.kind == "gs1"
    assert scan.problem == ""
    assert {part.ai: part.raw for part in scan.elements} == values


@settings(max_examples=1500)
@given(gs1_values(), st.data())
def test_rel_p_03_every_prefix_of_a_valid_code_parses_or_says_why(values, data):
    whole = "]C1" + build_gs1(values)
    cut = whole[: data.draw(st.integers(0, len(whole)))]

    scan = parse_scan(cut)

    assert scan.kind in KINDS
    assert scan.problem in PROBLEMS
    assert all(part.problem in PROBLEMS for part in scan.elements)


@settings(max_examples=3000)
@given(
    st.one_of(st.text(max_size=80), st.binary(max_size=80).map(lambda raw: raw.decode("latin1")))
)
def test_rel_p_04_garbage_never_raises(raw):
    scan = parse_scan(raw)

    assert scan.kind in KINDS
    assert scan.problem in PROBLEMS
    assert len(scan.raw) <= 4096


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " \r\n",
        "\x00\x01\x02",
        "\U0001f4e6" * 500,
        "A" * 4096,
        "\x1d" * 4096,
        "(01)" * 1000,
        "\u4f60\u597d",
        "]C1",
        "]C1\x1d\x1d",
        "00" * 2000,
        "\u0663" * 14,
    ],
)
def test_rel_p_04_the_known_kinds_of_garbage(raw):
    scan = parse_scan(raw)

    assert scan.gtin == ""
    assert scan.command == ""


@given(st.from_regex(r"\A[0-9]{7}\Z"), st.integers(1, 9))
def test_one_wrong_digit_breaks_the_check_digit(body, step):
    code = with_check_digit(body)
    wrong = code[:-1] + str((int(code[-1]) + step) % 10)

    assert check_digit_holds(code)
    assert not check_digit_holds(wrong)
