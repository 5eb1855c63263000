from __future__ import annotations

from pathlib import Path

import pytest

from core import files
from core.models import StoredFile

pytestmark = pytest.mark.django_db


def path_of(stored: StoredFile, settings) -> Path:
    return Path(settings.MEDIA_ROOT) / stored.path


def test_a_file_is_kept_under_a_random_name_and_reads_back(settings):
    stored = files.store(b"label", "label 1.pdf", "label", content_type="application/pdf")

    assert files.read(stored) == b"label"
    assert stored.open().read() == b"label"
    assert "label 1" not in stored.path
    assert stored.size_bytes == 5


def test_the_same_content_is_kept_once_per_kind_and_name():
    first = files.store(b"label", "a.pdf", "label")

    assert files.store(b"label", "a.pdf", "label").pk == first.pk
    assert files.store(b"label", "b.pdf", "label").pk != first.pk
    assert files.store(b"other", "a.pdf", "label").pk != first.pk


def test_a_changed_file_is_noticed(settings):
    stored = files.store(b"label", "a.pdf", "label")
    path_of(stored, settings).write_bytes(b"forged")

    with pytest.raises(files.FileDamaged, match="changed"):
        files.read(stored)


def test_a_missing_file_is_named(settings):
    stored = files.store(b"label", "a.pdf", "label")
    path_of(stored, settings).unlink()

    with pytest.raises(files.FileDamaged, match="missing"):
        files.read(stored)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\r\nSet-Cookie: x.csv", "a_Set-Cookie_ x.csv"),
        ("", "file"),
        ("茶" * 300 + ".pdf", "茶" * 146 + ".pdf"),
    ],
)
def test_a_name_keeps_no_path_and_no_header(given, kept):
    assert files.safe_name(given) == kept


def test_a_download_is_never_shown_inline():
    stored = files.store(b"<script>", "a.html", "upload", content_type="text/html")

    response = files.download(stored)

    assert response["Content-Disposition"] == 'attachment; filename="a.html"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
