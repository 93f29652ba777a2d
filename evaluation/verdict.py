"""What `sportello test` found out about a model, as it is kept: whether it passed, why not, and against what.

`<var>/tests/<first 12 letters of the model's SHA-256>/result.json` holds it, `report.html` beside it
tells it at length.
Nothing heavy is imported here: whoever publishes models, or shows them, reads it.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Mapping, Optional

from base.whole import write_whole

FILE, REPORT = "result.json", "report.html"
FOLDER, NAME_LETTERS = "tests", 12


class VerdictBroken(Exception):
    """The file was changed, cut off or cannot be read; the message is its path."""


@dataclass(frozen=True)
class Differing:
    """A sentence of a real customer's that two models understand differently; personal data are masked.

    Attributes:
        times: how often it was written.
        before, after: the intent with the model in service, and with the one that was tested.
        before_confidence, after_confidence: from 0 to 1.
        before_entities, after_entities: kinds of the entities that were found, as often as they were; in order.
    """

    text: str
    times: int
    before: str
    before_confidence: float
    before_entities: tuple[str, ...]
    after: str
    after_confidence: float
    after_entities: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """Of one model.

    Attributes:
        model_sha256: of the archive that was tested.
        compared_sha256: of the model in service, when it was tested beside it; None when there was none, when it could
            not be loaded, and when it is the same one.
        made_at: UTC.
        passed: whether it may go into service.
        reasons: Italian lines: why it did not pass; empty when it did.
        figures: of `evaluation.figures.headline`, and `calibration_error`, by name; of all held-out sentences.
        compared_figures: the same of the model in service; None where nothing was compared.
        better, worse: how many held-out sentences only this model understands, and only the one in service.
        conversations: how many were held.
        conversations_failed: titles of those that did not go as written.
        differing: of real customers' sentences, those that both models understand differently.
    """

    model_sha256: str
    compared_sha256: Optional[str]
    made_at: datetime
    passed: bool
    reasons: tuple[str, ...]
    figures: Mapping[str, Any]
    compared_figures: Optional[Mapping[str, Any]]
    better: int
    worse: int
    conversations: int
    conversations_failed: tuple[str, ...]
    differing: tuple[Differing, ...]


def verdict_folder(var: Path, model_sha256: str) -> Path:
    """Where the verdict on a model and its report are kept."""
    return var / FOLDER / model_sha256[:NAME_LETTERS]


def read_verdict(folder: Path) -> Optional[Verdict]:
    """What was found out last about the model of this folder; None where it was never tested.

    Raises:
        VerdictBroken: see there.
    """
    file = folder / FILE
    try:
        said = json.loads(file.read_bytes())
        return Verdict(
            **{
                **said,
                "made_at": datetime.fromisoformat(said["made_at"]),
                **{name: tuple(said[name]) for name in ("reasons", "conversations_failed")},
                "differing": tuple(_differing(one) for one in said["differing"]),
            }
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise VerdictBroken(str(file)) from error


def write_verdict(folder: Path, verdict: Verdict) -> None:
    """Keep it, whole or not at all; the folder is made when missing."""
    text = json.dumps({**asdict(verdict), "made_at": verdict.made_at.isoformat()}, ensure_ascii=False, indent=2)
    write_in(folder, FILE, text + "\n")


def write_in(folder: Path, name: str, text: str) -> None:
    """Write a file of the folder, whole or not at all; the folder is made when missing, nobody else's to read."""
    folder.mkdir(0o700, parents=True, exist_ok=True)
    write_whole(folder / name, text)


def _differing(said: Mapping[str, Any]) -> Differing:
    entities = {name: tuple(said[name]) for name in ("before_entities", "after_entities")}
    return Differing(**{**said, **entities})
