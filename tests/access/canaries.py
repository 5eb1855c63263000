"""Canaries: figures and words that stand nowhere else, planted in a company and looked for.

Prices get in where the services read them (the lists and agreements of all suppliers, freight
bills, invoices), so orders, approvals, claims, cost layers, papers and the audit log carry them or
their multiples by themselves.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse

from customers.models import Customer, CustomerAddress
from inventory.models import Sku, Warehouse
from orders.models import Order
from returns.views import portal_status
from suppliers.models import (
    AgreementLine,
    InvoiceLine,
    ListPrice,
    Supplier,
    SupplierContact,
    SupplierSku,
)
from suppliers.portal_page import SupplierPage
from tests.access import matrix
from tests.access.resolver import Url, all_urls
from tests.access.world import World
from tests.factories import costs
from tests.factories.inventory import make_bin, make_sku, put_stock
from tests.helpers import papers

#: What other suppliers ask for a unit. Units in the company's orders make multiples of it.
PRICE = Decimal("73.137131")
#: What a unit in stock cost, by its own record.
COST = Decimal("73.918273")
#: Freight bills and invoices.
BILL = Decimal("77.41")
UNITS = 918_273
NAME, CITY = "Canaryna Feather", "Canaryville"
STREET, PHONE, EMAIL = "7 Canary Perch Lane", "+1 555 0142 777", "canary@feather.example"
FOE, FOE_CODE, FOE_PERSON, FOE_MAIL = "Canary Foe", "FOE-CODE", "Foeman", "foe@canary.example"

CUSTOMER_WORDS = (NAME, CITY, STREET, PHONE, EMAIL)
RIVAL_WORDS = (FOE, FOE_CODE, FOE_PERSON, FOE_MAIL)
MULTIPLES = (1, 2, 3, 4, 5, 7, 10, 12, 15, 20)


def _figures(value: Decimal) -> set[str]:
    """Return how a figure may be written: in full, to four digits, to the cent."""
    found = {f"{value.quantize(Decimal(step)).normalize():f}" for step in ("1e-6", "1e-4", "1e-2")}
    return found | {f"{value.quantize(Decimal('0.01')):f}"}


def _pattern(values: Any) -> re.Pattern[str]:
    texts = sorted({text for value in values for text in _figures(value)}, key=len, reverse=True)
    return re.compile(r"(?<![\w.])(?:" + "|".join(map(re.escape, texts)) + r")0*(?!\w)")


PRICES = _pattern([*(PRICE * times for times in MULTIPLES), BILL])
COSTS = _pattern([COST * times for times in MULTIPLES])
STOCK = re.compile(r"(?<![\w.])918[,\s\u00a0\u202f]?273(?!\w)")


def sung(text: str, *patterns: re.Pattern[str], words: tuple[str, ...] = ()) -> list[str]:
    """Return the canaries in a text."""
    plain = text.replace(",", "")
    found = [match.group() for pattern in patterns for match in pattern.finditer(plain)]
    return sorted({*found, *(word for word in words if word in text)})


@contextmanager
def dear_prices(monkeypatch: Any) -> Iterator[None]:
    """While a company is built, every price of a supplier is a canary."""

    def dear(sender: Any, instance: Any, **_more: Any) -> None:
        if instance._state.adding and instance.unit_price is not None:
            instance.unit_price = BILL if sender is InvoiceLine else PRICE

    monkeypatch.setitem(costs.bill.__kwdefaults__, "amount", str(BILL))
    senders = (ListPrice, AgreementLine, InvoiceLine)
    for sender in senders:
        pre_save.connect(dear, sender=sender, dispatch_uid=f"canary:{sender.__name__}")
    try:
        yield
    finally:
        for sender in senders:
            pre_save.disconnect(sender=sender, dispatch_uid=f"canary:{sender.__name__}")


def plant(world: World) -> None:
    """Give customers, suppliers and stock of a company names and figures of their own."""
    Customer.objects.update(name=NAME, email=EMAIL, phone=PHONE)
    CustomerAddress.objects.update(name=NAME, city=CITY, line1=STREET, phone=PHONE)
    Order.objects.update(
        ship_name=NAME, ship_city=CITY, ship_line1=STREET, ship_phone=PHONE, email=EMAIL
    )
    number = Cast("pk", CharField())
    Supplier.objects.update(name=Concat(Value(f"{FOE} "), number))
    SupplierSku.objects.update(supplier_code=Concat(Value(f"{FOE_CODE}-"), number))
    SupplierContact.objects.update(
        name=Concat(Value(f"{FOE_PERSON} "), number), email=Concat(number, Value(FOE_MAIL))
    )
    sku = make_sku("CANARY-SKU", default_cost=COST, currency="EUR")
    here = Warehouse.objects.get(code=world.own_warehouse)
    put_stock(sku, UNITS, at_bin=make_bin(here, "CANARY-BIN"), unit_cost=COST)
    Sku.objects.filter(pk__in=SupplierSku.objects.values("sku_id")).update(default_cost=COST)


def text_of(response: Any) -> str:
    """Return what a person or program can read of an answer: its headers too."""
    content = b"".join(response)
    kind = response.get("Content-Type", "")
    head = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    if kind.startswith("application/pdf"):
        return f"{head} {papers.text_of(content)}"
    if "spreadsheetml" in kind or "zip" in kind:
        parts = zipfile.ZipFile(io.BytesIO(content))
        return head + " ".join(
            parts.read(name).decode(errors="replace") for name in parts.namelist()
        )
    return f"{head} {content.decode(errors='replace')}"


def is_suppliers(url: Url) -> bool:
    """Say whether a URL is a page that a supplier opens by its link."""
    found = getattr(url.view, "view_class", None)
    return found is not None and issubclass(found, SupplierPage)


def is_own_paper(url: Url) -> bool:
    """Say whether a URL is a paper of a return: it names the customer who opens it by the link."""
    found = getattr(url.view, "view_class", None)
    return found is not None and issubclass(found, portal_status.Paper)


def readable(role: str) -> list[Url]:
    """Return the URLs that may answer a role; what the holder of a secret link sees is its own."""
    rows = matrix.rows()
    found = []
    for url in all_urls():
        row = matrix.row_for(url.name, rows)
        if row is None or row.loose or is_suppliers(url) or is_own_paper(url):
            continue
        if any(role in who for who in row.allowed.values()):
            found.append(url)
    return found


def ask(client: Client, method: str, path: str, **more: Any) -> Any:
    """Send a request and undo what it did; cookies stay as they were."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    save = transaction.savepoint()
    try:
        return getattr(client, method)(path, **more)
    finally:
        transaction.savepoint_rollback(save)
        client.cookies.clear()
        for name, value in cookies.items():
            client.cookies[name] = value


def path_of(world: World, url: Url, role: str, **changed: Any) -> str:
    """Return a URL for the object of its row that is in reach of the role."""
    row = matrix.row_for(url.name, matrix_rows())
    assert row is not None
    return reverse(url.name, kwargs={**world.objects[row.object].own_of(role), **changed})


@cache
def matrix_rows() -> dict[str, matrix.Row]:
    return matrix.rows()


def pages(world: World, role: str, urls: Iterable[Url]) -> Iterator[tuple[str, str]]:
    """Yield what each URL answers to a role that only looks."""
    for url in urls:
        row = matrix.row_for(url.name, matrix_rows())
        if row is not None and role in row.allowed.get("get", ()):
            found = ask(world.clients[role], "get", path_of(world, url, role))
            yield f"GET {url.name}", text_of(found)


def answers_to(world: World, role: str, urls: Sequence[Url]) -> Iterator[tuple[str, str]]:
    """Yield what each URL answers a role: as page, as fragment, and to what it may send."""
    yield from pages(world, role, urls)
    client = world.clients[role]
    for url in urls:
        row = matrix.row_for(url.name, matrix_rows())
        path = path_of(world, url, role)
        is_api = path.startswith("/api/")
        if not is_api and role in row.allowed.get("get", ()):
            found = ask(client, "get", path, headers={"HX-Request": "true"})
            yield f"GET {url.name} (fragment)", text_of(found)
        if role in row.allowed.get("post", ()):
            json: dict[str, Any] = {"content_type": "application/json", "data": "{}"}
            found = ask(client, "post", path, **(json if is_api else {"data": row.data}))
            yield f"POST {url.name}", text_of(found)


class Links(HTMLParser):
    """Where a page leads: addresses of links, and forms with what they would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.forms: list[tuple[str, dict[str, str], list[tuple[str, str]]]] = []
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = {name: value or "" for name, value in attrs}
        name, value = found.get("name", ""), found.get("value", "")
        match tag:
            case "a" if found.get("href"):
                self.hrefs.append(found["href"])
            case "form":
                self.forms.append((found.get("action", ""), {}, []))
            case "button" if self.forms:
                self.forms[-1][2].append((name, value))
            case "select" | "textarea" if self.forms and name:
                self._select = name
                self.forms[-1][1][name] = "x" if tag == "textarea" else ""
            case "option" if self.forms and self._select and value:
                self.forms[-1][1][self._select] = self.forms[-1][1][self._select] or value
            case "input" if self.forms and name and found.get("type") != "file":
                is_tick = found.get("type") == "checkbox"
                self.forms[-1][1][name] = value or ("on" if is_tick else "1")


def spider(client: Client, home: str, *, presses: bool = True) -> Iterator[tuple[str, int, str]]:
    """Yield (request, status, text) for all that links and forms lead to from a page.

    Every link below `home` is followed once. Each button of each kind of page is pressed on two
    pages of the kind, unless the spider only looks.
    """
    pressed: Counter[str] = Counter()
    start, stays_in = home, home
    waiting, seen = [start], {start}
    while waiting:
        path = waiting.pop()
        response = ask(client, "get", path)
        is_page = response.get("Content-Type", "").startswith("text/html")
        text = text_of(response)
        yield f"GET {path}", response.status_code, text
        found = Links(text) if is_page else Links("")
        sent = [
            (action or path, {**fields, **({name: value} if name else {})})
            for action, fields, buttons in (found.forms if presses else [])
            for name, value in buttons or [("", "")]
        ]
        for action, data in sent:
            kind = re.sub(r"\d+", "#", f"{action} {data.get('act', '')}".removeprefix(home))
            pressed[kind] += 1
            if not action.startswith(stays_in) or pressed[kind] > 2:
                continue
            answer = ask(client, "post", action, data=data)
            yield f"POST {action} {data.get('act', '')}", answer.status_code, text_of(answer)
            found.hrefs.append(answer.get("Location", ""))
        if response.get("Location"):
            found.hrefs.append(response["Location"])
        for href in found.hrefs:
            target = urljoin(path, href.partition("#")[0])
            if target.startswith(stays_in) and target not in seen:
                seen.add(target)
                waiting.append(target)
