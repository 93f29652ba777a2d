"""Passwords: argon2id hashes that only cost time to check, also when nobody has the e-mail that was typed."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's parameters for argon2id
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$yflT5sRKj4UYk5Mk5+PAoA$gGx3J3rnZz+4fIYnZ7VZ2Hms/jZe4e2RKd9h05Wgkko"


def hashed(password: str) -> str:
    """The hash to be stored, 97 characters."""
    return _HASHER.hash(password)


def is_right(stored: str, password: str) -> bool:
    """Whether `password` has this hash."""
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def waste_time(password: str) -> None:
    """Do what checking takes: an unknown e-mail is refused as slowly as a wrong password."""
    is_right(_NOBODY, password)


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)
