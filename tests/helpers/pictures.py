"""Pictures as a phone takes them, and files that only look like one."""

from __future__ import annotations

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def photo(kind: str = "JPEG", name: str = "x.jpg", size: tuple[int, int] = (32, 24)) -> object:
    """Return an upload with a real picture in it."""
    held = BytesIO()
    Image.new("RGB", size, (180, 40, 40)).save(held, kind)
    return SimpleUploadedFile(name, held.getvalue(), content_type="image/jpeg")


def upload(content: bytes, name: str = "x.jpg") -> object:
    """Return an upload of these bytes, said to be a picture."""
    return SimpleUploadedFile(name, content, content_type="image/jpeg")
