"""A feature that is made only when somebody looks at it."""

from typing import Any, Callable, Optional

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE
from rasa.shared.nlu.training_data.features import Features


class VectorOnDemand(Features):
    """A dense feature of a sentence whose `features`, `(1, n)`, are made when they are first asked for."""

    def __init__(self, make: Callable[[], np.ndarray], attribute: str, origin: str) -> None:
        self._make: Callable[[], np.ndarray] = make
        super().__init__(None, FEATURE_TYPE_SENTENCE, attribute, origin)

    @property
    def features(self) -> np.ndarray:
        """The vector, as a row."""
        if self._made is None:
            self._made = self._make()[np.newaxis]
        return self._made

    @features.setter
    def features(self, features: Optional[np.ndarray]) -> None:
        self._made = features

    def __deepcopy__(self, memo: dict[int, Any]) -> Features:
        """The feature, made: Rasa copies what it looks at."""
        return Features(self.features.copy(), self.type, self.attribute, self.origin)

    def is_sparse(self) -> bool:
        """It is not; said without making it."""
        return False

    def is_dense(self) -> bool:
        """It is; said without making it."""
        return True
