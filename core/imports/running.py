"""Run a file from the command line or another service, without a preview, once per content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.actors import Actor
from core.imports import intake, pipeline
from core.imports.kinds import ImportKind
from core.imports.reading import open_table
from core.models.imports import ImportBatch


@dataclass(frozen=True)
class FileRun:
    """What is to be run: a file, the kind and its source, the mapping, and options of the run."""

    path: Path
    kind: ImportKind
    source: str
    mapping: Mapping[str, Any]
    options: Mapping[str, Any]


@dataclass(frozen=True)
class RunReport:
    """The batch, its counts by name, and whether the same run had been made before."""

    batch: ImportBatch
    counts: Mapping[str, int]
    repeated: bool

    def grouped(self) -> dict[str, Any]:
        """Return the counts with `set_aside:REASON` joined under `lines_set_aside`."""
        prefix = "set_aside:"
        plain = {name: n for name, n in self.counts.items() if not name.startswith(prefix)}
        aside = {
            name.removeprefix(prefix): n
            for name, n in sorted(self.counts.items())
            if name.startswith(prefix)
        }
        return {**plain, "lines_set_aside": aside}


def run_file(
    run: FileRun,
    *,
    actor: Actor,
    now: dt.datetime,
    progress: pipeline.Progress = pipeline.silent,
) -> RunReport:
    """Apply a file, or go on with a run that stopped; a run that is done is only counted again.

    Raises:
        FileRefused: the file can't be read; nothing was written.
        MappingRefused: the mapping does not fit the file.
    """
    batch = _batch(run, actor=actor, now=now)
    if batch.status == ImportBatch.Status.APPLIED:
        counts = pipeline.look_again(batch.pk, actor=actor, now=now)
        return RunReport(batch, counts, repeated=True)
    try:
        batch = pipeline.apply(batch.pk, actor=actor, now=now, progress=progress)
    except BaseException as error:
        pipeline.mark_stopped(batch.pk, error=type(error).__name__)
        raise
    return RunReport(batch, batch.tally["counts"], repeated=False)


def _batch(run: FileRun, *, actor: Actor, now: dt.datetime) -> ImportBatch:
    open_table(run.path)
    draft = ImportBatch(
        kind=run.kind.code,
        source=run.source,
        file=intake.store(run.path, run.path.name),
        file_name=run.path.name[-intake.MAX_NAME :],
        mapping=dict(run.mapping),
        options=dict(run.options),
        started_by=actor.key,
        created_at=now,
    )
    earlier = ImportBatch.objects.filter(run_key=pipeline.run_key(draft)).first()
    if earlier is not None:
        return earlier
    pipeline.mapping_of(draft, run.kind)
    draft.save()
    return draft
