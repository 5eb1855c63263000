"""Imports for the access matrix: people with scopes see their own runs only."""

from __future__ import annotations

from core import clock
from core.imports import intake
from core.models import ImportBatch, StoredFile
from tests.access.objects import ABSENT, Objects, kind
from tests.access.world import World


def make_batch(started_by: str, kind_code: str = "stock", source: str = "") -> ImportBatch:
    """Make an uploaded file; its content is in no folder, the row is enough."""
    stored = StoredFile.objects.create(
        kind=intake.FILE_KIND,
        name="stock.csv",
        sha256=f"{started_by:0>64}"[-64:] if started_by else "0" * 64,
        size_bytes=1,
        path=f"import/{started_by}/{StoredFile.objects.count()}",
        created_at=clock.now(),
    )
    return ImportBatch.objects.create(
        kind=kind_code,
        file=stored,
        file_name="stock.csv",
        source=source,
        facts={"columns": ["warehouse", "sku", "qty"]},
        started_by=started_by,
        created_at=clock.now(),
    )


@kind("import")
def _import(world: World) -> Objects:
    # Customers come from a channel; the order desk's is its own.
    kinds = {"order_desk": ("customers", world.own_channel)}
    rows = {
        name: make_batch(f"user:{user.pk}", *kinds.get(name, ("stock",))).pk
        for name, user in world.users.items()
    }
    foreign = make_batch("user:0").pk

    def own(principal: str) -> dict[str, object]:
        return {"pk": rows.get(principal, rows["admin"])}

    return Objects(own, {"pk": foreign}, {"pk": ABSENT})
