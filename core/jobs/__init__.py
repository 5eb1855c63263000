"""Jobs: rows that own the work; django-q2 only delivers their ids.

Read in this order: `queueing` (enqueue, cancel, retry), `running` (claim, run, finish),
`sweeping` (ring again, take over from the dead), `schedules` (slots), `broker` (the doorbell).
"""

from core.jobs.queueing import UnknownJob, cancel, enqueue, retry
from core.jobs.running import JobCancelled, JobLost, JobRun, run_due

__all__ = [
    "JobCancelled",
    "JobLost",
    "JobRun",
    "UnknownJob",
    "cancel",
    "enqueue",
    "retry",
    "run_due",
]
