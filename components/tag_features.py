"""What the tagger looks at in each word of a message. No Rasa, so that a process of its own can learn from it."""

from typing import Optional, Sequence

from components.clues import capitals_tell, clues_of
from components.found import Found
from components.words import Token, meant_form

BEFORE_AFTER = 2  # neighbours on each side that help to decide

Features = list[str]


def features_of(
    tokens: Sequence[Token], text: str, taken: Sequence[Found] = (), telling: Optional[bool] = None
) -> list[Features]:
    """What is known of each token: its form, its beginning and end, its shape, the clues, and its neighbours.

    Args:
        text: the message that the tokens are of.
        taken: what rules found in it before.
        telling: whether to look at capitals; where they tell something, if it is not said.
    """
    telling = capitals_tell(text) if telling is None else telling
    clues = clues_of(tokens, text, taken, telling)
    own = [_own_features(token, telling) for token in tokens]
    near = [(*row[:2], *of_token) for row, of_token in zip(own, clues)]
    rows = []
    for i, (row, of_token) in enumerate(zip(own, clues)):
        features = [*row, *of_token]
        for distance in range(-BEFORE_AFTER, BEFORE_AFTER + 1):
            if distance and 0 <= i + distance < len(own):
                features += [f"{distance}:{feature}" for feature in near[i + distance]]
        if i:
            features += [f"{own[i - 1][0]}+{feature}" for feature in (row[1], *of_token)]
        features.append("first" if i == 0 else "last" if i == len(own) - 1 else "middle")
        rows.append(features)
    return rows


def _own_features(token: Token, telling: bool) -> Features:
    form = meant_form(token)
    features = [
        f"form={token.lemma}",
        f"shape={_shape(form)}",
        f"start={form[:3]}",
        f"end={form[-3:]}",
        f"end={form[-2:]}",
    ]
    return [*features, f"capital={token.text[:1].isupper()}"] if telling and token.start > 0 else features


def _shape(form: str) -> str:
    """Digits become 9, letters a, runs are shortened: "2,35" → "9,9", "75ml" → "9a"."""
    signs = ["9" if c.isdigit() else "a" if c.isalpha() else c for c in form]
    return "".join(sign for i, sign in enumerate(signs) if i == 0 or sign != signs[i - 1])
