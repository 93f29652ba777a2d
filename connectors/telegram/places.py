"""Where in Italy a location is: the nearest provincial capital, as a customer would say it."""

from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Optional

from ruamel.yaml import YAML

PLACES = Path(__file__).with_name("places.yml")
FAR_KM = 70.0  # farther from any capital than anywhere in Italy
EARTH_KM = 6_371.0


def nearest_place(latitude: float, longitude: float) -> Optional[str]:
    """The capital nearest to these degrees, None when none is near: that is not Italy."""
    km, name = min((_km(latitude, longitude, *where), name) for name, where in _places().items())
    return name if km <= FAR_KM else None


def _km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The great circle between two places."""
    a, b = radians(latitude), radians(other_latitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))


@cache
def _places() -> dict[str, tuple[float, float]]:
    found = YAML(typ="safe").load(PLACES.read_text(encoding="utf-8"))
    return {name: (float(latitude), float(longitude)) for name, (latitude, longitude) in found.items()}
