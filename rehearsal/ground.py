"""What a conversation is held with besides the model: texts, parameters, the shop's own questions."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Optional

from actions.dialogue import Dialogue
from base.layers import Layers
from base.settings import Register
from shop.desk_rules import DeskRules
from shop.questions import FILE, LiveQuestions
from switchboard.texts import Texts


@dataclass(frozen=True)
class Ground:
    """Where everything is read from.

    Attributes:
        layers: of parameters and of the shop's questions.
        responses: folders of texts; those of a later one win.
    """

    layers: Layers
    responses: tuple[Path, ...]

    @classmethod
    def of_product(cls, home: Optional[Path] = None) -> "Ground":
        """The product's words and parameters, whatever a shop has changed: the product's conversations quote them.

        Args:
            home: of a shop whose rules the model has learnt; responses that only it has are there, too.
        """
        product = Layers()
        return cls(product, Layers(home=home).responses[::-1] if home else product.responses)

    @classmethod
    def of_shop(cls, home: Path) -> "Ground":
        """Everything of the shop's folder laid over the product."""
        layers = Layers(home=home)
        return cls(layers, layers.responses)

    def texts(self, register: Register) -> Texts:
        """The texts in this register, read once."""
        return _texts(self.responses, register)

    @property
    def dialogue(self) -> Dialogue:
        """Parameters of the conversation, read once."""
        return _dialogue(self.layers.files("dialogue.yml"))

    @property
    def desk(self) -> DeskRules:
        """When people answer, read once."""
        return _desk(self.layers.files("desk.yml"))

    @property
    def questions(self) -> LiveQuestions:
        """The shop's own questions."""
        return LiveQuestions(lambda: self.layers.files(FILE))


@lru_cache(maxsize=8)
def _texts(folders: tuple[Path, ...], register: Register) -> Texts:
    return Texts.load(folders, register)


@lru_cache(maxsize=4)
def _dialogue(files: tuple[Path, ...]) -> Dialogue:
    return Dialogue.load(files)


@lru_cache(maxsize=4)
def _desk(files: tuple[Path, ...]) -> DeskRules:
    return DeskRules.load(files)
