"""What is made of the package's weights once, and kept: the fast graph and the search for pieces.

They lie in a folder named after everything they depend on: the package's version, its file's checksum and the number of
our own recipe. It appears whole or not at all, whoever else makes it at the same time; nothing in it is ever changed.
"""

import contextlib
import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Optional

import numpy as np

from components.encoder.adapter import Adapter
from components.encoder.pieces import Pieces, build_pieces
from components.encoder.session import INPUT, open_session
from components.encoder.weights import EncoderUnavailable, Source, Weights

RECIPE = 1  # one more whenever the same weights would give other vectors
GRAPH_FILE, SUMS_FILE = "encoder.onnx", "sums.json"
DRAFT = ".making-"
FORGOTTEN_AFTER_S = 3600
# The channels that get large do so in every sentence; these only have to be long, short, loud and foreign.
MEASURED_ON = (
    "ciao",
    "no",
    "vorrei restituire le scarpe che ho comprato la settimana scorsa",
    "dov'è il mio ordine 104233?",
    "Buongiorno, vi scrivo perché non ho ancora ricevuto il rimborso del reso 20871.",
    "accendi la luce",
    "Chi ha scritto la Divina Commedia?",
    "grazie mille 😊",
    "quanto costa la spedizione in Sardegna?",
    "MA DOVE SIETE???",
    "posso pagare in contrassegno",
    "I would like to speak to somebody",
)
logger = logging.getLogger(__name__)


def prepared(source: Source, parent: Path, adapter: Optional[Adapter] = None) -> Path:
    """The folder, below `parent`, of what is made of `source`; made now when missing or damaged (seconds).

    Args:
        adapter: changes to the network; it has a folder of its own then.

    Raises:
        EncoderUnavailable: it cannot be made: a package is missing, the weights are unknown, or the disk refuses.
    """
    changed = f"-{adapter.sha256[:12]}" if adapter else ""
    folder = parent / f"{source.version}-{source.sha256[:12]}-{RECIPE}{changed}"
    if _is_whole(folder):
        return folder
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _forget_drafts(parent)
        with tempfile.TemporaryDirectory(dir=parent, prefix=DRAFT) as draft:
            _make(source, Path(draft), adapter)
            _put(Path(draft), folder)
    except (OSError, ImportError) as error:
        raise EncoderUnavailable(f"{folder.name} cannot be made ({type(error).__name__})") from error
    return folder


def _make(source: Source, folder: Path, adapter: Optional[Adapter]) -> None:
    from components.encoder.graph import exact_graph, fast_graph  # only here, so that onnx is loaded only here

    logger.info("preparing the sentence encoder of %s %s", source.path.name, source.version)
    weights = Weights(source.path)
    build_pieces(weights, folder)
    graph, inputs = exact_graph(weights)
    session, pieces, peaks = open_session(graph), Pieces(weights, folder), dict.fromkeys(inputs, np.zeros(1))
    for text in MEASURED_ON:
        embedded = weights.embedded(pieces.numbers(text))
        seen = session.run(list(inputs.values()), {INPUT: embedded[np.newaxis]})
        for name, values in zip(inputs, seen):
            peaks[name] = np.maximum(peaks[name], np.abs(values[0]).max(axis=0))
    (folder / GRAPH_FILE).write_bytes(fast_graph(weights, peaks, adapter))
    sums = {path.name: _sha256(path) for path in sorted(folder.iterdir())}
    (folder / SUMS_FILE).write_text(json.dumps(sums), encoding="utf-8")


def _put(draft: Path, folder: Path) -> None:
    """Give the draft its name; somebody else's that is whole by now is as good."""
    if _is_whole(folder):
        return
    shutil.rmtree(folder, ignore_errors=True)
    try:
        os.rename(draft, folder)
    except OSError:
        if not _is_whole(folder):
            raise
    else:
        draft.mkdir()  # for TemporaryDirectory to remove


def _forget_drafts(parent: Path) -> None:
    """Those that killed processes left; not one that another process is at."""
    for draft in parent.glob(f"{DRAFT}*"):
        with contextlib.suppress(FileNotFoundError):
            if draft.stat().st_mtime < time.time() - FORGOTTEN_AFTER_S:
                shutil.rmtree(draft, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    try:
        sums = json.loads((folder / SUMS_FILE).read_text(encoding="utf-8"))
        return all(_sha256(folder / name) == expected for name, expected in sums.items())
    except (OSError, ValueError):
        return False


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
