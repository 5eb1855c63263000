"""Read a file once from end to end, in small pieces, before anything trusts it.

The scan unpacks gzip, counts bytes against the limits, hashes, and tells the encoding from all of
the file, not from its head: an export often has its first Chinese name in row 40,000.
"""

from __future__ import annotations

import codecs
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from django.utils.translation import gettext as _

from core.imports.limits import (
    MEBIBYTE,
    FileRefused,
    Limits,
    megabytes,
    too_large,
    unpacks_too_large,
)

PIECE_BYTES = 256 * 1024
SAMPLE_BYTES = 256 * 1024
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_OTHER_MAGICS = {b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"Rar!": "RAR"}

Container = Literal["text", "gzip", "xlsx"]


@dataclass(frozen=True)
class FileFacts:
    """What one scan found: the container, the encoding of text, sizes in bytes, the hash."""

    container: Container
    encoding: str
    packed_bytes: int
    unpacked_bytes: int
    sha256: str


def container_of(head: bytes) -> Container:
    """Tell the container from the first bytes.

    Raises:
        FileRefused: the bytes are those of an old workbook, a picture, a PDF or an archive.
    """
    if not head:
        raise FileRefused(_("The file is empty. Choose another one."), reason="FILE_EMPTY")
    if head.startswith(GZIP_MAGIC):
        return "gzip"
    if head.startswith(ZIP_MAGIC):
        return "xlsx"
    if head.startswith(OLE_MAGIC):
        text = _("This is an old Excel workbook (.xls). Save it as .xlsx or CSV and upload that.")
        raise FileRefused(text, reason="OLD_WORKBOOK")
    for magic, name in _OTHER_MAGICS.items():
        if head.startswith(magic):
            text = _("This is a %(name)s file, not a table. Upload CSV, TSV or XLSX.")
            raise FileRefused(text % {"name": name}, reason="NOT_A_TABLE")
    return "text"


def packed_pieces(source: BinaryIO) -> Iterator[bytes]:
    """Yield the stored bytes in pieces."""
    while piece := source.read(PIECE_BYTES):
        yield piece


def unpacked_pieces(source: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """Yield the bytes inside a gzip file (several members are read in turn).

    Raises:
        FileRefused: it unpacks to more than the limits allow, is damaged, or ends too early.
    """
    unpacker = zlib.decompressobj(wbits=31)
    packed = unpacked = 0
    for piece in packed_pieces(source):
        packed += len(piece)
        waiting = piece
        while waiting:
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)
            try:
                out = unpacker.decompress(waiting, PIECE_BYTES)
            except zlib.error as error:
                raise _damaged() from error
            unpacked += len(out)
            if _beyond(unpacked, packed, limits):
                raise unpacks_too_large(limits.unpacked_bytes)
            yield out
            waiting = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if not unpacker.eof:
        text = _("The compressed file ends too early: part of it is missing. Upload it again.")
        raise FileRefused(text, reason="TRUNCATED")


def _beyond(unpacked: int, packed: int, limits: Limits) -> bool:
    """Say whether the unpacked size breaks the cap, or grows as only a bomb does."""
    if unpacked > limits.unpacked_bytes:
        return True
    return unpacked > 16 * MEBIBYTE and unpacked > packed * limits.unpacking_ratio


def _damaged() -> FileRefused:
    text = _("The compressed file is damaged. Pack it again, or upload it without compression.")
    return FileRefused(text, reason="DAMAGED")


class _Scanner:
    """Collects what the whole file tells: longest line, UTF-8 or not, a sample of other bytes."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.head = b""
        self.size = 0
        self.lines = 0
        self.tail_bytes = 0
        self.is_utf8 = True
        self.utf8 = codecs.getincrementaldecoder("utf-8")("strict")
        self.sample = bytearray()

    def take(self, piece: bytes) -> None:
        """Look at the next piece of the unpacked text."""
        if len(self.head) < SAMPLE_BYTES:
            self.head += piece[: SAMPLE_BYTES - len(self.head)]
        self.size += len(piece)
        self._measure_lines(piece)
        if self.is_utf8:
            try:
                self.utf8.decode(piece)
            except UnicodeDecodeError:
                self.is_utf8 = False
        if len(self.sample) < SAMPLE_BYTES and not piece.isascii():
            self.sample += piece

    def _measure_lines(self, piece: bytes) -> None:
        lines = piece.split(b"\n")
        longest = max((len(line) for line in lines), default=0)
        first = self.tail_bytes + len(lines[0])
        if max(longest, first) > self.limits.line_bytes:
            at = self.lines + 1
            text = _(
                "Line %(line)s has more than %(limit)s MB and was not read. "
                "A closing quote may be missing before it, or this is not a table."
            )
            size = megabytes(self.limits.line_bytes)
            raise FileRefused(text % {"line": at, "limit": size}, reason="LINE_TOO_LONG", line=at)
        self.lines += len(lines) - 1
        self.tail_bytes = first if len(lines) == 1 else len(lines[-1])

    def finish(self) -> str:
        """Return the encoding of the text seen."""
        if self.is_utf8:
            try:
                self.utf8.decode(b"", final=True)
            except UnicodeDecodeError:
                self.is_utf8 = False
        return encoding_of(self.head, self.is_utf8, bytes(self.sample))


def encoding_of(head: bytes, is_utf8: bool, sample: bytes) -> str:
    """Name the encoding: by its mark, by zero bytes, as UTF-8, or as the likelier of two others.

    `sample` is made of pieces of the file that hold bytes beyond ASCII.
    """
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    if is_utf8:
        return "utf-8"
    return "gb18030" if reads_as_chinese(sample) else "cp1252"


def reads_as_chinese(sample: bytes) -> bool:
    """Say whether bytes beyond ASCII come in pairs of GB18030.

    In Chinese text nearly every such byte has a neighbour of its kind; in Western text accented
    letters stand between plain ones.
    """
    paired = single = position = 0
    size = len(sample)
    while position < size:
        byte = sample[position]
        if byte < 0x80:
            position += 1
        elif position + 1 < size and sample[position + 1] >= 0xA1 and byte >= 0x81:
            paired += 2
            position += 2
        elif position + 3 < size and 0x30 <= sample[position + 1] <= 0x39:
            paired += 2
            position += 4
        else:
            single += 1
            position += 1
    return paired > 2 * single


def scan(path: Path, limits: Limits, *, uploaded: bool = False) -> FileFacts:
    """Read the file once and return its facts; no more than a few pieces are in memory.

    `uploaded` applies the limit of uploads as well; a file named on the command line may be larger.

    Raises:
        FileRefused: too large, too long a line, damaged, cut short, or not a table.
    """
    packed_bytes = path.stat().st_size
    if uploaded and packed_bytes > limits.upload_bytes:
        raise too_large(packed_bytes, limits.upload_bytes)
    with path.open("rb") as source:
        container = container_of(source.read(8))
        source.seek(0)
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        if container == "xlsx":
            return FileFacts("xlsx", "", packed_bytes, packed_bytes, digest)
        source.seek(0)
        scanner = _Scanner(limits)
        pieces = unpacked_pieces(source, limits) if container == "gzip" else packed_pieces(source)
        for piece in pieces:
            scanner.take(piece)
            if scanner.size > limits.unpacked_bytes:
                raise unpacks_too_large(limits.unpacked_bytes)
    encoding = scanner.finish()
    return FileFacts(container, encoding, packed_bytes, scanner.size, digest)
