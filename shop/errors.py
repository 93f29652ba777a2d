"""Everything that can go wrong with a shop's records, as one family.

    ShopError                      base: carries the response to say and the values to fill in
    ├── ShopUnavailable            the shop's system did not answer in time; nothing is known now
    ├── RecordNotFound             no record with that number and that e-mail; says nothing about which one was wrong
    └── TooManyAttempts            too many wrong tries from this session or address

An error names a response of data/responses and holds no Italian. Its own message is English, for the log, and names
ids, never what a customer typed.
"""


class ShopError(Exception):
    """Base of the family. `response` is the `utter_` to say; `values` fills its placeholders."""

    response = "utter_error_generic"

    def __init__(self, message: str = "", **values: object) -> None:
        super().__init__(message or type(self).__name__)
        self.values = values


class ShopUnavailable(ShopError):
    """The shop's system did not answer in time."""

    response = "utter_error_shop_unavailable"


class RecordNotFound(ShopError):
    """No record has that number and that e-mail together."""

    response = "utter_error_record_not_found"


class TooManyAttempts(ShopError):
    """Too many wrong tries; a pause, and a person is offered."""

    response = "utter_error_too_many_attempts"
