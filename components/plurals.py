"""The other number of an Italian noun, by its ending: of "banco" it may be "banchi" or "banci", of "sedie" "sedia".

Some of these are no words; nobody writes them, so a list of names takes no harm from them.
"""

_OTHER_ENDINGS = {
    "chi": ("co",), "che": ("ca",), "ghi": ("go",), "ghe": ("ga",), "co": ("chi", "ci"), "ca": ("che",),
    "go": ("ghi",), "ga": ("ghe",), "io": ("i",), "cia": ("ce", "cie"), "gia": ("ge", "gie"), "a": ("e", "i"),
    "o": ("i",), "e": ("i", "a"), "i": ("o", "e", "io"),
}  # fmt: skip
LONGEST_ENDING = 3


def both_numbers(name: str) -> tuple[str, ...]:
    """A folded noun of at least four letters in singular and plural, whichever it is itself; a shorter one alone."""
    if len(name) < LONGEST_ENDING + 1:
        return (name,)
    for size in range(LONGEST_ENDING, 0, -1):
        others = _OTHER_ENDINGS.get(name[-size:])
        if others:
            return (name, *(name[:-size] + other for other in others))
    return (name,)
