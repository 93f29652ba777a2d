"""Shows that a model was trained by this installation.

Loading a trained model can run whatever its maker put in, so a checksum beside the model is not enough: who can drop a
model into the folder can write one, too. A seal is a keyed checksum, and the key is a secret of `.env`, which is not
kept near the models. It needs no database, so that models are trained and measured where there is none, and computers
of one shop, which share their secrets, accept each other's.
"""

import hashlib
import hmac
from typing import Optional, Sequence

from base.settings import engine_secret

PURPOSE = "sportello model"  # the secret is used for other things, too


def seal(parts: Sequence[str], secret: Optional[str] = None) -> str:
    """HMAC-SHA-256 over `parts`, in hexadecimal digits; the secret is this installation's when not given."""
    message = "\n".join((PURPOSE, *parts)).encode()
    return hmac.new((secret or engine_secret()).encode(), message, hashlib.sha256).hexdigest()


def is_sealed(found: str, parts: Sequence[str], secret: Optional[str] = None) -> bool:
    """Whether `found` is the seal of `parts`."""
    return hmac.compare_digest(found.encode(), seal(parts, secret).encode())
