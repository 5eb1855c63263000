from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.pg import Cluster
from tests.kill.stack import Stack, running_stack


@pytest.fixture(scope="session")
def kill_cluster() -> Iterator[Cluster]:
    """A durable PostgreSQL of our own, that tests may shoot at; one for each test process."""
    cluster = Cluster(f"kill-{os.environ.get('PYTEST_XDIST_WORKER', 'lone')}")
    cluster.remove()
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="module")
def stack(kill_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running installation on that PostgreSQL, with a short time limit for jobs."""
    folder: Path = tmp_path_factory.mktemp("installation")
    with running_stack(kill_cluster.url, folder, QUAYSIDE_JOB_SECONDS="5") as running:
        yield running


@pytest.fixture(scope="module")
def lone_stack(kill_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The same with a single ordinary worker."""
    folder: Path = tmp_path_factory.mktemp("installation")
    limits = {"QUAYSIDE_JOB_SECONDS": "5", "QUAYSIDE_WORKERS": "1"}
    with running_stack(kill_cluster.url, folder, **limits) as running:
        yield running
