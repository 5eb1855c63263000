"""A QR code as a picture, for screens that are held under a scanner."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image
from reportlab.graphics.barcode.qr import QrCodeWidget

#: Modules of white around the code, without which scanners see nothing (ISO/IEC 18004).
QUIET: Final = 4


def png(text: str, *, module: int = 8) -> bytes:
    """Return the QR code (level M) of `text` as a PNG; `module` is one square in pixels.

    The same text gives the same bytes.
    """
    code = QrCodeWidget(text, barLevel="M", barBorder=0).qr
    code.make()
    side = code.getModuleCount()
    picture = Image.new("1", (side + 2 * QUIET, side + 2 * QUIET), 1)
    for row in range(side):
        for column in range(side):
            if code.isDark(row, column):
                picture.putpixel((column + QUIET, row + QUIET), 0)
    wide = picture.width * module
    buffer = io.BytesIO()
    picture.resize((wide, wide), Image.Resampling.NEAREST).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
