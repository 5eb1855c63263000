"""The stock machine drives every service that writes stock, or it is named here with a reason."""

from __future__ import annotations

from tests.helpers.stock_writers import called_in, writers

MACHINE = (
    "tests/inventory/services/test_stock_machine.py",
    "tests/helpers/machine_care.py",
    "tests/helpers/machine_costs.py",
    "tests/helpers/machine_dock.py",
    "tests/helpers/machine_returns.py",
    "tests/factories/moves.py",
)
#: Parts of the ledger that services are made of, and steps that a driven service takes itself.
INNER = {
    ("carrying", "shift"): "the moving part of pick, carry and unpick",
    ("count_settling", "post"): "cycle_counts.finish and approve book with it",
    ("count_settling", "try_post"): "cycle_counts.finish books with it",
    ("event_log", "open_event"): "the key of every call",
    ("ledger", "post"): "the ledger itself",
    ("level_sql", "change_levels"): "a statement of every call",
    ("posting", "post_call"): "the end of every call",
    ("shortfalls", "cut"): "needs a plan that lost units; test_shortfalls.py drives it",
    ("transfer_picking", "replan"): "shortfalls.cut chooses bins anew with it",
    ("work_orders", "claim"): "work_orders.release and scrap_component claim with it",
    ("work_orders", "finish"): "work_orders.close and the last kit end with it",
    ("work_orders", "give_back"): "work_orders.cancel and close give back with it",
}


def test_rel_p_01_the_machine_drives_every_service_that_writes_stock():
    found = writers()
    driven = called_in(MACHINE)

    assert found - driven - INNER.keys() == set(), "drive them, or name them with the reason"
    assert INNER.keys() - found == set(), "these write no stock any more"
    assert INNER.keys() & driven == set(), "these are driven now"
    assert {("stock", "receive"), ("transit", "receive"), ("lots", "recall_lot")} <= found
