"""Pick faces in the office: index, form, end, refills, and a file of them."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from core.actors import SYSTEM
from core.imports import pipeline
from core.models import AuditEntry
from core.models.imports import ImportIssue
from inventory.models import PickFace, ReplenishTask
from inventory.services import replenishing
from inventory.services.replenishing import FaceDraft
from tests.core.imports.batches import batch_of
from tests.factories import core as people
from tests.factories import moves
from tests.factories.inventory import NOW, make_bin, make_sku, make_warehouse, put_stock
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
HEADER = "warehouse,bin,sku,min_qty,max_qty\n"


@pytest.fixture
def place():
    """LA with TEA: 3 in the face A-01, 40 in bulk."""
    place = make_warehouse("LA")
    tea = make_sku("TEA")
    put_stock(tea, 3, at_bin=make_bin(place, "A-01"))
    put_stock(tea, 40, at_bin=make_bin(place, "B-01", kind="bulk"))
    return place


@pytest.fixture
def manager(client):
    return people.sign_in(client, people.make_user("warehouse_manager"))


def add(manager, **changes):
    form = {"warehouse": "LA", "bin": "a-01", "sku": "TEA", "min_qty": "5", "max_qty": "12"}
    return manager.post(reverse("pick-face-new"), form | changes)


def test_a_face_is_added_changed_shown_and_ended(place, manager):
    added = add(manager)
    face = PickFace.objects.get()
    url = reverse("pick-face", args=[face.pk])
    replenishing.plan(place.pk, at=NOW)
    page = manager.get(url).content.decode()
    index = manager.get(reverse("pick-faces-index"), {"tab": "low"}).content.decode()
    refills = manager.get(reverse("refills-index")).content.decode()
    changed = manager.post(url, {"min_qty": "2", "max_qty": "20"})
    refused = manager.post(url, {"min_qty": "9", "max_qty": "9"})
    ended = manager.post(reverse("pick-face-end", args=[face.pk]))

    assert added["Location"] == changed["Location"] == ended["Location"] == url
    figures = re.findall(r"<b>\s*(?:<[^>]+>)?\s*(\d+)", page)
    assert figures[-2:] == ["3", "9"]  # in the bin; on the way: up to 12
    assert refills.count("B-01") == 1
    assert "A-01" in index
    assert "TEA" in index
    assert (refused.status_code, "a most above its least" in refused.content.decode()) == (
        422,
        True,
    )
    face.refresh_from_db()
    assert (face.min_qty, face.max_qty, face.is_active) == (2, 20, False)
    task = ReplenishTask.objects.get()
    assert (task.state, task.reason) == ("cancelled", "PICK_FACE_ENDED")
    assert replenishing.plan(place.pk, at=NOW) == []
    actions = AuditEntry.objects.filter(target_kind="bin").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "inventory.pick_face_set",
        "inventory.pick_face_set",
        "inventory.pick_face_ended",
    ]
    again = manager.get(url).content.decode()
    assert "This pick face is ended" in again
    add(manager)
    assert PickFace.objects.get().is_active


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"bin": "Z-99"}, "Nothing is called Z-99 here."),
        ({"sku": "NOPE"}, "Nothing is called NOPE here."),
        ({"max_qty": "5"}, "a most above its least"),
        ({"min_qty": "-1"}, "min_qty"),
    ],
)
def test_a_face_that_can_not_be_comes_back_with_the_reason(place, manager, changes, text):
    answer = add(manager, **changes)

    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not PickFace.objects.exists()


def test_who_only_looks_sees_no_form_and_writes_nothing(place, client):
    face = replenishing.save_faces(
        [FaceDraft(place.bins.get(code="A-01").pk, make_sku("CUP").pk, 1, 2)],
        actor=SYSTEM,
        at=NOW,
    )[0]
    auditor = people.sign_in(client, people.make_user("auditor"))
    url = reverse("pick-face", args=[face.pk])

    page = auditor.get(url).content.decode()
    refused = auditor.post(url, {"min_qty": "2", "max_qty": "20"})

    assert "Save pick face" not in page
    assert refused.status_code == 403
    face.refresh_from_db()
    assert (face.min_qty, face.max_qty) == (1, 2)


def test_the_index_asks_a_constant_number_of_questions(manager):
    place = make_warehouse("LA")
    manager.get(reverse("stock-index"))  # the first page of a session writes the session
    for number in range(2):
        moves.empty_face(place=place)
        replenishing.plan(place.pk, at=NOW)
        with query_baseline("pick-faces-index"):
            faces = manager.get(reverse("pick-faces-index"))
        with query_baseline("refills-index"):
            refills = manager.get(reverse("refills-index"))
        assert faces.content.decode().count("In use") == number + 1
        assert refills.content.decode().count("ready") == number + 1


def test_a_file_of_faces_is_checked_applied_and_taken_back(place, tmp_path):
    make_sku("CUP")
    add_one = FaceDraft(place.bins.get(code="A-01").pk, make_sku("JAM").pk, 1, 4)
    jam = replenishing.save_faces([add_one], actor=SYSTEM, at=NOW)[0]
    text = HEADER + (
        "LA,A-01,TEA,5,12\nLA,A-01,JAM,2,6\nLA,Z-9,TEA,1,2\nLA,A-01,CUP,7,7\nLA,A-01,NO,1,2\n"
    )
    batch = batch_of(tmp_path, text, "pick-faces")
    batch = pipeline.apply(batch.pk, actor=SYSTEM, now=NOW)

    counts = batch.tally["counts"]
    jam.refresh_from_db()
    assert (counts["lines_read"], counts["lines_imported"]) == (5, 2)
    assert (jam.min_qty, jam.max_qty) == (2, 6)
    tea = PickFace.objects.get(sku__code="TEA")
    assert (tea.min_qty, tea.max_qty) == (5, 12)
    issues = ImportIssue.objects.filter(batch=batch).order_by("pk")
    assert list(issues.values_list("line", "field", "code")) == [
        (4, "bin", "UNKNOWN_CODE"),
        (5, "max_qty", "BAD_FACE"),
        (6, "sku", "UNKNOWN_CODE"),
    ]

    pipeline.undo(batch.pk, actor=SYSTEM, now=NOW)

    jam.refresh_from_db()
    tea.refresh_from_db()
    assert (jam.min_qty, jam.max_qty, jam.is_active) == (1, 4, True)
    assert not tea.is_active
