"""The figures by which jobs are run: leases, back-off, time limits, clusters."""

from __future__ import annotations

import datetime as dt
from typing import Final

#: A running job is taken over when its lease has not been renewed for this long.
LEASE: Final = dt.timedelta(seconds=45)
#: A run in a shell or a test has nobody who renews its lease; the end of its process shows anyway.
INLINE_LEASE: Final = dt.timedelta(days=1)
#: Workers renew a lease this often.
BEAT_SECONDS: Final = 10.0
#: A due job is rung for again when nobody took it within this time: the ring is lost.
RING_AGAIN: Final = dt.timedelta(seconds=30)
#: Rings sent per sweep and cluster, so that a long queue never floods the broker.
RINGS_PER_SWEEP: Final = 100

#: Cluster of each queue. The long cluster runs what takes minutes, one at a time.
CLUSTER_OF_QUEUE: Final = {"interactive": "quayside", "normal": "quayside", "bulk": "long"}
CLUSTERS: Final = ("quayside", "long")
PRIORITY_OF_QUEUE: Final = {"interactive": 1, "normal": 5, "bulk": 9}

#: A job that neither ends nor reports progress for this long is hanging; its worker is killed.
SILENCE_OF_CLUSTER: Final = {
    "quayside": dt.timedelta(seconds=50),
    "long": dt.timedelta(minutes=5),
}


def queues_of(cluster: str) -> list[str]:
    """Return the queues that a cluster serves."""
    return [queue for queue, name in CLUSTER_OF_QUEUE.items() if name == cluster]
