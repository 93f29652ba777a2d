"""What is remembered of sentences: the same again, nothing of another version, and nothing damaged."""

from pathlib import Path
from typing import Optional, Sequence

import pytest

from components import remembered
from components.remembered import MOST_FILES, Remembered, file_of, forget_all, key_of, training_folder, version_of

SENTENCES = ("dov'è il pacco", "vorrei un reso", "\ud800 rotta")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "words" / "one.kept"
    asked(file)
    return file


def asked(file: Optional[Path], sentences: Sequence[str] = SENTENCES) -> list[str]:
    """Asks for the sentences in capitals, keeps them, and says which had to be worked out."""
    worked_out: list[str] = []

    def work_out(new: Sequence[int]) -> list[bytes]:
        worked_out.extend(sentences[place] for place in new)
        return [capitals(sentences[place]) for place in new]

    memory = Remembered(file)
    assert memory.all_of([key_of(one) for one in sentences], work_out) == [capitals(one) for one in sentences]
    memory.keep()
    return worked_out


def capitals(sentence: str) -> bytes:
    return sentence.upper().encode("utf-8", "surrogatepass")


def test_only_what_is_new_is_worked_out(file: Path) -> None:
    assert asked(file, ["grazie", *SENTENCES]) == ["grazie"]
    assert asked(file, ["grazie", *SENTENCES]) == []


def test_a_sentence_that_comes_twice_is_remembered_once(tmp_path: Path) -> None:
    asked(tmp_path / "one.kept", ["ciao", "ciao"])
    asked(tmp_path / "other.kept", ["ciao"])

    assert (tmp_path / "one.kept").read_bytes() == (tmp_path / "other.kept").read_bytes()


def test_nothing_is_written_where_nothing_is_new_or_nothing_is_remembered(file: Path, tmp_path: Path) -> None:
    before = file.stat()

    assert asked(file) == [] and asked(None) == list(SENTENCES)

    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert [one.name for one in tmp_path.iterdir()] == ["words"]


@pytest.mark.parametrize(
    "damaged",
    [b"", b"\0", b"no checksum at all, and longer than one would be", "cut", "changed", "longer"],
    ids=repr,
)
def test_a_damaged_file_holds_nothing_and_is_written_anew(
    file: Path, damaged: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", logger="components")  # whatever tests before this one were told to log
    whole = file.read_bytes()
    changed = {"cut": whole[:-1], "changed": whole[:-1] + bytes([whole[-1] ^ 1]), "longer": whole + b"\0"}
    file.write_bytes(changed.get(damaged, damaged))

    assert asked(file) == list(SENTENCES)

    assert "begun anew" in caplog.text
    assert file.read_bytes() == whole and asked(file) == []


def test_a_file_that_cannot_be_read_holds_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING", logger="components")
    folder = tmp_path / "one.kept"
    folder.mkdir()

    assert Remembered(folder).all_of([key_of("ciao")], lambda _: [b"CIAO"]) == [b"CIAO"]

    assert "cannot be read" in caplog.text


def test_what_is_not_asked_for_goes_when_it_is_more_than_what_is(file: Path) -> None:
    asked(file, ["quattro", "cinque", "sei"])
    assert asked(file, SENTENCES) == []

    asked(file, ["sette"])
    assert asked(file, SENTENCES) == list(SENTENCES)


def test_the_oldest_files_of_a_kind_go(file: Path) -> None:
    for number in range(MOST_FILES + 2):
        asked(file.with_name(f"{number}.kept"))

    assert len(list(file.parent.iterdir())) == MOST_FILES


def test_all_can_be_forgotten(file: Path, tmp_path: Path) -> None:
    forget_all(tmp_path)

    assert asked(file) == list(SENTENCES)


def test_another_code_is_another_version(tmp_path: Path) -> None:
    (tmp_path / "components").mkdir()
    code = tmp_path / "components" / "words.py"
    code.write_text("MOST = 1\n", encoding="utf-8")
    versions = [version_of("components/*.py", root=tmp_path), version_of("components/*.yml", root=tmp_path)]

    code.write_text("MOST = 2\n", encoding="utf-8")
    versions += [version_of("components/*.py", root=tmp_path), version_of("components/*.yml", root=tmp_path)]

    assert versions[0] != versions[2] and versions[1] == versions[3]


def test_another_package_or_python_is_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered.sysconfig, "get_path", lambda _name: str(tmp_path))
    versions = {version_of()}
    for name in ("spacy-3.4.4.dist-info", "spacy-3.4.5.dist-info"):
        (tmp_path / name).mkdir()
        versions.add(version_of())
    monkeypatch.setattr(remembered.sys, "version", "3.10.99")
    versions.add(version_of())

    assert len(versions) == 4


def test_each_kind_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path))

    assert training_folder() == tmp_path / "training"
    assert file_of("words").parent == tmp_path / "training" / "words"
    assert file_of("words").name == file_of("tagger").name != file_of("tagger", "components/*.py").name
