"""Two people at the risk desk: one response, one reversal; each control shows the failure."""

from __future__ import annotations

import pytest
from django.db import connection

from core.actors import Actor
from core.models import AuditEntry
from planning.models import RiskResponse
from planning.services import risk_responses
from planning.services.risk_errors import RiskKnown, RiskOver
from planning.services.risk_plans import SupplyEntry, plan
from suppliers.models import SupplierSku
from tests.factories.orders import NOW
from tests.factories.supplier_terms import make_goods, make_supplier
from tests.helpers.race import ALL_COME_S, Meeting, race, wins

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PEOPLE = (Actor("user", 7, "Anna"), Actor("user", 8, "Ben"))


@pytest.fixture
def entry():
    hill = make_supplier("HILL")
    tea = make_goods(hill)
    make_goods(make_supplier("LAKE"), tea.sku)
    return SupplyEntry(subject_kind="supplier", supplier_id=hill.pk, reason="Fire", delay_days=21)


def declare_both(entry, monkeypatch):
    meeting = Meeting(patience_s=ALL_COME_S)
    monkeypatch.setattr(risk_responses, "_write", meeting.before(risk_responses._write))
    digest = plan(entry).digest
    return race(
        [
            lambda who=who: risk_responses.declare(entry, digest=digest, actor=who, now=NOW)
            for who in PEOPLE
        ]
    )


def first_choice():
    return SupplierSku.objects.get(rank=1).supplier.code


def test_two_who_declare_the_same_make_one_response(entry, monkeypatch):
    outcomes = declare_both(entry, monkeypatch)

    assert wins(outcomes) == 1
    assert [type(one.error) for one in outcomes if one.error] == [RiskKnown]
    assert (RiskResponse.objects.count(), first_choice()) == (1, "LAKE")


def test_control_without_the_constraint_both_declare(entry, monkeypatch):
    guard = next(
        one for one in RiskResponse._meta.constraints if one.name == "riskresponse_one_active"
    )
    with connection.schema_editor() as editor:
        editor.remove_constraint(RiskResponse, guard)
    try:
        outcomes = declare_both(entry, monkeypatch)
        count = RiskResponse.objects.count()
        RiskResponse.objects.all().delete()
    finally:
        with connection.schema_editor() as editor:
            editor.add_constraint(RiskResponse, guard)

    assert (wins(outcomes), count) == (2, 2)


def reverse_both(entry):
    made = risk_responses.declare(entry, digest=plan(entry).digest, actor=PEOPLE[0], now=NOW)
    return race(
        [
            lambda who=who: risk_responses.reverse(made.pk, reason="Over", actor=who, now=NOW)
            for who in PEOPLE
        ]
    )


def reversals():
    return AuditEntry.objects.filter(action="planning.risk_reversed").count()


def test_two_who_take_it_back_do_so_once(entry):
    outcomes = reverse_both(entry)

    assert wins(outcomes) == 1
    assert [type(one.error) for one in outcomes if one.error] == [RiskOver]
    assert (reversals(), first_choice()) == (1, "HILL")


def test_control_looking_first_and_writing_later_takes_it_back_twice(entry, monkeypatch):
    meeting = Meeting(patience_s=ALL_COME_S)

    def look_then_write(response_id, reason, actor, now):
        row = RiskResponse.objects.get(pk=response_id)
        if row.state != "active":
            return 0
        meeting.wait()
        rows = RiskResponse.objects.filter(pk=response_id)
        return rows.update(state="reversed", reversed_at=now, reversed_by=actor.key)

    monkeypatch.setattr(risk_responses, "_end", look_then_write)

    outcomes = reverse_both(entry)

    assert (wins(outcomes), reversals()) == (2, 2)
