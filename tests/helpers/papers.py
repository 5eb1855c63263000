"""Read printed pages back: as text, as pixels, as the codes a scanner finds on them."""

from __future__ import annotations

import io
import re

import numpy as np
import pypdfium2
import zxingcpp
from pypdf import PdfReader


def text_of(pdf: bytes) -> str:
    """Return all text of a PDF, with single blanks."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def codes_of(pdf: bytes) -> set[tuple[str, str]]:
    """Return (format, text) of each code on the pages, seen as a 203 dpi printer prints them."""
    found = set()
    for page in pypdfium2.PdfDocument(pdf):
        picture = page.render(scale=203 / 72).to_pil()
        found |= {(code.format.name, code.text) for code in zxingcpp.read_barcodes(picture)}
    return found


def size_of(pdf: bytes) -> tuple[int, int]:
    """Return width and height of the first page in dots of 203 per inch."""
    box = PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    return round(float(box.width) * 203 / 72), round(float(box.height) * 203 / 72)


def codes_of_svg(page: str) -> set[tuple[str, str]]:
    """Return (format, text) of the code that a page draws as upright black bars in SVG."""
    width = int(re.search(r'viewBox="0 0 (\d+) 60"', page)[1])
    picture = np.full((60, width), 255, dtype=np.uint8)
    for x, wide in re.findall(r'<rect x="(\d+)" width="(\d+)" height="60" fill="#000"', page):
        picture[:, int(x) : int(x) + int(wide)] = 0
    seen = np.kron(picture, np.ones((3, 3), dtype=np.uint8))
    return {(code.format.name, code.text) for code in zxingcpp.read_barcodes(seen)}
