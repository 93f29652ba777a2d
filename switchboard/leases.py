"""What only one of several processes may do at a time: whoever has the lease does it, and the others wait."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from base.database import lock_names
from switchboard.models import Lease


def take(session: Session, name: str, owner: str, now: datetime, length: timedelta) -> bool:
    """Have the lease `name` until `now + length`, or have it longer; False while somebody else has it."""
    lock_names(session, f"lease:{name}")
    lease = session.execute(select(Lease).where(Lease.name == name)).scalar_one_or_none()
    if lease is None:
        session.add(Lease(name=name, owner=owner, until=now + length))
        return True
    if lease.owner != owner and lease.until > now:
        return False
    lease.owner, lease.until = owner, now + length
    return True


def give_back(session: Session, name: str, owner: str) -> None:
    """End the lease if it is this owner's, so that nobody has to wait for it."""
    session.execute(delete(Lease).where(Lease.name == name, Lease.owner == owner))
