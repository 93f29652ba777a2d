"""The token bucket."""

from hypothesis import given
from hypothesis import strategies as st

from base import limits
from base.limits import RateLimit


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_the_rate_holds() -> None:
    time = Time()
    limit = RateLimit(burst=3, per_second=0.5, now=time)

    waits = [limit.wait("anna") for _ in range(4)]
    time.now = waits[3]

    assert waits == [0, 0, 0, 2.0]
    assert limit.wait("anna") == 0


def test_one_key_never_slows_another() -> None:
    limit = RateLimit(burst=1, per_second=0.1, now=Time())

    assert [limit.wait("anna"), limit.wait("marco")] == [0, 0]
    assert limit.wait("anna") > 0


def test_strangers_cannot_fill_the_memory(monkeypatch) -> None:
    monkeypatch.setattr(limits, "MAX_KEYS", 10)
    limit = RateLimit(burst=1, per_second=0.1, now=Time())

    for number in range(100):
        limit.wait(str(number))

    assert len(limit._buckets) == 10


@given(st.lists(st.floats(min_value=0, max_value=5), min_size=1, max_size=60))
def test_never_more_than_the_burst_and_the_rate_together(pauses: list[float]) -> None:
    time = Time()
    limit = RateLimit(burst=4, per_second=1, now=time)
    passed = 0
    for pause in pauses:
        time.now += pause
        passed += limit.wait("anna") == 0

    assert passed <= 4 + time.now + 1e-6
