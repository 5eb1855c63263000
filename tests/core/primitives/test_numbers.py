from __future__ import annotations

import os
import threading

import pytest
from django.db import connection, transaction

from config import wiring
from core import numbers
from core.models import DocumentNumber
from core.number_kinds import NumberKind
from tests.helpers.race import ALL_COME_S, Meeting, race


@pytest.fixture(autouse=True)
def wired_kind(monkeypatch) -> None:
    monkeypatch.setitem(wiring.NUMBERS, "test", NumberKind("T", first=1, block=5))


@pytest.fixture
def prepared(db) -> None:
    numbers.prepare()


@pytest.mark.django_db
def test_numbers_begin_with_the_prefix_and_never_repeat(prepared):
    taken = numbers.take("test", 12) + [numbers.take("test")[0] for _ in range(12)]

    assert len(set(taken)) == 24
    assert all(number.startswith("T") and number[1:].isdigit() for number in taken)


@pytest.mark.django_db
def test_an_unknown_kind_is_refused():
    with pytest.raises(numbers.UnknownNumberKind):
        numbers.take("nonsense")


@pytest.mark.django_db
def test_a_block_serves_many_takes_without_asking_the_database(prepared, django_assert_num_queries):
    first = numbers.take("test")

    with django_assert_num_queries(0):
        later = numbers.take("test", 4)

    assert len({*first, *later}) == 5


@pytest.mark.django_db(transaction=True)
def test_numbers_of_a_rolled_back_transaction_are_not_given_out_twice():
    numbers.prepare()
    with transaction.atomic():
        numbers.take("test", 3)
        transaction.set_rollback(True)
    with transaction.atomic():
        kept = numbers.take("test", 3)
        with transaction.atomic():
            numbers.take("test", 7)
            transaction.set_rollback(True)
        kept += numbers.take("test", 9)
    kept += numbers.take("test", 9)

    assert len(set(kept)) == 21


@pytest.mark.django_db(transaction=True)
def test_a_forked_child_does_not_use_the_blocks_of_its_parent(monkeypatch):
    numbers.prepare()
    mine = numbers.take("test")
    parent = os.getpid()
    monkeypatch.setattr(numbers.os, "getpid", lambda: parent + 1)

    theirs = numbers.take("test", 10)

    assert set(mine) & set(theirs) == set()


@pytest.mark.django_db(transaction=True)
def test_rel_c_13_many_takers_never_get_the_same_number():
    numbers.prepare()

    def take_many() -> list[str]:
        taken = []
        for _ in range(40):
            with transaction.atomic():
                taken += numbers.take("test", 3)
        return taken

    outcomes = race([take_many] * 8)

    assert [outcome.error for outcome in outcomes] == [None] * 8
    taken = [number for outcome in outcomes for number in outcome.value]
    assert len(set(taken)) == len(taken) == 8 * 40 * 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rel_c_13_control_reading_then_adding_gives_numbers_out_twice():
    numbers.prepare()

    meeting = Meeting(patience_s=ALL_COME_S)

    def take_badly() -> int:
        row = DocumentNumber.objects.get(kind="test")
        meeting.wait()
        DocumentNumber.objects.filter(kind="test").update(next_value=row.next_value + 1)
        return row.next_value

    outcomes = race([take_badly] * 4)

    assert len({outcome.value for outcome in outcomes}) < 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_taking_a_number_never_waits_for_another_transaction():
    numbers.prepare()
    taken: list[str] = []

    def take_elsewhere() -> None:
        taken.extend(numbers.take("test", 20))
        connection.close()

    with transaction.atomic():
        numbers.take("test", 20)
        other = threading.Thread(target=take_elsewhere)
        other.start()
        other.join(ALL_COME_S)

    assert len(taken) == 20
