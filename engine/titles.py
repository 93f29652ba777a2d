"""What is written on the button of each intent."""

from typing import Iterator, Mapping

from engine.closeness import LABEL
from switchboard.texts import Texts


class Titles(Mapping[str, str]):
    """The intents that have a name customers understand, and the name, as the texts are when it is asked for."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def __getitem__(self, intent: str) -> str:
        return str(self._texts.responses[LABEL + intent][0]["text"])

    def __iter__(self) -> Iterator[str]:
        return (name.removeprefix(LABEL) for name in self._texts.responses if name.startswith(LABEL))

    def __len__(self) -> int:
        return sum(1 for _ in self)
