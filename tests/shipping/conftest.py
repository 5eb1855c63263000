import pytest

from config import wiring
from tests.shipping.services import stub_carriers


@pytest.fixture
def carrier(monkeypatch):
    """Wire in the forgetful carrier and return its fresh books."""
    path = "tests.shipping.services.stub_carriers.ForgetfulCarrier"
    monkeypatch.setitem(wiring.CARRIERS, "forgetful", path)
    monkeypatch.setattr(stub_carriers, "BOOKS", stub_carriers.Books())
    return stub_carriers.BOOKS


@pytest.fixture(autouse=True)
def quiet_rail(monkeypatch):
    """Leave the numbers of the rail out: baselines here count what shipping's own pages ask."""
    monkeypatch.setattr(wiring, "NAV_COUNTS", {})
