"""Opaque ids: they say nothing about the shop's volume and cannot be guessed."""

import secrets


def new_id(kind: str) -> str:
    """A new id such as `cv_3q2-7w…`: `kind` is two or three letters naming what it is, then 128 random bits."""
    return f"{kind}_{secrets.token_urlsafe(16)}"
