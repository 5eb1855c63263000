"""How far a warehouse is from a destination, good enough to break ties.

Distances are great circles from the warehouse's coordinates to a point near the middle of where
people live in the destination country (for the United States, by the first digit of the ZIP code).
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

EARTH_RADIUS_KM: Final = 6371

#: Degrees (latitude, longitude) near the middle of the population of a country.
COUNTRY_POINTS: Final[dict[str, tuple[float, float]]] = {
    "AE": (25.1, 55.3), "AR": (-34.0, -60.5), "AT": (47.9, 15.0), "AU": (-34.0, 147.5),
    "BD": (23.8, 90.4), "BE": (50.8, 4.4), "BG": (42.7, 24.6), "BH": (26.2, 50.5),
    "BR": (-20.5, -46.5), "CA": (46.5, -79.5), "CH": (47.1, 8.0), "CL": (-33.5, -70.8),
    "CN": (32.6, 112.9), "CO": (5.2, -74.5), "CY": (35.0, 33.2), "CZ": (49.9, 15.4),
    "DE": (50.9, 9.6), "DK": (55.8, 11.2), "EE": (59.1, 25.4), "EG": (30.2, 31.2),
    "ES": (40.0, -3.2), "FI": (61.6, 24.8), "FR": (47.0, 2.4), "GB": (52.5, -1.3),
    "GR": (38.6, 23.3), "HK": (22.3, 114.2), "HR": (45.4, 16.2), "HU": (47.3, 19.4),
    "ID": (-6.6, 108.5), "IE": (53.1, -7.2), "IL": (32.1, 34.9), "IN": (22.9, 79.6),
    "IS": (64.2, -21.5), "IT": (43.2, 11.9), "JP": (35.7, 137.6), "KE": (-0.7, 36.9),
    "KR": (36.8, 127.5), "KW": (29.3, 48.0), "LB": (33.9, 35.6), "LT": (55.1, 24.2),
    "LU": (49.6, 6.1), "LV": (56.9, 24.4), "MA": (33.2, -6.8), "MT": (35.9, 14.4),
    "MX": (20.6, -100.2), "MY": (3.5, 102.2), "NG": (8.0, 6.8), "NL": (52.1, 5.2),
    "NO": (60.6, 9.6), "NZ": (-39.0, 175.1), "PE": (-10.3, -76.4), "PH": (13.1, 121.8),
    "PK": (31.0, 72.0), "PL": (51.8, 19.3), "PT": (40.0, -8.4), "QA": (25.3, 51.5),
    "RO": (45.5, 25.4), "RS": (44.5, 20.6), "RU": (55.3, 48.0), "SA": (24.4, 45.0),
    "SE": (58.7, 15.3), "SG": (1.3, 103.8), "SI": (46.1, 14.8), "SK": (48.7, 19.2),
    "TH": (14.4, 101.0), "TR": (39.3, 32.6), "TW": (24.3, 120.9), "UA": (49.1, 31.1),
    "US": (37.3, -91.7), "VN": (15.9, 106.9), "ZA": (-27.9, 28.5),
}  # fmt: skip

#: The same by the first digit of a ZIP code.
US_POINTS: Final[dict[str, tuple[float, float]]] = {
    "0": (41.7, -72.6), "1": (41.2, -75.0), "2": (37.8, -78.0), "3": (31.7, -83.4),
    "4": (40.6, -84.2), "5": (43.6, -92.2), "6": (40.6, -90.6), "7": (31.9, -95.9),
    "8": (37.7, -109.5), "9": (37.3, -120.2),
}  # fmt: skip


@cache
def point_of(country: str, postcode: str) -> tuple[float, float] | None:
    """Return the point of a destination, or None for a country that is not in the table."""
    if country == "US" and postcode[:1] in US_POINTS:
        return US_POINTS[postcode[:1]]
    return COUNTRY_POINTS.get(country)


def distance_km(start: tuple[float, float], end: tuple[float, float]) -> int:
    """Return the great-circle distance of two (latitude, longitude) points in whole km.

    Source: haversine formula (R. W. Sinnott, Sky & Telescope 68, 1984).
    """
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*start, *end))
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return round(2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half)))


@cache
def distance_to(lat: float, lon: float, country: str, postcode_start: str) -> int | None:
    """Return the km from a warehouse to a destination, or None when the country is unknown."""
    end = point_of(country, postcode_start)
    return None if end is None else distance_km((lat, lon), end)
