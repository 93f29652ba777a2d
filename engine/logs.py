"""The engine's log: Rasa writes messages, slots and whole conversations at DEBUG, through loggers of its own kind."""

import logging
from typing import Any

import structlog

from base.logs import configure_logging


def configure_logs(level: str) -> None:
    """As every process, and of Rasa's structured lines only the event's name, from WARNING on."""
    configure_logging(level)
    structlog.configure(
        processors=[_name_only],
        logger_factory=lambda *_names: logging.getLogger("rasa"),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        cache_logger_on_first_use=True,
    )


def _name_only(_logger: Any, _method: str, event: dict[str, Any]) -> str:
    return str(event["event"])
