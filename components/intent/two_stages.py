"""The classifier: a first stage that looks at words and knows when that is enough, and a second with sentence vectors.

A sentence vector costs several times what all the rest does. The first stage decides alone where the margin between its
two best intents is so wide that, among training sentences that were left out, it practically always agreed with the
second.
"""

from dataclasses import dataclass
from typing import Callable, Optional, Sequence

import numpy as np

from components.intent.blocks import Raw
from components.intent.stage import Stage, Verdict

Vectors = Callable[[], Sequence[np.ndarray]]


@dataclass(frozen=True)
class TwoStages:
    """What was learnt.

    Attributes:
        intents: names; everything else numbers them in this order.
        first: decides by what is cheap.
        second: by that and the sentence vector; None when there were no vectors to learn from.
        sure_from: the margin from which on `first` decides alone.
    """

    intents: tuple[str, ...]
    first: Stage
    second: Optional[Stage]
    sure_from: float

    def verdict(self, cheap: Sequence[Raw], vectors: Vectors, characters: int) -> Verdict:
        """What a message means.

        Args:
            cheap: its row in each cheap block.
            vectors: gives its row in the block of sentence vectors; called only when it is needed. Where it gives
                nothing, the encoder being unavailable, the first stage's verdict stands.
            characters: how many it has.
        """
        verdict = self.first.verdict(cheap, characters)
        if self.second is None or verdict.margin >= self.sure_from:
            return verdict
        found = vectors()
        return self.second.verdict([*cheap, *found], characters) if found else verdict
