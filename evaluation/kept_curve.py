"""The curve of accuracy against data, kept while sentences and code are the same: it takes several trainings."""

import json
from dataclasses import asdict
from typing import Optional, Sequence

from components.remembered import OWN_CODE, Remembered, file_of, key_of
from evaluation.curve import Point, Read, curve
from evaluation.labelled import Labelled

KIND = "curve"


def curve_of(training: Sequence[Labelled], test: Sequence[Labelled], trained: Optional[Read]) -> Sequence[Point]:
    """The curve of these sentences: the one that was drawn before, or drawn now.

    Args:
        trained: see `evaluation.curve.curve`; None: nothing is trained, and no point is given where none is kept.
    """
    kept = Remembered(file_of(KIND, *OWN_CODE))
    key = key_of([(one.text, one.intent) for one in (*training, *test)])
    if trained is None and not kept.knows(key):
        return ()
    (written,) = kept.all_of([key], lambda _: [_written(curve(training, test, trained))])
    kept.keep()
    return [Point(**one) for one in json.loads(written)]


def _written(points: Sequence[Point]) -> bytes:
    return json.dumps([asdict(one) for one in points]).encode()
