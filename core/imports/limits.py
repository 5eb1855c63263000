"""What a file may be at most, and the refusal that names the limit it breaks."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.errors import InputRefused

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of an accepted file; every one is checked while reading, before memory grows."""

    upload_bytes: int = 64 * MEBIBYTE
    unpacked_bytes: int = 512 * MEBIBYTE
    text_table_bytes: int = 24 * MEBIBYTE  # a workbook's shared texts, which stay in memory
    unpacking_ratio: int = 200
    rows: int = 2_000_000
    columns: int = 512
    line_bytes: int = MEBIBYTE
    cell_chars: int = 32_767


class FileRefused(InputRefused):
    """The file as a whole can't be read; nothing of it was written."""

    code = "FILE_REFUSED"


def megabytes(count: int) -> str:
    """Say a size in whole megabytes, at least 1."""
    return str(max(1, round(count / MEBIBYTE)))


def too_large(size: int, limit: int) -> FileRefused:
    """Return the refusal of a file above the upload limit."""
    text = _("The file has %(size)s MB, the limit is %(limit)s MB. Split it, or compress it.")
    return FileRefused(
        text % {"size": megabytes(size), "limit": megabytes(limit)}, reason="FILE_TOO_LARGE"
    )


def unpacks_too_large(limit: int) -> FileRefused:
    """Return the refusal of a compressed file that grows beyond the limit."""
    text = _(
        "The file unpacks to more than %(limit)s MB and was closed. "
        "Export the rows that matter, or split it."
    )
    return FileRefused(text % {"limit": megabytes(limit)}, reason="UNPACKS_TOO_LARGE")
