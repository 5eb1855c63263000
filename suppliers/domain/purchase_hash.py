"""The fingerprint of what was submitted; an approval is bound to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def content_hash(snapshot: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a snapshot as 64 hex digits; the order of its keys does not matter.

    Raises:
        TypeError: the snapshot holds anything JSON lacks (a Decimal, a date): write texts.
    """
    text = json.dumps(snapshot, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain(number: Decimal) -> str:
    """Return a decimal as text without trailing zeros, the same for 1.5 and 1.500000."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
