"""Remembers the vectors of training sentences on disk: a training after one edited file encodes only what is new.

Only training asks for it: what customers write never comes here. It is one SQLite file in the encoder's own folder,
whose name changes whenever vectors would; two trainings may use it at once, and one that is killed loses one step.
"""

import hashlib
import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Callable, Iterable, Mapping, Optional, Sequence

import numpy as np

from components.encoder.sentence_encoder import WIDTH, SentenceEncoder

FILE_NAME = "vectors.db"
STEP = 256  # sentences encoded, then kept
WAIT_S = 60.0  # for another training that is writing
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (text_sha256 BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"

Progress = Callable[[int, int], None]
logger = logging.getLogger(__name__)


def cached_vectors(
    encoder: SentenceEncoder, texts: Sequence[str], progress: Optional[Progress] = None
) -> dict[str, np.ndarray]:
    """The vector of each text, `(384,)` float32; only texts that were never encoded before are encoded now.

    Args:
        progress: called at first and after every step, with how many of the new texts are done and how many there are.
    """
    cache = VectorCache(encoder.folder / FILE_NAME)
    found = cache.read(texts)
    new = [text for text in dict.fromkeys(texts) if text not in found]
    if progress:
        progress(0, len(new))
    for start in range(0, len(new), STEP):
        step = new[start : start + STEP]
        encoded = dict(zip(step, encoder.encode(step)))
        cache.write(encoded)
        found.update(encoded)
        if progress:
            progress(start + len(step), len(new))
    return found


class VectorCache:
    """Vectors by text. A damaged file is put aside, as `vectors.db.damaged`, and begun anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, texts: Iterable[str]) -> dict[str, np.ndarray]:
        """Those of `texts` that are known; a vector that is damaged is not."""
        try:
            return self._read(texts)
        except sqlite3.DatabaseError as error:
            self._put_aside(error)
            return {}

    def write(self, vectors: Mapping[str, np.ndarray]) -> None:
        """Keep all of these, or none if the process dies meanwhile."""
        try:
            self._write(vectors)
        except sqlite3.DatabaseError as error:
            self._put_aside(error)
            self._write(vectors)

    def _read(self, texts: Iterable[str]) -> dict[str, np.ndarray]:
        found = {}
        with closing(self._open()) as database:
            for text in texts:
                row = database.execute("SELECT vector FROM vectors WHERE text_sha256 = ?", [_key(text)]).fetchone()
                vector = _vector(row[0]) if row else None
                if vector is not None:
                    found[text] = vector
        return found

    def _write(self, vectors: Mapping[str, np.ndarray]) -> None:
        rows = [(_key(text), vector.astype("<f4").tobytes()) for text, vector in vectors.items()]
        with closing(self._open()) as database, database:
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=WAIT_S)
        try:
            database.execute(_TABLE)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _put_aside(self, error: sqlite3.DatabaseError) -> None:
        """Only a damaged file: one that is locked, or a disk that refuses, is somebody's to know.

        Raises:
            sqlite3.OperationalError: `error`, if it is one.
        """
        if isinstance(error, sqlite3.OperationalError):
            raise error
        logger.warning("the file of remembered sentence vectors is damaged: begun anew")
        self._path.replace(self._path.with_name(f"{self._path.name}.damaged"))


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _vector(stored: object) -> Optional[np.ndarray]:
    """`(384,)` float32 of length 1, or `None` for anything else."""
    if not isinstance(stored, bytes) or len(stored) != 4 * WIDTH:
        return None
    vector = np.frombuffer(stored, "<f4")
    return vector if abs(float(np.linalg.norm(vector)) - 1.0) < 1e-3 else None
