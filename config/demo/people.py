"""Who buys from the demo company: names and addresses put together from small lists.

No street or person here is meant to exist; the postcodes have the form of their country.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """A country the demo sells to, its share of orders and its address words."""

    country: str
    share: float
    language: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    cities: tuple[tuple[str, str, str], ...]
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """One buyer with one address."""

    name: str
    email: str
    phone: str
    language: str
    country: str
    region: str
    city: str
    postcode: str
    line1: str


REGIONS = (
    Region(
        "US",
        0.30,
        "en",
        ("Ann", "Marcus", "Priya", "Ethan", "Rosa"),
        ("Carter", "Nguyen", "Patel", "Brooks", "Diaz"),
        (
            ("Austin", "TX", "78701"),
            ("Boise", "ID", "83702"),
            ("Boston", "MA", "02110"),
            ("Atlanta", "GA", "30303"),
            ("Denver", "CO", "80202"),
        ),
        ("Oak Street", "Maple Avenue", "2nd Street"),
    ),
    Region(
        "DE",
        0.22,
        "en",
        ("Jonas", "Lena", "Sofie", "Emre", "Hanna"),
        ("Weber", "Schulz", "Vogel", "Yilmaz", "Brandt"),
        (("Berlin", "", "10997"), ("Hamburg", "", "20095"), ("Leipzig", "", "04109")),
        ("Lindenweg", "Hafenstrasse", "Am Markt"),
    ),
    Region(
        "GB",
        0.14,
        "en",
        ("Oliver", "Amelia", "Grace", "Noah", "Freya"),
        ("Hughes", "Bennett", "Khan", "Fraser", "Reid"),
        (("Leeds", "", "LS1 4AP"), ("Bristol", "", "BS1 5TR"), ("Cardiff", "", "CF10 1EP")),
        ("Church Lane", "Station Road", "Mill Hill"),
    ),
    Region(
        "FR",
        0.10,
        "en",
        ("Chloé", "Émile", "Hugo", "Inès", "Louis"),
        ("Laurent", "Moreau", "Petit", "Roux", "Garnier"),
        (("Lyon", "", "69002"), ("Nantes", "", "44000"), ("Lille", "", "59000")),
        ("rue des Lilas", "rue du Port", "avenue Foch"),
    ),
    Region(
        "CN",
        0.10,
        "zh-hans",
        ("伟", "思远", "雨桐", "静怡", "浩然"),
        ("李", "陈", "王", "赵", "林"),
        (("上海", "上海", "200001"), ("杭州", "浙江", "310000"), ("成都", "四川", "610000")),
        ("人民路", "解放大道", "西湖路"),
    ),
    Region(
        "NL",
        0.06,
        "en",
        ("Ann", "Daan", "Sanne", "Bram", "Lotte"),
        ("Bakker", "de Vries", "Smit", "Visser", "Mulder"),
        (("Utrecht", "", "3511 AB"), ("Delft", "", "2611 CD")),
        ("Kerkstraat", "Gracht", "Molenweg"),
    ),
    Region(
        "CA",
        0.04,
        "en",
        ("Liam", "Zoe", "Mila", "Owen", "Ava"),
        ("Tremblay", "Singh", "Roy", "MacLeod", "Chan"),
        (("Toronto", "ON", "M5H 2N2"), ("Calgary", "AB", "T2P 1J9")),
        ("King Street", "Bay Street", "Lakeview Road"),
    ),
    Region(
        "AU",
        0.04,
        "en",
        ("Mia", "Jack", "Ruby", "Leo", "Isla"),
        ("Walker", "Nguyen", "Kelly", "Harris", "Young"),
        (("Perth", "WA", "6000"), ("Hobart", "TAS", "7000")),
        ("Beach Road", "Hill Street", "Ferry Parade"),
    ),
)


def customers(count: int, seed: int = 11) -> list[DemoCustomer]:
    """Return `count` customers; the countries follow the shares of `REGIONS`."""
    rng = random.Random(seed)
    chosen = rng.choices(REGIONS, weights=[region.share for region in REGIONS], k=count)
    return [_customer(region, number, rng) for number, region in enumerate(chosen, 1)]


def _customer(region: Region, number: int, rng: random.Random) -> DemoCustomer:
    first, last = rng.choice(region.first_names), rng.choice(region.last_names)
    city, state, postcode = rng.choice(region.cities)
    house, street = rng.randint(1, 180), rng.choice(region.streets)
    chinese = region.country == "CN"
    return DemoCustomer(
        name=f"{last}{first}" if chinese else f"{first} {last}",
        email=f"customer{number}@example.com",
        phone=f"+1555{number:07d}",
        language=region.language,
        country=region.country,
        region=state,
        city=city,
        postcode=postcode,
        line1=f"{street}{house}号" if chinese else f"{street} {house}",
    )
