"""A scanner without a browser: sends what a device of the floor sends."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.clock import now


@dataclass(frozen=True)
class Scanner:
    """One page of the floor that takes scans: the client, its screen, and the task it shows."""

    client: Client
    screen: str
    task: str = ""

    def send(self, raw: str, scan_id: uuid.UUID | None = None) -> HttpResponse:
        """Send one scan as the page does and return the answer."""
        scan = {
            "scan_id": str(scan_id or uuid.uuid4()),
            "task": self.task,
            "raw": raw,
            "at": now().isoformat(),
        }
        return self.post(json.dumps(scan))

    def post(self, body: str | bytes) -> HttpResponse:
        """Post a body of any shape, as a device would."""
        return self.client.post(
            reverse("floor-scan", args=[self.screen]),
            body,
            content_type="application/json",
            headers={"Accept": "application/json"},
        )

    def scan(self, raw: str, scan_id: uuid.UUID | None = None) -> dict[str, Any]:
        """Send one scan and return what the answer says."""
        answer = self.send(raw, scan_id)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def verdicts(self, *raws: str) -> list[tuple[str, str]]:
        """Scan one code after the other and return (verdict, code) of each."""
        answers = [self.scan(raw) for raw in raws]
        return [(answer["verdict"], answer["code"]) for answer in answers]
