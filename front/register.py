"""What the front serves, in the shop's register: how its pages and the chat address a customer.

In a page, formal words stand beside the informal ones: `<p data-lei="Scriva qui.">Scrivi qui.</p>`; such an element
holds text only. The chat has both kinds of words (`widget/language.js`) and reads in `register.js` which to say.
"""

import re
from pathlib import Path

from base.settings import Register

PAGE, SCRIPT = ".html", "register.js"
ATTRIBUTE = "data-lei"
FORMAL_WORDS = re.compile(
    rf'<(?P<tag>\w+)(?P<before>[^<>]*) {ATTRIBUTE}="(?P<formal>[^"]+)"(?P<after>[^<>]*)>[^<]*</(?P=tag)>'
)


class NotAddressable(Exception):
    """An element with formal words holds more than text."""


def addressed(file: Path, content: str, register: Register) -> str:
    """`content` of `file` as it is served in this register: the same in the informal one.

    Raises:
        NotAddressable: names the file.
    """
    if register is Register.TU:
        return content
    if file.name == SCRIPT:
        return content.replace(f'"{Register.TU.value}"', f'"{register.value}"')
    if file.suffix != PAGE:
        return content
    formal = FORMAL_WORDS.sub(r"<\g<tag>\g<before>\g<after>>\g<formal></\g<tag>>", content)
    if f" {ATTRIBUTE}=" in formal:
        raise NotAddressable(f"{file.name}: an element with {ATTRIBUTE} holds text only")
    return formal
