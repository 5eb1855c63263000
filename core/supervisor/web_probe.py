"""Ask the web server for a sign of life, from a thread of its own so that nothing else waits."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass, field

PROBE_EVERY_SECONDS = 5.0
PROBE_TIMEOUT_SECONDS = 5.0


@dataclass(slots=True)
class WebProbe:
    """Remembers when the web server last answered `/healthz`, in monotonic seconds."""

    address: str
    answered_at: float = field(default_factory=time.monotonic)
    has_answered: bool = False
    _end: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin to ask, until `stop`."""
        threading.Thread(target=self._ask_for_ever, name="web-probe", daemon=True).start()

    def stop(self) -> None:
        """Ask no more."""
        self._end.set()

    def is_silent(self, limit: float, start_limit: float) -> bool:
        """Say whether nothing came for `limit` s, or `start_limit` s before the first answer."""
        silent = time.monotonic() - self.answered_at
        return silent > (limit if self.has_answered else start_limit)

    def forgive(self) -> None:
        """Count silence from now on, as after a restart."""
        self.answered_at = time.monotonic()
        self.has_answered = False

    def _ask_for_ever(self) -> None:
        while not self._end.wait(PROBE_EVERY_SECONDS):
            if self.ask():
                self.answered_at = time.monotonic()
                self.has_answered = True

    def ask(self) -> bool:
        """Say whether the server answers now. Any answer counts, even a refusal."""
        connection = http.client.HTTPConnection(self.address, timeout=PROBE_TIMEOUT_SECONDS)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
