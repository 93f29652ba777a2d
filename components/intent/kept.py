"""Keeps what cross-validation found, for trainings on practically the same sentences.

Two thirds of a classifier's training are models that are thrown away again, learnt only to be asked about sentences
they have not seen. What these say of thousands of sentences hardly changes with a few of them. How many have changed
is always counted from the sentences that cross-validation was done on, so that small changes never add up.
"""

import hashlib
import json
import logging
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any, Optional, Sequence

import numpy as np

from base.settings import var_folder
from components.intent.findings import Findings, StageFindings
from components.intent.scope import Scope

FILES = "*.json"
MOST_FILES = 5  # of as many configurations; the oldest go
KEY_LETTERS = 16
ARRAYS = ("mean", "scale", "weights")
logger = logging.getLogger(__name__)


def findings_folder() -> Path:
    """Where they are kept on this computer."""
    return var_folder() / "intent"


def keys_of(texts: Sequence[str], intents: Sequence[str]) -> list[str]:
    """One for each sentence, which tells it and its intent from any other."""
    pairs = (f"{intent}\n{text}".encode("utf-8", "surrogatepass") for text, intent in zip(texts, intents))
    return [hashlib.sha256(pair).hexdigest()[:KEY_LETTERS] for pair in pairs]


def kept_findings(
    file: Path, keys: Sequence[str], intents: Sequence[str], has_vectors: bool, most_changed: float
) -> Optional[Findings]:
    """What was found before, where it still holds; a file that cannot be read holds nothing.

    Args:
        keys: of the sentences now.
        intents: of each of them; another intent changes every number.
        has_vectors: whether there is a second stage; there is none while the encoder cannot be used.
        most_changed: share of the sentences that may have been added or taken away.
    """
    try:
        said = json.loads(file.read_bytes())
        before, findings = Counter(said["sentences"]), _findings(said)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s cannot be read (%s): cross-validation is done again", file, type(error).__name__)
        return None
    now = Counter(keys)
    changed = (before - now).total() + (now - before).total()
    is_another = said["intents"] != sorted(set(intents)) or has_vectors != (findings.second is not None)
    if is_another or changed > most_changed * len(keys):
        return None
    logger.info("cross-validation kept: %d of %d sentences added or taken away since", changed, len(keys))
    return findings


def keep_findings(file: Path, keys: Sequence[str], intents: Sequence[str], findings: Findings) -> None:
    """For later trainings; whole or not at all."""
    said = {
        "intents": sorted(set(intents)),
        "sure_from": findings.sure_from,
        "first": _said(findings.first),
        "second": _said(findings.second),
        "sentences": sorted(keys),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(said), encoding="utf-8")
    draft.replace(file)
    by_age = sorted(file.parent.glob(FILES), key=lambda one: one.stat().st_mtime)
    for old in by_age[:-MOST_FILES]:
        old.unlink(missing_ok=True)


def forget_findings(folder: Path) -> None:
    """The next training finds out everything anew."""
    for file in folder.glob(FILES):
        file.unlink(missing_ok=True)


def _said(stage: Optional[StageFindings]) -> Optional[dict[str, Any]]:
    if stage is None:
        return None
    scope = {name: np.asarray(value).tolist() for name, value in asdict(stage.scope).items()} if stage.scope else None
    return {"temperature": stage.temperature, "scope": scope}


def _findings(said: dict[str, Any]) -> Findings:
    return Findings(_stage(said["first"]), _stage(said["second"]) if said["second"] else None, said["sure_from"])


def _stage(said: dict[str, Any]) -> StageFindings:
    scope = said["scope"]
    return StageFindings(
        said["temperature"], Scope(**{**scope, **{name: np.array(scope[name]) for name in ARRAYS}}) if scope else None
    )
