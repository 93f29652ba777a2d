import logging

import structlog

from engine.logs import configure_logs

SECRET = "sono Anna, il mio ordine è 104233"


def test_structured_lines_lose_what_they_carry(capsys) -> None:
    configure_logs("DEBUG")

    structlog.get_logger().warning("message.parsing.failed", user_text=SECRET)
    structlog.get_logger().debug("processor.message.parse", parse_data_text=SECRET)
    logging.getLogger("rasa.core.processor").info(SECRET)

    said = capsys.readouterr()
    assert "message.parsing.failed" in said.err
    assert SECRET not in said.err + said.out
