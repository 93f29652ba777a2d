"""Limits against haste and abuse, counted in this process: a bucket of tokens for each key, refilled with time."""

import time
from collections import OrderedDict
from typing import Callable

MAX_KEYS = 20_000
BURST_OF_A_MINUTE = 4  # a quarter of a minute's events may come at once


class RateLimit:
    """At most `burst` events at once and `per_second` in the long run, for each key.

    The keys used longest ago are forgotten beyond `MAX_KEYS`, so that strangers cannot fill the memory.
    """

    @classmethod
    def per_minute(cls, events: int) -> "RateLimit":
        """So many events a minute, a quarter of them at once."""
        return cls(burst=max(1.0, events / BURST_OF_A_MINUTE), per_second=events / 60)

    def __init__(self, burst: float, per_second: float, now: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._per_second, self._now = burst, per_second, now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Take one token: 0 when there was one, else the seconds until there will be (nothing is taken then)."""
        now = self._now()
        tokens, seen = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - seen) * self._per_second)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        while len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self._per_second
