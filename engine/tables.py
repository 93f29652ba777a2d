"""The table of the dialogue's state. Imports SQLAlchemy only, so that migrations need no Rasa."""

from sqlalchemy import JSON, Column, String

from base.database import Base, UtcDateTime


class TrackerRow(Base):
    """Where one conversation stands: what Rasa has to know for the next turn, and what the last turn answered."""

    __tablename__ = "trackers"

    conversation_id = Column(String(64), primary_key=True)
    snapshot = Column(JSON, nullable=False)
    last_turn_id = Column(String(64), nullable=False)
    last_result = Column(JSON, nullable=False)
    updated_at = Column(UtcDateTime, nullable=False)
