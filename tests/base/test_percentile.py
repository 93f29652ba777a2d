"""Percentiles of measured times."""

import pytest

from base.percentile import percentile


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (95, 95), (99, 99), (100, 100)])
def test_a_percentile_is_a_time_that_was_measured(percent: float, expected: float) -> None:
    assert percentile(list(range(1, 101)), percent) == expected


def test_a_percentile_of_few_times_is_one_of_them() -> None:
    assert [percentile([3.0, 1.0, 2.0], percent) for percent in (1, 50, 99)] == [1.0, 2.0, 3.0]
