"""Log files that never fill the disk."""

from pathlib import Path

from cli.rotating_log import RotatingLog


def test_a_full_file_is_put_aside_and_the_oldest_is_dropped(tmp_path: Path) -> None:
    log = RotatingLog(tmp_path / "x.log", max_bytes=10, old_files=2)

    for line in (b"primo...\n", b"secondo.\n", b"terzo...\n", b"quarto..\n"):
        log.write(line)

    assert [(tmp_path / name).read_bytes() for name in ("x.log", "x.log.1", "x.log.2")] == [
        b"quarto..\n",
        b"terzo...\n",
        b"secondo.\n",
    ]
    assert len(list(tmp_path.iterdir())) == 3


def test_the_last_lines_survive_broken_characters_and_split_chunks(tmp_path: Path) -> None:
    log = RotatingLog(tmp_path / "x.log", max_bytes=1_000, old_files=1)

    for chunk in (b"uno\ndu", b"e\n\xff tre\nquat", b"tro"):
        log.write(chunk)

    assert log.last_lines(3) == ("due", "\ufffd tre", "quattro")


def test_a_log_that_cannot_be_written_does_not_stop_the_process(tmp_path: Path) -> None:
    log = RotatingLog(tmp_path / "missing" / "x.log", max_bytes=10, old_files=1)

    log.write(b"riga\n")

    assert log.last_lines() == ("riga",)
