"""Import batches from a text, as an upload makes them."""

from __future__ import annotations

from pathlib import Path

from core.actors import SYSTEM
from core.imports import intake
from core.models import ImportBatch
from tests.factories.inventory import NOW


def batch_of(folder: Path, text: str, kind: str, *, source: str = "", **options) -> ImportBatch:
    """Accept a text as an uploaded CSV of this kind; options are laid over its mapping."""
    path = folder / "upload.csv"
    path.write_text(text, encoding="utf-8")
    upload = intake.Upload(path, "upload.csv", kind, source)
    batch = intake.accept(upload, actor=SYSTEM, now=NOW)
    if options:
        batch.mapping = {**batch.mapping, **options}
        batch.save(update_fields=["mapping"])
    return batch
