"""What the scan address knows of each floor screen: one `Desk` per kind of task.

A flow adds itself by a module of its own with a `DESK` and one line in `fulfillment.views.scans`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from core.actors import Actor
from core.permissions import Principal
from fulfillment.services.scan_desk import ScanAnswer


@dataclass(frozen=True, slots=True)
class ScanCall:
    """One scan as a desk gets it: what was read, by whom, where and when (aware UTC).

    `scan_id` is the device's own id of the scan: good for the event keys of what it books.
    """

    raw: str
    principal: Principal
    at: dt.datetime
    station_code: str = ""
    scan_id: str = ""

    @property
    def actor(self) -> Actor:
        """Who scanned."""
        return self.principal.actor


@dataclass(frozen=True, slots=True)
class Desk:
    """One floor screen that takes scans for one kind of task.

    `screen` is the last part of the scan address, `task_kind` the kind of its task key
    (`carton:17`), `page` the URL name of the task's own page, `home` the one that follows
    `next_key="next"`. `rows` are the tasks this principal may work on. `card` is the context of
    `template`, the fragment that shows the task as it is after the scan.
    """

    screen: str
    capability: str
    task_kind: str
    page: str
    home: str
    template: str
    rows: Callable[[Principal], QuerySet[Any]]
    scan: Callable[[Any, ScanCall], ScanAnswer]
    card: Callable[[Model, ScanCall], dict[str, Any]]
