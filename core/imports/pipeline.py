"""Run a file through its kind: preview, apply in chunks, each chunk one transaction, undo.

A batch remembers how many chunks it has written, in the transaction that writes them. So a run
that was killed, or stopped by a person, goes on where it stood, and two runs of one batch can't
write the same chunk.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, files
from core.actors import Actor
from core.errors import StateConflict
from core.imports import grouping
from core.imports.fields import ColumnMapping, RowReader, check_mapping, mapping_from_json
from core.imports.intake import facts_of
from core.imports.kinds import (
    Applied,
    Group,
    ImportContext,
    ImportKind,
    ImportSession,
    TablePass,
    UndoReport,
    Verdict,
    get_kind,
)
from core.imports.kinds import Change as RowChange
from core.imports.problems import Problem
from core.imports.reading import TableFile, open_table
from core.models.imports import ImportBatch, ImportChange, ImportIssue, ImportRow

KEPT_ISSUES = 100_000
KEPT_ROWS = 200_000
Progress = Callable[[int, int, str], None]
Status = ImportBatch.Status


class ImportConflict(StateConflict):
    """The import does not stand in a state from which this step leads."""

    code = "IMPORT_STATE_CONFLICT"


class ImportedBefore(StateConflict):
    """The same content was imported before with the same settings."""

    code = "IMPORTED_BEFORE"


@dataclass(frozen=True)
class Run:
    """Everything one pass over the file of a batch needs."""

    batch: ImportBatch
    kind: ImportKind
    table: TableFile
    session: ImportSession
    reader: RowReader
    rows: int
    last_line: dict[str, int]
    found: TablePass

    def chunks(self) -> Iterator[list[Group]]:
        """Yield the groups of the file, in the same chunks every time."""
        stream = grouping.groups(
            self.table, self.reader, self.found, group_field=self.kind.group_field
        )
        return grouping.chunked(stream)


def silent(_done: int, _total: int, _text: str) -> None:
    """Report progress to nobody."""


def file_path(batch: ImportBatch) -> Path:
    """Return where the stored file of a batch lies."""
    with files.open_stored(batch.file) as stored:
        return Path(stored.name)


def mapping_of(batch: ImportBatch, kind: ImportKind) -> ColumnMapping:
    """Return the mapping of a batch, its run options laid over the mapping's own."""
    return mapping_from_json({**batch.mapping, **batch.options}, kind.fields, kind.options)


def run_key(batch: ImportBatch) -> str:
    """Return the hash that makes the same content, source, mapping and options one run."""
    parts = [batch.kind, batch.source, batch.file.sha256, batch.mapping, batch.options]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def open_run(batch: ImportBatch, *, actor: Actor, now: dt.datetime) -> Run:
    """Open the file and the session of a batch; reads the whole file once.

    Raises:
        FileRefused: the file can't be read to its end.
        MappingRefused: the mapping does not fit the file.
    """
    kind = get_kind(batch.kind)
    mapping = mapping_of(batch, kind)
    table = open_table(file_path(batch))
    check_mapping(mapping, table.columns, kind.fields)
    found = grouping.first_pass(
        table, mapping, group_field=kind.group_field, texts=kind.text_fields
    )
    context = _context(batch, mapping, table.columns, actor=actor, now=now)
    session = kind.open(context, found)
    reader = RowReader(kind.fields, mapping, table.columns)
    return Run(batch, kind, table, session, reader, found.rows, found.last_line, found)


def _context(
    batch: ImportBatch,
    mapping: ColumnMapping,
    columns: tuple[str, ...],
    *,
    actor: Actor,
    now: dt.datetime,
) -> ImportContext:
    return ImportContext(
        batch_id=batch.pk,
        source=batch.source,
        file_sha256=batch.file.sha256,
        mapping=mapping,
        columns=columns,
        actor=actor,
        at=now,
    )


def preview(
    batch_id: int, *, actor: Actor, now: dt.datetime, progress: Progress = silent
) -> ImportBatch:
    """Read the file of a batch and store what applying it would do; nothing else is written.

    Repeatable: a second preview replaces the first.

    Raises:
        FileRefused: the file can't be read to its end.
        ImportConflict: the batch was applied already.
    """
    batch = _move(batch_id, {Status.UPLOADED, Status.CHECKING, Status.CHECKED}, Status.CHECKING)
    run = open_run(batch, actor=actor, now=now)
    with transaction.atomic():
        ImportRow.objects.filter(batch=batch).delete()
        ImportIssue.objects.filter(batch=batch).delete()
    tally, done, issues, kept = Counter[str](), 0, 0, 0
    for chunk in run.chunks():
        verdicts = run.session.check(chunk)
        _count(tally, verdicts)
        with transaction.atomic():
            if kept < KEPT_ROWS:
                kept += _keep_rows(batch, verdicts)
            issues += _keep_issues(batch, verdicts, issues)
        done += sum(len(group.rows) for group in chunk)
        progress(done, run.rows, "")
    batch.status = Status.CHECKED
    batch.tally, batch.problem_count = _tally_json(tally, run.rows), issues
    batch.facts, batch.checked_at = facts_of(run.table), now
    batch.save(update_fields=["status", "tally", "problem_count", "facts", "checked_at"])
    return batch


def apply(
    batch_id: int, *, actor: Actor, now: dt.datetime, progress: Progress = silent
) -> ImportBatch:
    """Write the file of a batch, chunk by chunk; go on behind the last chunk of an earlier run.

    `progress` may raise to stop: what was written stays, the batch says how far it came.

    Raises:
        FileRefused: the file can't be read to its end; nothing was written.
        ImportedBefore: another batch imported the same content.
        ImportConflict: the batch is undone, or another run of it is ahead.
    """
    resumable = {
        Status.UPLOADED,
        Status.CHECKED,
        Status.APPLYING,
        Status.CANCELLED,
        Status.FAILED,
    }
    batch = ImportBatch.objects.select_related("file").get(pk=batch_id)
    _claim_key(batch)
    run = open_run(batch, actor=actor, now=now)
    batch = _move(batch_id, resumable, Status.APPLYING)
    if batch.chunks_applied == 0:
        with transaction.atomic():
            ImportIssue.objects.filter(batch=batch).delete()
            ImportBatch.objects.filter(pk=batch.pk).update(tally={}, problem_count=0)
        batch.tally, batch.problem_count = {}, 0
    done = 0
    for number, chunk in enumerate(run.chunks()):
        if number >= batch.chunks_applied:
            _apply_chunk(batch, run, number, chunk)
        done += sum(len(group.rows) for group in chunk)
        progress(done, run.rows, "")
    return _finish(batch, run, actor=actor, now=now)


def _apply_chunk(batch: ImportBatch, run: Run, number: int, chunk: list[Group]) -> None:
    with transaction.atomic():
        applied = run.session.apply(chunk)
        tally = Counter[str](batch.tally.get("counts", {}))
        _count(tally, applied.verdicts)
        issues = _keep_issues(batch, applied.verdicts, batch.problem_count)
        _keep_changes(batch, applied)
        batch.tally = _tally_json(tally, run.rows)
        batch.problem_count += issues
        written = ImportBatch.objects.filter(
            pk=batch.pk, chunks_applied=number, status=Status.APPLYING
        ).update(chunks_applied=number + 1, tally=batch.tally, problem_count=batch.problem_count)
        if not written:
            raise ImportConflict(
                _("Another run of this import is at work. Wait for it, or stop it first.")
            )
    batch.chunks_applied = number + 1


def _finish(batch: ImportBatch, run: Run, *, actor: Actor, now: dt.datetime) -> ImportBatch:
    with transaction.atomic():
        # Only the run that ends the batch says so; one that was overtaken finds it ended.
        rows = ImportBatch.objects.filter(pk=batch.pk).exclude(status=Status.APPLIED)
        if not rows.update(status=Status.APPLIED, applied_at=now):
            batch.refresh_from_db()
            return batch
        run.session.finish()
        batch.status, batch.applied_at = Status.APPLIED, now
        batch.tally = _tally_json(Counter[str](batch.tally.get("counts", {})), run.rows)
        batch.facts, batch.error = facts_of(run.table), ""
        batch.save(update_fields=["status", "applied_at", "tally", "facts", "error"])
        audit.record(
            actor=actor,
            action="imports.applied",
            target=f"import:{batch.pk}",
            after={"kind": batch.kind, "source": batch.source, "counts": batch.tally["counts"]},
            at=now,
        )
    return batch


def look_again(batch_id: int, *, actor: Actor, now: dt.datetime) -> dict[str, int]:
    """Return the counts that a repeat of an applied batch gives; nothing is written."""
    batch = ImportBatch.objects.select_related("file").get(pk=batch_id)
    run = open_run(batch, actor=actor, now=now)
    tally = Counter[str]()
    for chunk in run.chunks():
        _count(tally, run.session.check(chunk))
    return _counts(tally, run.rows)


def undo(batch_id: int, *, actor: Actor, now: dt.datetime) -> ImportBatch:
    """Take back what a batch wrote; rows touched since stay and are listed in `undo_report`.

    Raises:
        ImportConflict: nothing of the batch was applied, or it is undone already.
    """
    with transaction.atomic():
        batch = _move(
            batch_id,
            {Status.APPLIED, Status.CANCELLED, Status.FAILED, Status.APPLYING, Status.UNDOING},
            Status.UNDOING,
        )
        kind = get_kind(batch.kind)
        context = _context(batch, mapping_of(batch, kind), (), actor=actor, now=now)
        changes = [
            RowChange(row.model, row.object_id, row.label, row.before, row.after)
            for row in ImportChange.objects.filter(batch=batch).order_by("-pk")
        ]
        report: UndoReport = kind.undo(context, changes)
        batch.status, batch.undone_at, batch.run_key = Status.UNDONE, now, None
        batch.undo_report = asdict(report)
        batch.save(update_fields=["status", "undone_at", "run_key", "undo_report"])
        audit.record(
            actor=actor,
            action="imports.undone",
            target=f"import:{batch.pk}",
            after={
                "restored": report.restored,
                "removed": report.removed,
                "touched": len(report.touched),
            },
            at=now,
        )
    return batch


def mark_stopped(batch_id: int, *, error: str = "") -> None:
    """Note that a run ended early: by a person, or by `error`. What it wrote stays."""
    status = Status.FAILED if error else Status.CANCELLED
    ImportBatch.objects.filter(pk=batch_id, status=Status.APPLYING).update(
        status=status, error=error
    )
    back = ImportBatch.objects.filter(pk=batch_id, status=Status.CHECKING)
    back.update(status=Status.FAILED if error else Status.UPLOADED, error=error)
    if error:
        ended = [Status.APPLIED, Status.UNDONE]
        ImportBatch.objects.filter(pk=batch_id).exclude(status__in=ended).update(error=error)


def _claim_key(batch: ImportBatch) -> None:
    key = run_key(batch)
    if batch.run_key == key:
        return
    earlier = ImportBatch.objects.filter(run_key=key).exclude(pk=batch.pk).first()
    if earlier is not None:
        text = _("This file was imported on %(day)s as import %(number)s. Undo that one first.")
        day = f"{earlier.created_at:%Y-%m-%d}"
        raise ImportedBefore(text % {"day": day, "number": earlier.pk}, batch_id=earlier.pk)
    ImportBatch.objects.filter(pk=batch.pk).update(run_key=key)
    batch.run_key = key


def _move(batch_id: int, expected: set[Status], target: Status) -> ImportBatch:
    moved = ImportBatch.objects.filter(pk=batch_id, status__in=sorted(expected)).update(
        status=target
    )
    batch = ImportBatch.objects.select_related("file").get(pk=batch_id)
    if not moved:
        text = _("The import is “%(state)s”; this step is not possible now.")
        raise ImportConflict(text % {"state": batch.get_status_display()})
    return batch


def _count(tally: Counter[str], verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        tally[f"objects_{verdict.outcome}"] += 1
        tally.update(verdict.tally)


def _tally_json(tally: Counter[str], lines_read: int) -> dict[str, object]:
    return {"lines_read": lines_read, "counts": _counts(tally, lines_read)}


def _counts(tally: Counter[str], lines_read: int) -> dict[str, int]:
    counts = {name: count for name, count in sorted(tally.items()) if count}
    return {**counts, "lines_read": lines_read}


def _keep_rows(batch: ImportBatch, verdicts: Sequence[Verdict]) -> int:
    rows = [
        ImportRow(
            batch=batch,
            line=verdict.line,
            key=verdict.key[:160],
            outcome=verdict.outcome,
            lines=verdict.lines,
            reason=verdict.reason[:40],
            diff={name: list(pair) for name, pair in verdict.diff.items()},
        )
        for verdict in verdicts
    ]
    ImportRow.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _keep_issues(batch: ImportBatch, verdicts: Sequence[Verdict], kept: int) -> int:
    problems: list[Problem] = [p for verdict in verdicts for p in verdict.problems]
    rows = [
        ImportIssue(
            batch=batch,
            line=problem.line,
            field=problem.field[:80],
            value=problem.value[:200],
            code=problem.code,
            message=problem.message[:300],
            fix=problem.fix[:300],
        )
        for problem in problems[: max(0, KEPT_ISSUES - kept)]
    ]
    ImportIssue.objects.bulk_create(rows, batch_size=500)
    return len(problems)


def _keep_changes(batch: ImportBatch, applied: Applied) -> None:
    """Store the changes; a row changed by an earlier chunk keeps its first `before`."""
    latest: dict[tuple[str, int], RowChange] = {}
    for change in applied.changes:
        first = latest.get((change.model, change.object_id))
        before = first.before if first else change.before
        latest[(change.model, change.object_id)] = RowChange(
            change.model, change.object_id, change.label, before, change.after
        )
    ImportChange.objects.bulk_create(
        [
            ImportChange(
                batch=batch,
                model=change.model,
                object_id=change.object_id,
                label=change.label,
                before=change.before,
                after=change.after,
            )
            for change in latest.values()
        ],
        batch_size=200,
        update_conflicts=True,
        unique_fields=["batch", "model", "object_id"],
        update_fields=["after"],
    )
