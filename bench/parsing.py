"""How long a message takes to be read: held-out sentences, and the longest messages of shapes that are hard to read."""

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Sequence

from base.clock import SystemClock
from base.percentile import percentile
from base.process import die_with_parent, keep_for_good
from base.settings import ROOT
from bench.processes import ProcessFailed
from evaluation.examples import read_examples

HELD_OUT = ROOT / "tests" / "nlu"
ORDINARY, LONGEST = 120, 2000  # characters
TIMES = 5  # that each long message is read
# Each repeated until the message is full.
SHAPES = (
    "aspetto da 3 settimane l'ordine ", "😀", "1 ", "un ", "9", "a", "(", "!?", "a@", "1/2-", "x ", "è ", "x40 ",
    "due dozzine ", "20871 ", "ordine 104233 ", "40121 Bologna ", "59,90 € ", "333 1234567 ", "anna@example.it ",
    "Bologna, ", "via Roma a ", "blu notte ", "taglia 42 ", "lunedì ", "sedia Alba ",
)  # fmt: skip


@dataclass(frozen=True)
class ParseTimes:
    """Milliseconds of processor time to read a message, everything from words to meanings included.

    Attributes:
        messages: how many held-out sentences of at most `ORDINARY` characters `p50_ms` and `p95_ms` are of.
        longest_ms: of `LONGEST` characters, by the shape that is repeated in them; the median of `TIMES`.
    """

    messages: int
    p50_ms: float
    p95_ms: float
    longest_ms: dict[str, float]


class ParsingFailed(ProcessFailed):
    """The messages could not be read."""


def parse_times(model: Path, folder: Path) -> ParseTimes:
    """Measure `model` in a process of its own, as warm and as quiet as an engine; its log is kept in `folder`.

    Raises:
        ParsingFailed: see there.
    """
    log = folder / "parse.log"
    with log.open("wb") as errors:
        reading = subprocess.run(
            [sys.executable, "-m", "bench.parsing", str(model)],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            preexec_fn=die_with_parent(),
            check=False,
        )
    if reading.returncode != 0:
        raise ParsingFailed(log)
    return ParseTimes(**json.loads(reading.stdout))


def measured(parser: Any, sentences: Sequence[str]) -> ParseTimes:
    """The times of an `engine.parsing.Parser`; each of `sentences` is read once, and was never read before."""
    _ms(parser, sentences[0])  # loads what is loaded at the first message
    longest = {shape: median(_ms(parser, long_message(shape)) for _ in range(TIMES)) for shape in SHAPES}
    every = [_ms(parser, text) for text in sentences]
    return ParseTimes(
        messages=len(every),
        p50_ms=round(percentile(every, 50), 2),
        p95_ms=round(percentile(every, 95), 2),
        longest_ms={shape: round(ms, 1) for shape, ms in longest.items()},
    )


def long_message(shape: str, length: int = LONGEST) -> str:
    """`length` characters of nothing but `shape`."""
    return (shape * length)[:length]


def _ms(parser: Any, text: str) -> float:
    began = time.process_time()
    asyncio.run(parser.parse(text))
    return (time.process_time() - began) * 1000


def main() -> None:
    """Measure the model that is named on the command line; one JSON object on standard output."""
    from engine.parsing import Parser

    sentences = [one.text for one in read_examples(HELD_OUT) if len(one.text) <= ORDINARY]
    parser = Parser.load(Path(sys.argv[1]), SystemClock())
    keep_for_good()
    sys.stdout.write(json.dumps(asdict(measured(parser, sentences))))


if __name__ == "__main__":
    main()
