"""Colours: the one that is meant by any of its forms, as italian.yml lists them ("rosse" → "rosso")."""

from typing import Optional

from components.normalise import fold, italian_words


def color_value(written: str) -> Optional[str]:
    """The base colour: "blu notte" → "blu", "verde salvia" → "verde", "Bordò" → "bordeaux"; None if it is none known.

    The first word that is a colour decides; what the customer wrote stays in the entity's `value`.
    """
    colors = italian_words().colors
    whole = " ".join(fold(written).text.split())
    if whole in colors:
        return colors[whole]
    words = whole.replace("/", " ").replace("-", " ").split()
    return next((colors[word] for word in words if word in colors), None)
