"""What every test gets: frozen randomness, quick password hashes, files of its own.

Sockets reach this machine only (`--allow-hosts` in pyproject.toml).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from core import navigation, numbers, settings_store
from orders.services import master_data
from tests.helpers import emptying, key_edges, lock_order

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SEED = 20260101

hypothesis_settings.register_profile(
    "quayside",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("quayside")


def pytest_configure(config: pytest.Config) -> None:
    """Swap what would make every test slow or leave traces outside the test folder."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    settings.SECURE_SSL_REDIRECT = False


def on_postgres() -> bool:
    """Return whether this run is against PostgreSQL."""
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to leave out what answers the same on every database."""
    parser.addoption(
        "--with-database",
        action="store_true",
        help="only tests that may touch the database; pytest-django stops all others from it",
    )
    parser.addoption(
        "--keys-gain-a-digit",
        action="store_true",
        help="let primary keys pass 9 or 99 within each test (PostgreSQL)",
    )


def may_touch_database(item: pytest.Item) -> bool:
    """Say whether the result of a test can depend on the database."""
    names = {mark.name for mark in item.iter_markers()}
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(names & {"django_db", "postgres"} or fixtures & {"db", "transactional_db"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what belongs to another run: PostgreSQL-only, long, browser and bench tests."""
    asked = config.getoption("markexpr") or ""
    unwanted = {name for name in ("long", "browser", "bench") if name not in asked}
    if not on_postgres():
        unwanted.add("postgres")
    kept, dropped = [], []
    for item in items:
        names = {mark.name for mark in item.iter_markers()}
        is_alike = config.getoption("--with-database") and not may_touch_database(item)
        (dropped if names & unwanted or is_alike else kept).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


@pytest.fixture(scope="session", autouse=True)
def emptied_tables() -> Iterator[None]:
    """Empty tables between tests quickly, append-only ones included."""
    with pytest.MonkeyPatch.context() as patch:
        emptying.empty_quickly(patch)
        yield


@pytest.fixture(autouse=True)
def forgotten_process_state() -> Iterator[None]:
    """Carry no setting, document number, language or time zone from one test to the next."""
    translation.deactivate()
    timezone.deactivate()
    settings_store.forget()
    numbers.forget_blocks()
    master_data.forget()
    master_data.SECONDS = 0.0
    yield
    settings_store.forget()


@pytest.fixture(autouse=True)
def locks_in_order() -> Iterator[list[str]]:
    """Let no transaction lock rows against the order of docs/locking.md; seen on PostgreSQL.

    A control that takes locks away clears the list.
    """
    if not on_postgres():
        yield []
        return
    with lock_order.watched() as found:
        yield found
    assert found == [], "\n".join(found)


@pytest.fixture(autouse=True)
def keys_at_the_edge(request: pytest.FixtureRequest) -> None:
    """Bring primary keys to where text and number sort differently, when asked to."""
    if request.config.getoption("--keys-gain-a-digit") and may_touch_database(request.node):
        request.getfixturevalue("django_db_setup")
        with request.getfixturevalue("django_db_blocker").unblock():
            key_edges.go_to_the_edge()


@pytest.fixture(autouse=True)
def frozen_chance() -> None:
    """Give every test the same random numbers, whatever ran before it."""
    random.seed(SEED)
    np.random.seed(SEED)  # library code draws from the global generator


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path: Path) -> Iterator[None]:
    """Keep uploads and mails of a test in its own folder, and its cache empty."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.ERASURE_LIST = tmp_path / "erasures.jsonl"
    cache.clear()
    navigation.target.cache_clear()  # a test may bring its own URLs
    yield
    cache.clear()
    navigation.target.cache_clear()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real public data, or skip: the one allowed skip of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("not run: no ../shared/data")
    return SHARED_DATA
