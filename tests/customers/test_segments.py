"""Segments come with the customers' file until planning computes them."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM
from core.imports import pipeline
from customers.models import Customer
from tests.core.imports.batches import batch_of
from tests.factories.inventory import NOW

pytestmark = pytest.mark.django_db


def test_a_file_gives_new_and_known_customers_their_segment_and_undo_takes_it_back(tmp_path):
    apply(tmp_path, "customer_id,name,segment\nC-1,Ada,\nC-2,Ben,loyal\n")

    batch = apply(tmp_path, "customer_id,name,segment\nC-1,Ada,VIP\nC-2,Ben,\nC-3,Cleo,VIP\n")

    assert segments() == {"Ada": "VIP", "Ben": "loyal", "Cleo": "VIP"}
    pipeline.undo(batch.pk, actor=SYSTEM, now=NOW)
    assert segments() == {"Ada": "", "Ben": "loyal"}


def apply(folder, text):
    batch = batch_of(folder, text, "customers", source="shop")
    return pipeline.apply(batch.pk, actor=SYSTEM, now=NOW)


def segments() -> dict[str, str]:
    return dict(Customer.objects.values_list("name", "segment"))
