"""When a model passes: the numbers of `data/model_test.yml`, which explains itself."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Mapping

from base.layers import Files, layered, read_layered

FILE = "model_test.yml"


class LimitsUnreadable(Exception):
    """A number is missing or is none; the message says which file and what."""


@dataclass(frozen=True)
class Limits:
    """Shares from 0 to 1.

    Attributes:
        least, most: by the name of a figure.
        most_worse, most_lost: of the held-out sentences, beside the model in service.
        real_since: how old a real sentence may be.
        real_most: how many different ones are read.
    """

    least: Mapping[str, float]
    most: Mapping[str, float]
    most_worse: float
    most_lost: float
    real_since: timedelta
    real_most: int

    @classmethod
    def load(cls, files: Files) -> "Limits":
        """Read the file, or several laid over each other.

        Raises:
            LimitsUnreadable: see there.
        """
        content, name = read_layered(files), layered(files)[-1].name
        try:
            worse, real = content["worse"], content["real"]
            return cls(
                {figure: float(share) for figure, share in content["least"].items()},
                {figure: float(share) for figure, share in content["most"].items()},
                float(worse["sentences"]),
                float(worse["lost"]),
                timedelta(days=float(real["days"])),
                int(real["most"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise LimitsUnreadable(f"{name}: {error!r}") from error
