"""Logging for every process: one line on standard error with time, level and where. Customers' words never go there."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
QUIET = ("httpx", "httpcore", "engineio", "socketio", "sanic.access", "asyncio")  # httpx at INFO writes whole addresses


def configure_logging(level: str) -> None:
    """Set up the root logger; libraries that chatter or could write what customers say are kept at WARNING."""
    logging.basicConfig(level=level, format=FORMAT, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
