"""The history of the models that customers talked to: who put which one into service, when and why.

Which one is in service now is not asked here: `models/service.json` says it, and this is completed from it.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Mapping, Optional, Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from switchboard.models import ModelChange

LONGEST_BY, LONGEST_WHY = 80, 500


@dataclass(frozen=True)
class Changed:
    """A model that went into service.

    Attributes:
        action: first, publish, rollback or upgrade.
        by, why: who did it, and what was said about it, at most `LONGEST_BY` and `LONGEST_WHY` characters.
        previous_sha256: of the model before it; None for the first.
        figures: what its test measured, by name.
        override: whether it went into service without having passed its test.
    """

    id: str
    at: datetime
    action: str
    by: str
    why: str
    sha256: str
    fingerprint: str
    previous_sha256: Optional[str]
    figures: Mapping[str, Any]
    override: bool


def record(session: Session, changed: Changed) -> bool:
    """Keep it, once; whether it was new."""
    if session.get(ModelChange, changed.id) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(ModelChange(**asdict(changed)))
    except IntegrityError:  # another command completed the history at this very moment
        return False
    return True


def latest(session: Session, most: int) -> Sequence[Changed]:
    """The last `most` changes, oldest first."""
    query = select(ModelChange).order_by(ModelChange.at.desc(), ModelChange.id).limit(most)
    return [_changed(row) for row in reversed(session.scalars(query).all())]


def figures_of(session: Session, sha256: str) -> Mapping[str, Any]:
    """What was measured of this model when it was put into service last; empty where it never was."""
    query = select(ModelChange.figures).where(ModelChange.sha256 == sha256).order_by(ModelChange.at.desc()).limit(1)
    return session.scalar(query) or {}


def _changed(row: ModelChange) -> Changed:
    return Changed(**{name: getattr(row, name) for name in Changed.__dataclass_fields__})
