"""Numbers that were learnt once and are shipped: in half precision, without pickle, with what they were learnt from."""

from pathlib import Path
from typing import Collection, Mapping, Type
from zipfile import BadZipFile

import numpy as np

SOURCE = "source"


def read_shipped(
    file: Path, unreadable: Type[Exception], needed: Collection[str] = ()
) -> tuple[dict[str, np.ndarray], str]:
    """All arrays of a file by their names, float32, and the SHA-256 of what they were learnt from.

    Args:
        unreadable: what is raised, with the file's name: it is not there, is no such file, or lacks a `needed` array.
    """
    try:
        with np.load(file, allow_pickle=False) as kept:
            arrays = {name: kept[name].astype(np.float32) for name in {*kept, *needed} - {SOURCE}}
            return arrays, str(kept[SOURCE])
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise unreadable(file.name) from error


def write_shipped(file: Path, arrays: Mapping[str, np.ndarray], source: str) -> None:
    """Keep the arrays, in half precision."""
    half = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez_compressed(file, **{SOURCE: np.array(source)}, **half)
