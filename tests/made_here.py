"""Models as a training of an installation leaves them: described and sealed with its secret."""

import os
import shutil
from datetime import datetime, timezone
from pathlib import Path
from typing import Optional

from base.layers import data_layers
from engine.fingerprints import code_fingerprint, file_sha256
from engine.models import ModelInfo, sealed


def made_here(archive: Path, models: Path, secret: Optional[str] = None, code: Optional[str] = None) -> ModelInfo:
    """`archive`, put into the folder `models`; its code is this checkout's when not given."""
    models.mkdir(parents=True, exist_ok=True)
    sha256 = file_sha256(archive)
    kept = models / f"sportello-{sha256[:12]}.tar.gz"
    if not kept.exists():
        link_or_copy(archive, kept)
    now = datetime(2026, 11, 23, tzinfo=timezone.utc)
    code = code_fingerprint(data_layers()) if code is None else code
    return sealed(ModelInfo("test", kept, sha256, now, code), secret)


def link_or_copy(file: Path, place: Path) -> None:
    """The same file under another name, or its copy where the two are on different disks."""
    try:
        os.link(file, place)
    except OSError:
        shutil.copy(file, place)
