"""A copy of the conversation by e-mail, to an address that is proved."""

from actions import proving
from actions.after_proof import AfterProof
from actions.turn import Turn
from base.emails import masked_email

COPY_FORM = "copy_form"


class ValidateCopyForm(AfterProof):
    """Proves the e-mail and has the copy sent there."""

    form = COPY_FORM
    wish = "request_my_data"
    asks = "utter_copy_ask_email"
    without = "utter_copy_without"

    async def do(self, turn: Turn) -> None:
        owner, *_ = await proving.owners(turn)
        turn.effect("copy")
        turn.say("utter_copy_sent", email=masked_email(owner.email))
