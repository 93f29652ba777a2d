"""The one percentile of the project, for times that were measured."""

from typing import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of `values` that is not below `percent` of them.

    Raises:
        IndexError: there are no values.
    """
    ordered = sorted(values)
    place = -(-len(ordered) * percent // 100)  # rounded up
    return ordered[max(int(place), 1) - 1]
