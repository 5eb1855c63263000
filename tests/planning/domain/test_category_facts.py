"""Facts of categories from purchases: worked out by hand on a dozen buyers."""

import numpy as np

from planning.domain.category_facts import Sales, facts_of


def sales(rows):
    """Return sales of (customer, category, day)."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Sales(("Pods", "Scooter"), table[:, 0], table[:, 1], table[:, 2])


def test_b51_b52_b53_facts_watch_each_buyer_for_twelve_months_after_the_first_purchase():
    rows = [
        (1, 0, 0), (1, 0, 60), (1, 0, 60), (1, 0, 100),  # repeats: gaps of 60 and 40 days
        (2, 0, 10), (2, 0, 376),  # again, but only after 366 days
        (3, 0, 700),  # first bought 300 days before the cut: not watched long enough
        (4, 0, 20), (4, 1, 30), (1, 1, 90),  # two of three buyers bought a scooter later
        (2, 1, 5),  # before its first pods: no cross purchase
    ]  # fmt: skip
    months = {"Pods": np.full(12, 5.0), "Scooter": np.zeros(3)}

    found = facts_of(sales(rows), 1000, months)

    pods = found["Pods"]
    assert (pods.months, pods.buyers, pods.season_ratio) == (12, 3, 1.0)
    assert pods.repeat_share == 1 / 3
    assert pods.gap_days == 60.0  # of 60, 40 and 366
    assert pods.gap_spread == (366 + 60) / 2 - 50
    assert pods.cross_share == 2 / 3
    scooter = found["Scooter"]
    assert (scooter.buyers, scooter.repeat_share, scooter.gap_days) == (3, 0.0, None)
    assert scooter.cross_share == 2 / 3  # customers 1 and 2 bought pods again after the scooter


def test_a_category_that_nobody_bought_has_facts_that_prove_nothing():
    found = facts_of(sales([]), 1000, {"Pods": np.zeros(12), "New": np.zeros(0)})

    assert [(one.buyers, one.repeat_share, one.cross_share) for one in found.values()] == [
        (0, 0.0, 0.0),
        (0, 0.0, 0.0),
    ]
    assert [one.months for one in found.values()] == [12, 0]
