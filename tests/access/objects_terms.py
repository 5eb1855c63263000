"""Suppliers with goods, people and papers, and agreements, for the access matrix."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from core import files
from suppliers.models import Agreement, Supplier, SupplierContact, SupplierDocument
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.factories.core import NOW
from tests.factories.supplier_terms import make_agreement, make_goods, make_supplier

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


def _supplier() -> Supplier:
    return make_supplier(f"TERMS-{next(_numbers)}")


@kind("supplier")
def _suppliers(world: World) -> Objects:
    return by_pk(_supplier())


@kind("supplier-contact")
def _contacts(world: World) -> Objects:
    owner = _supplier()
    return by_pk(SupplierContact.objects.create(supplier=owner, name="Li Wei", phone="+86 1"))


@kind("supplier-goods")
def _goods(world: World) -> Objects:
    return by_pk(make_goods(_supplier(), breaks={1: "73.918273"}))


@kind("supplier-document")
def _documents(world: World) -> Objects:
    def added(_principal: str) -> dict[str, object]:
        # Each test has a media folder of its own, so the file is written when it is asked for.
        paper = SupplierDocument.objects.create(
            supplier=_supplier(),
            kind="certificate",
            title="CE",
            document=files.store(b"%%PDF-1.4 %d" % next(_numbers), "ce.pdf", "supplier_document"),
            added_at=NOW,
            added_by="user:1",
        )
        return {"pk": paper.pk}

    return Objects(added, None, {"pk": ABSENT})


def _agreement() -> Agreement:
    goods = make_goods(_supplier(), breaks={1: "73.918273"})
    return make_agreement(goods.supplier, {goods.sku: "73.92"}, cap_qty=500)


@kind("agreement")
def _agreements(world: World) -> Objects:
    return by_pk(_agreement())


@kind("api-agreement")
def _api_agreements(world: World) -> Objects:
    return Objects({"pk": f"agr_{_agreement().pk}"}, None, {"pk": f"agr_{ABSENT}"})


@kind("api-supplier")
def _api_suppliers(world: World) -> Objects:
    return Objects({"pk": f"sup_{_supplier().pk}"}, None, {"pk": f"sup_{ABSENT}"})
