"""Everything the files say, put together: sentences, intents, responses, rules, conversations, with their places."""

from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional

from base.layers import Layers
from base.yaml_text import read_yaml
from check.code import Code
from check.nodes import Node, get, is_mapping, items, pairs, text
from check.sentences import Block, Sentence, blocks
from check.sources import Source, read_sources

LIMITS = Path(__file__).with_name("limits.yml")
SHOP_DATA = "shop.json"
DESK_WORDS = "desk/it.yml"
HELD_OUT = ("held_out", "strangers")


@dataclass(frozen=True)
class Named:
    """Something with a name, where it is written: a key, an item of a list."""

    name: str
    source: Source
    node: Node
    value: Optional[Node] = None


@dataclass(frozen=True)
class Project:
    """What is checked. Everything is read when first asked for."""

    layers: Layers
    sources: tuple[Source, ...]
    limits: Mapping[str, Any]
    code: Code
    register: str = "tu"
    today: date = date.min

    @classmethod
    def read(
        cls,
        layers: Layers,
        instead: Mapping[Path, bytes] = {},
        register: str = "tu",
        today: Optional[date] = None,
    ) -> "Project":
        """Read all files; `instead` of some, other text. `today` is this day when left out."""
        sources, code = read_sources(layers, instead), Code.read(layers.product)
        return cls(layers, sources, _limits(), code, register, today or date.today())

    def of_kind(self, *kinds: str) -> list[Source]:
        """The sources of these kinds that could be read."""
        return [source for source in self.sources if source.kind in kinds and source.root is not None]

    def whole(self, *kinds: str) -> bool:
        """Whether all files of these kinds could be read, so that what is not in them is nowhere."""
        return self._unreadable.isdisjoint(kinds)

    @cached_property
    def _unreadable(self) -> frozenset[str]:
        """The kinds of files of which one could not be read."""
        return frozenset(source.kind for source in self.sources if source.problem)

    @cached_property
    def blocks(self) -> list[tuple[Source, Block]]:
        return [(source, block) for source in self.of_kind("nlu") for block in blocks(source)]

    @cached_property
    def trained(self) -> list[Sentence]:
        """The sentences a model learns: those a shop removes left out."""
        removed = {(sentence.intent, sentence.text) for sentence in self.removed}
        every = (sentence for _, block in self.blocks for sentence in block.sentences)
        return [one for one in every if one.source.of_shop or (one.intent, one.text) not in removed]

    @cached_property
    def removed(self) -> list[Sentence]:
        """The sentences of the product that a shop does not want."""
        found = (block for source in self.of_kind("nlu") for block in blocks(source, "removed"))
        return [sentence for block in found for sentence in block.sentences]

    @cached_property
    def held_out_blocks(self) -> list[tuple[Source, Block]]:
        return [(source, block) for source in self.of_kind(*HELD_OUT) for block in blocks(source)]

    @cached_property
    def held_out(self) -> list[Sentence]:
        """The sentences kept aside."""
        return [sentence for _, block in self.held_out_blocks for sentence in block.sentences]

    @cached_property
    def intents(self) -> list[Named]:
        return list(self._named_in_domain("intents"))

    @cached_property
    def intent_names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.intents) | set(self.limits["rasa_intents"])

    @cached_property
    def entities(self) -> list[Named]:
        return list(self._named_in_domain("entities"))

    @cached_property
    def slots(self) -> list[Named]:
        return list(self._named_in_domain("slots"))

    @cached_property
    def slot_names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.slots) | set(self.limits["rasa_slots"])

    @cached_property
    def forms(self) -> list[Named]:
        return list(self._named_in_domain("forms"))

    @cached_property
    def actions(self) -> list[Named]:
        return list(self._named_in_domain("actions"))

    @cached_property
    def desk_words(self) -> frozenset[str]:
        """The keys of what agents read."""
        return frozenset(read_yaml((self.layers.product / DESK_WORDS).read_text(encoding="utf-8")))

    @cached_property
    def written_responses(self) -> list[Named]:
        """Every response as often as it is written, its variants as the value."""
        found = ((source, get(source.root, "responses")) for source in self.of_kind("responses", "domain"))
        return [Named(str(key.value), source, key, value) for source, all_ in found for key, value in pairs(all_)]

    @cached_property
    def responses(self) -> dict[str, Named]:
        """The responses that are said: the shop's instead of the product's."""
        return {one.name: one for one in self.written_responses}

    @cached_property
    def product_responses(self) -> dict[str, Named]:
        return {one.name: one for one in self.written_responses if not one.source.of_shop}

    @cached_property
    def written_rules(self) -> list[Named]:
        """Every rule by its name."""
        found = ((source, rule) for source in self.of_kind("rules") for rule in items(get(source.root, "rules")))
        return [Named(text(get(rule, "rule")) or "", source, rule, rule) for source, rule in found if is_mapping(rule)]

    @cached_property
    def rules(self) -> list[Named]:
        """The rules that hold: the shop's instead of the product's of the same name."""
        own = {rule.name for rule in self.written_rules if rule.source.of_shop}
        return [rule for rule in self.written_rules if rule.source.of_shop or rule.name not in own]

    @cached_property
    def conversations(self) -> list[Named]:
        found = ((source, item) for source in self.of_kind("conversations") for item in items(source.root))
        return [Named(text(get(item, "conversation")) or "", source, item, item) for source, item in found]

    @cached_property
    def said_by_rules(self) -> frozenset[str]:
        """The responses and actions that rules lead to."""
        return frozenset(text(action) or "" for _, action in self.steps("action"))

    def shop_data(self, source: Source) -> str:
        """The shop's data that test conversations beside `source` are held with, as it is written."""
        own, product = source.path.with_name(SHOP_DATA), self.layers.product / "tests" / "conversations" / SHOP_DATA
        file = own if own.is_file() else product
        return file.read_text(encoding="utf-8") if file.is_file() else ""

    def steps(self, key: str) -> Iterator[tuple[Named, Node]]:
        """Every value of `key` in the steps and conditions of the rules that hold."""
        for rule in self.rules:
            for part in ("condition", "steps"):
                for step in items(get(rule.value, part)):
                    value = get(step, key)
                    if value is not None:
                        yield rule, value

    def _named_in_domain(self, section: str) -> Iterator[Named]:
        """Items of a list, or keys of a mapping; an item may be a mapping of one key."""
        for source in self.of_kind("domain"):
            here = get(source.root, section)
            yield from (Named(str(key.value), source, key, value) for key, value in pairs(here))
            for item in items(here):
                if is_mapping(item):
                    yield from (Named(str(key.value), source, key, value) for key, value in pairs(item)[:1])
                elif text(item):
                    yield Named(str(item.value), source, item)


@cache
def _limits() -> Mapping[str, Any]:
    return read_yaml(LIMITS.read_text(encoding="utf-8"))


def steps_of(rule: Named) -> list[Node]:
    return items(get(rule.value, "steps"))
