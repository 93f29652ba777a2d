"""What becomes of an answer that went wrong, whoever notices: an apology, and word to the staff (docs/engine.md)."""

APOLOGY = "utter_error_generic"
FAILED_TURN = {"kind": "staff_request", "reason": "failed_turn"}
