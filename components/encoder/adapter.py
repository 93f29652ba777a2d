"""Small changes to the encoder's last layers, learnt once and shipped: sentences about the same matter get nearer.

Each changed matrix is the package's own plus the product of two thin ones (Hu et al., LoRA, 2021). Learnt by
`python -m evaluation.adapting` from what people ask of shops; used for the shop's own questions and nothing else.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping

import numpy as np

from components.shipped import read_shipped, write_shipped

FILE = Path(__file__).with_name("adapter.npz")
DOWN, UP = "down.", "up."


class AdapterUnreadable(Exception):
    """What was learnt is not there or is no such file."""


@dataclass(frozen=True)
class Adapter:
    """What was learnt.

    Attributes:
        changes: by the matrix's name, `(n_in, rank)` and `(rank, n_out)` float32, whose product is added, transposed.
        source: SHA-256 of what it was learnt from.
    """

    changes: Mapping[str, tuple[np.ndarray, np.ndarray]]
    source: str

    @classmethod
    def load(cls, file: Path = FILE) -> "Adapter":
        """Read what was learnt.

        Raises:
            AdapterUnreadable: the file is not there, or no such file.
        """
        arrays, source = read_shipped(file, AdapterUnreadable)
        names = [name[len(DOWN) :] for name in arrays if name.startswith(DOWN)]
        try:
            return cls({name: (arrays[DOWN + name], arrays[UP + name]) for name in names}, source)
        except KeyError as error:
            raise AdapterUnreadable(file.name) from error

    def write(self, file: Path) -> None:
        """Keep it, in half precision."""
        arrays = {}
        for name, (down, up) in self.changes.items():
            arrays |= {DOWN + name: down, UP + name: up}
        write_shipped(file, arrays, self.source)

    @property
    def sha256(self) -> str:
        """Of all its numbers."""
        digest = hashlib.sha256()
        for name, matrices in sorted(self.changes.items()):
            digest.update(name.encode())
            for matrix in matrices:
                digest.update(np.ascontiguousarray(matrix).tobytes())
        return digest.hexdigest()

    def adapted(self, name: str, matrix: np.ndarray) -> np.ndarray:
        """The matrix with this name, `(n_out, n_in)`, changed; the same where it has no change."""
        if name not in self.changes:
            return matrix
        down, up = self.changes[name]
        return matrix + (down @ up).T
