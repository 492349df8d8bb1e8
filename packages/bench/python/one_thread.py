"""Import this first: keeps the process on one core, so that XLA makes no second thread."""

import os

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
