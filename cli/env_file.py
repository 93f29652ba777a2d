"""The project's `.env`: made at the first start, with secrets nobody else has."""

import os
import secrets
from pathlib import Path
from typing import MutableMapping

from dotenv import dotenv_values

SECRETS = ("SPORTELLO_SECRET", "SPORTELLO_ENGINE_SECRET")


def ensure_secrets(file: Path, env: MutableMapping[str, str]) -> list[str]:
    """Put every secret into `env`: from `file`, or new ones that are added to it.

    Returns:
        The names of those that were made now. The file is then readable by its owner only.
    """
    written = dotenv_values(file)
    made = {name: secrets.token_urlsafe(32) for name in SECRETS if not env.get(name) and not written.get(name)}
    if made:
        _append(file, "".join(f"{name}={value}\n" for name, value in made.items()))
    for name in SECRETS:
        env[name] = env.get(name) or written.get(name) or made[name]
    return list(made)


def _append(file: Path, lines: str) -> None:
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(descriptor, "w", encoding="utf-8") as target:
        os.fchmod(descriptor, 0o600)
        target.write(("\n" if before and not before.endswith("\n") else "") + lines)
