"""A small reader of ZPL, written from the language's rules and not from our writer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

HEX = re.compile(rb"_([0-9A-Fa-f]{2})")


@dataclass
class Field:
    """One printed field: what draws it, and its data after the printer's own decoding."""

    kind: str = "text"
    data: str = ""
    x: int = 0
    y: int = 0


@dataclass
class Label:
    commands: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)

    def of(self, kind: str) -> list[str]:
        return [one.data for one in self.fields if one.kind == kind]


KINDS = {"^BC": "code128", "^BQ": "qr", "^GB": "box", "^GF": "picture"}


def read(zpl: bytes) -> Label:
    """Return what a printer would do: every ^ or ~ begins a command, wherever it stands."""
    label, current, is_hex = Label(), Field(), False
    for mark, name, rest in re.findall(rb"([\^~])([A-Z@][A-Z0-9@])([^\^~]*)", zpl):
        command = (mark + name).decode()
        label.commands.append(command)
        if command == "^FO":
            x, y, *_justify = rest.strip().decode("ascii").split(",")
            current, is_hex = Field(x=int(x), y=int(y)), False
        elif command == "^FH":
            is_hex = True
        elif command in KINDS:
            current.kind = KINDS[command]
            current.data = rest.strip().decode("ascii")
        elif command == "^FD":
            current.data = _field_data(rest.rstrip(b"\n"), current.kind, is_hex)
        elif command == "^FS":
            label.fields.append(current)
            current, is_hex = Field(), False
    return label


def _field_data(raw: bytes, kind: str, is_hex: bool) -> str:
    plain = HEX.sub(lambda hit: bytes.fromhex(hit[1].decode()), raw) if is_hex else raw
    text = plain.decode("utf-8")
    return text.partition(",")[2] if kind == "qr" else text


def picture_size(data: str) -> tuple[int, int]:
    """Return (width, height) in dots of a ^GFA picture, after checking its own arithmetic."""
    kind, declared, total, row_bytes, dots = data.split(",")
    assert kind == "A"
    assert declared == total
    assert len(dots) == 2 * int(total)
    assert int(total) % int(row_bytes) == 0
    assert set(dots) <= set("0123456789ABCDEF")
    return 8 * int(row_bytes), int(total) // int(row_bytes)
