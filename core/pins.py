"""Which PINs are taken: digits enough, and none of those that people try first."""

from __future__ import annotations

import itertools

from core.errors import InputRefused, gettext_noop

MINIMUM = 6
MAXIMUM = 12
#: Patterns of the keypad and numbers everybody knows that no rule below finds.
KNOWN = frozenset(
    {
        "102030", "112233", "112358", "121314", "123654", "131415", "141421", "142536", "147258",
        "147852", "159357", "159753", "223344", "246810", "258369", "271828", "314159", "332211",
        "357159", "369258", "445566", "456123", "520131", "556677", "654123", "741852", "753159",
        "789456", "852456", "951753", "963852",
    }
)  # fmt: skip


class PinShape(InputRefused):
    """Something other than digits, too few of them or too many."""

    code = "PIN_SHAPE"
    text = gettext_noop("A PIN is %(minimum)s to %(maximum)s digits: this one is not.")


class PinGuessable(InputRefused):
    """A row of digits that people try first."""

    code = "PIN_GUESSABLE"
    text = gettext_noop(
        "This PIN is easy to guess: digits in a row, a repeat or a well-known number. "
        "Choose another one."
    )


def check(pin: str) -> None:
    """Let a PIN pass that is worth typing.

    Raises:
        PinShape: it is not 6 to 12 digits.
        PinGuessable: it is a run, a repeat, of two digits only, or a well-known number.
    """
    if not (pin.isascii() and pin.isdigit() and MINIMUM <= len(pin) <= MAXIMUM):
        raise PinShape(minimum=MINIMUM, maximum=MAXIMUM)
    if pin in KNOWN or len(set(pin)) < 3 or _is_run(pin) or _repeats(pin):
        raise PinGuessable


def _is_run(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    return len(steps) == 1


def _repeats(pin: str) -> bool:
    sizes = (size for size in range(1, len(pin) // 2 + 1) if len(pin) % size == 0)
    return any(pin == pin[:size] * (len(pin) // size) for size in sizes)
