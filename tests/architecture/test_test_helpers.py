"""The helpers that other tests trust do see what they are there to see."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from tests.helpers import query_counts
from tests.helpers.race import race, wins


@pytest.fixture
def own_baselines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep baselines of a test in its own file."""
    file = tmp_path / "query_counts.json"
    monkeypatch.setattr(query_counts, "BASELINES", file)
    monkeypatch.delenv("UPDATE_QUERIES", raising=False)
    return file


@pytest.mark.django_db
def test_an_additional_query_breaks_its_baseline(own_baselines: Path):
    query_counts.write_baseline("people", 1)
    people = get_user_model().objects
    me = people.create(username="me")

    with query_counts.query_baseline("people"):
        people.count()
    with (
        pytest.raises(AssertionError, match="2 statements, baseline 1"),
        query_counts.query_baseline("people"),
    ):
        list(people.prefetch_related("groups").filter(pk=me.pk))


@pytest.mark.django_db
def test_a_list_without_a_baseline_fails(own_baselines: Path):
    with (
        pytest.raises(AssertionError, match="no baseline"),
        query_counts.query_baseline("people"),
    ):
        get_user_model().objects.count()


@pytest.mark.django_db
def test_no_baseline_may_pass_the_limit(own_baselines: Path):
    query_counts.write_baseline("people", 2)

    with (
        pytest.raises(AssertionError, match="at most 0 allowed"),
        query_counts.query_baseline("people", most=0),
    ):
        get_user_model().objects.count()


@pytest.mark.django_db
def test_a_baseline_is_written_on_purpose_only(
    own_baselines: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("UPDATE_QUERIES", "1")

    with query_counts.query_baseline("people"):
        get_user_model().objects.count()

    assert query_counts.read_baselines() == {"people": 1}


@pytest.mark.django_db(transaction=True)
def test_competitors_have_connections_of_their_own():
    def own_connection() -> object:
        connection.ensure_connection()
        return connection.connection

    outcomes = race([own_connection, own_connection])

    assert wins(outcomes) == 2
    # The objects are held, not their ids: the id of one that is gone may be given out again.
    opened = [*(outcome.value for outcome in outcomes), connection.connection]
    assert len({id(one) for one in opened}) == 3


def test_a_competitor_that_fails_is_told_apart():
    def refuse() -> None:
        raise ValueError("sold out")

    outcomes = race([refuse, lambda: "sold"])

    assert [outcome.won for outcome in outcomes] == [False, True]
    assert str(outcomes[0].error) == "sold out"


def test_a_competitor_that_never_ends_is_reported():
    forever = threading.Event()

    with pytest.raises(TimeoutError):
        race([forever.wait], timeout_s=0.05)
    forever.set()
