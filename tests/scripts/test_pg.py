"""A cluster starts, keeps what was committed through a crash, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from scripts.pg import FAST, Cluster


@pytest.fixture
def cluster(worker_id: str) -> Iterator[Cluster]:
    """Return a cluster of its own that is removed after the test."""
    own = Cluster(f"selftest-{worker_id}")
    own.remove()
    yield own
    own.remove()


@pytest.mark.postgres
def test_a_cluster_survives_a_kill_with_its_commits(cluster: Cluster):
    url = cluster.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE note (id int)")
        connection.execute("INSERT INTO note VALUES (7)")
        durable = connection.execute("SHOW fsync").fetchone()

    cluster.kill()
    cluster.start()

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT id FROM note").fetchall() == [(7,)]
    assert durable == ("on",)


@pytest.mark.postgres
def test_a_removed_cluster_leaves_no_files_and_no_process(cluster: Cluster):
    cluster.start()
    assert cluster.pid() is not None

    cluster.remove()

    assert cluster.pid() is None
    assert not cluster.root.exists()


@pytest.mark.postgres
def test_the_fast_form_trades_durability_and_says_so(cluster: Cluster):
    fast = Cluster(cluster.name, FAST)

    with psycopg.connect(fast.start()) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)
