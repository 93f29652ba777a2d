"""Writing a file so that nobody ever reads half of it."""

import os
from pathlib import Path


def write_whole(file: Path, text: str) -> None:
    """Write a file: whatever happens meanwhile, what was there before stays, or all of `text` is there."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    with draft.open("w", encoding="utf-8") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    draft.replace(file)
