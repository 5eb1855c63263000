"""Photos that people send: checked by content, drawn anew, without what the camera wrote."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO, Final, Protocol

from PIL import Image, ImageOps

from core.errors import InputRefused, gettext_noop

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_PIXELS: Final = 60_000_000
#: The longer side of what is kept.
SIDE_PX: Final = 1_600
QUALITY: Final = 82
CONTENT_TYPE: Final = "image/jpeg"
_KINDS: Final = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"))


class PhotoRefused(InputRefused):
    """An upload is no photo that can be kept."""

    code = "PHOTO_REFUSED"
    text = gettext_noop("This is no JPEG or PNG photo. Take another one.")


class PhotoTooLarge(PhotoRefused):
    """An upload has too many bytes or pixels."""

    code = "PHOTO_TOO_LARGE"
    text = gettext_noop("This photo has more than 8 MB. Take a smaller one.")


class Upload(Protocol):
    """What a form hands over."""

    size: int | None
    file: BinaryIO

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""

    def seek(self, offset: int, /) -> int:
        """Go to a byte."""


def clean(upload: Upload) -> bytes:
    """Return an upload as a JPEG of at most 1600 px, turned upright, without place or camera.

    Raises:
        PhotoTooLarge: it has more than 8 MB or 60 million pixels.
        PhotoRefused: it is no JPEG or PNG, or can't be read.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise PhotoTooLarge
    upload.seek(0)
    content = upload.read(MOST_BYTES + 1)
    kind = next((name for mark, name in _KINDS if content.startswith(mark)), None)
    if kind is None:
        raise PhotoRefused
    try:
        return _drawn(content, kind)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PhotoRefused from error


def _drawn(content: bytes, kind: str) -> bytes:
    with Image.open(BytesIO(content), formats=[kind]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise PhotoTooLarge
        picture.draft("RGB", (SIDE_PX, SIDE_PX))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((SIDE_PX, SIDE_PX))
    held = BytesIO()
    plain = Image.frombytes("RGB", upright.size, upright.tobytes())
    plain.save(held, "JPEG", quality=QUALITY)
    return held.getvalue()
