from __future__ import annotations

import pytest

from config import wiring
from tests.core.events import listeners

PATH = "tests.core.events.listeners"


@pytest.fixture(autouse=True)
def wired_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    listeners.HEARD.clear()
    handlers = {
        "test.heard": (f"{PATH}.hear",),
        "test.written": (f"{PATH}.write_down",),
        "test.both": (f"{PATH}.hear", f"{PATH}.write_down"),
        "test.poisonous": (f"{PATH}.refuse_poison",),
        "test.unheard": (),
    }
    for name, paths in handlers.items():
        monkeypatch.setitem(wiring.EVENT_HANDLERS, name, paths)
