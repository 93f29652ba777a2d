"""Vectors of training sentences are kept once, whatever happens to the file or to the process that writes it."""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Sequence

import numpy as np
import pytest

from base.settings import ROOT
from components.encoder.vector_cache import FILE_NAME, STEP, VectorCache, cached_vectors

WRITE_FOR_EVER = """
import sys, numpy
from pathlib import Path
from components.encoder.vector_cache import VectorCache
cache, vector = VectorCache(Path(sys.argv[1])), numpy.eye(384, dtype=numpy.float32)[0]
for step in range(1_000_000):
    cache.write({f"frase {step} {number}": vector for number in range(20)})
    print(step, flush=True)
"""


class FakeEncoder:
    """Each text its own direction; remembers what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder, []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.stack([vector_of(text) for text in texts])


def vector_of(text: str) -> np.ndarray:
    return np.eye(384, dtype=np.float32)[sum(map(ord, text)) % 384]


def test_a_second_training_encodes_only_what_is_new(tmp_path: Path) -> None:
    cached_vectors(FakeEncoder(tmp_path), ["ciao", "dov'è il pacco"])
    encoder = FakeEncoder(tmp_path)

    found = cached_vectors(encoder, ["ciao", "vorrei un reso", "dov'è il pacco"])

    assert encoder.asked == ["vorrei un reso"]
    assert {text: vector.tolist() for text, vector in found.items()} == {
        text: vector_of(text).tolist() for text in ("ciao", "vorrei un reso", "dov'è il pacco")
    }


def test_the_same_sentence_is_encoded_once(tmp_path: Path) -> None:
    encoder = FakeEncoder(tmp_path)

    cached_vectors(encoder, ["ciao", "ciao"])

    assert encoder.asked == ["ciao"]


def test_progress_tells_how_many_are_new_and_how_many_done(tmp_path: Path) -> None:
    told = []

    cached_vectors(FakeEncoder(tmp_path), [str(number) for number in range(STEP + 1)], lambda *at: told.append(at))

    assert told == [(0, STEP + 1), (STEP, STEP + 1), (STEP + 1, STEP + 1)]


def test_no_sentence_and_odd_ones_are_welcome(tmp_path: Path) -> None:
    texts = ["", "\ud83d", "a\x00b", "😊"]

    assert cached_vectors(FakeEncoder(tmp_path), []) == {}
    assert set(cached_vectors(FakeEncoder(tmp_path), texts)) == set(texts)
    assert set(VectorCache(tmp_path / FILE_NAME).read(texts)) == set(texts)


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 100])
def test_a_damaged_file_is_begun_anew(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(damage)

    cached_vectors(FakeEncoder(tmp_path), ["ciao"])

    assert set(VectorCache(tmp_path / FILE_NAME).read(["ciao"])) == {"ciao"}


def test_a_file_damaged_within_is_begun_anew(tmp_path: Path) -> None:
    texts = [f"frase {number}" for number in range(500)]
    cached_vectors(FakeEncoder(tmp_path), texts)
    file = tmp_path / FILE_NAME
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))

    found = cached_vectors(FakeEncoder(tmp_path), texts)

    assert set(found) == set(texts)
    assert set(VectorCache(file).read(texts)) == set(texts)


@pytest.mark.parametrize("stored", [b"", b"short", bytes(4 * 384), b"\xff" * 4 * 384, "text", 7])
def test_a_damaged_vector_is_encoded_again(stored: object, tmp_path: Path) -> None:
    cached_vectors(FakeEncoder(tmp_path), ["ciao"])
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.execute("UPDATE vectors SET vector = ?", [stored])
    database.close()
    encoder = FakeEncoder(tmp_path)

    found = cached_vectors(encoder, ["ciao"])

    assert encoder.asked == ["ciao"]
    assert found["ciao"].tolist() == vector_of("ciao").tolist()


def test_two_trainings_write_at_once(tmp_path: Path) -> None:
    half = [[f"{kind} {number}" for number in range(3 * STEP)] for kind in ("uno", "due")]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda texts: cached_vectors(FakeEncoder(tmp_path), texts), half))

    encoder = FakeEncoder(tmp_path)
    cached_vectors(encoder, half[0] + half[1])
    assert encoder.asked == []


def test_a_training_that_is_killed_leaves_whole_steps(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    writer = subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER, file], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    while int(writer.stdout.readline()) < 20:
        pass
    os.kill(writer.pid, signal.SIGKILL)
    *_, last = [20, *map(int, writer.communicate()[0].split())]

    kept = VectorCache(file).read(f"frase {step} {number}" for step in range(last + 2) for number in range(20))

    assert len(kept) in (20 * (last + 1), 20 * (last + 2))


def test_a_folder_that_is_not_there_is_somebodys_to_know(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        cached_vectors(FakeEncoder(tmp_path / "not there"), ["ciao"])
