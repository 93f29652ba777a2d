"""The words customers read: `data/responses/*.yml`, the one source for front, engine and actions.

A response has variants. Which one is said depends on the turn's id alone, so that a repeated turn says the same words.
Rasa's `channel` and `condition` keys mean what they mean in Rasa: a variant for the channel at hand comes before one
for every channel, and one whose condition holds comes before one without.

The informal words are `text` of a variant and `title` of a button. Formal ones, where they differ, stand beside them:
`metadata: {lei: "…"}` in a variant, because Rasa allows no key of ours there, and `lei: "…"` in a button.
"""

import json
import re
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional

from ruamel.yaml.error import YAMLError

from base.layers import Files, layered
from base.settings import Register
from base.yaml_text import read_yaml
from switchboard.body import ButtonMeaning, Reply

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
PAYLOAD = re.compile(r"/(?P<intent>[a-z][a-z0-9_]*)(?P<entities>\{.*\})?\s*", re.DOTALL)
SPACES = re.compile(" {2,}")  # left behind by a sentence that had nothing to say
FORMAL = Register.LEI.value  # the key of formal words
LEFT_FOR_FRONT = ("request_number", "queue_position")  # known only in the transaction that writes the reply

Variant = dict[str, Any]


class TextsUnreadable(Exception):
    """A file of responses is no YAML, repeats a response, or holds something that is no response."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place, self.problem = place, problem


class TextMissing(Exception):
    """A response that does not exist, or a placeholder nobody gave a value for."""

    def __init__(self, key: str, placeholder: Optional[str] = None) -> None:
        super().__init__(f"{key}, placeholder {placeholder}" if placeholder else key)
        self.key, self.placeholder = key, placeholder


@dataclass(frozen=True)
class Texts:
    """All responses, each with its variants as the YAML has them, in the words of one register."""

    responses: Mapping[str, list[Variant]]

    @classmethod
    def load(cls, folders: Files, register: Register) -> "Texts":
        """Read every `*.yml`: `text` and `title` of what is returned address a customer as `register` says.

        Args:
            folders: of responses; where there are several, one of a later folder takes the place of the same in others.

        Raises:
            TextsUnreadable: names the file, and the response where there is one.
        """
        responses: dict[str, list[Variant]] = {}
        for folder in layered(folders):
            responses.update(_responses_in(folder))
        if register is Register.LEI:
            responses = {key: [_formal(variant) for variant in variants] for key, variants in responses.items()}
        return cls(responses)

    def variant(
        self, key: str, turn_id: str, channel: Optional[str] = None, slots: Optional[Mapping[str, object]] = None
    ) -> Variant:
        """The variant of `key` to be said in this turn.

        Raises:
            TextMissing: there is no such response, or no variant of it for this channel and these slots.
        """
        candidates = _candidates(self.responses.get(key, []), channel, slots or {})
        if not candidates:
            raise TextMissing(key)
        return candidates[_stable_number(f"{turn_id}\n{key}") % len(candidates)]

    def fill(self, key: str, words: str, values: Mapping[str, object]) -> str:
        """`words` of response `key` with every placeholder replaced; what is in a value is never read as a placeholder.

        Raises:
            TextMissing: a placeholder has no value, or `None`.
        """

        def value_of(found: re.Match) -> str:
            name = found.group(1)
            if values.get(name) is not None:
                return str(values[name])
            if name in LEFT_FOR_FRONT:
                return found.group()
            raise TextMissing(key, name)

        return PLACEHOLDER.sub(value_of, words)

    def render(
        self, key: str, turn_id: str, values: Optional[Mapping[str, object]] = None, channel: Optional[str] = None
    ) -> Reply:
        """Response `key` ready to be said: words and buttons with `values` filled in.

        Raises:
            TextMissing: the response or the value of a placeholder is missing.
        """
        values = values or {}
        variant = self.variant(key, turn_id, channel, values)
        buttons = tuple(self._button(key, button, values) for button in variant.get("buttons") or [])
        words = SPACES.sub(" ", self.fill(key, variant.get("text") or "", values)).strip()
        return Reply(text=words, buttons=buttons)

    def say(self, key: str, **values: object) -> str:
        """The words of a response that has one variant: a label, part of a sentence.

        Raises:
            TextMissing: the response or the value of a placeholder is missing.
        """
        return self.render(key, "", values).text

    def _button(self, key: str, button: Mapping[str, str], values: Mapping[str, object]) -> ButtonMeaning:
        intent, entities = parse_payload(button["payload"])
        filled = {name: self.fill(key, value, values) for name, value in entities.items()}
        return ButtonMeaning(self.fill(key, button["title"], values), intent, filled)


def parse_payload(payload: str) -> tuple[str, dict[str, str]]:
    """What a button's payload such as `/track_order{"order_number": "104233"}` stands for: the intent and its entities.

    Raises:
        ValueError: it is not written that way.
    """
    found = PAYLOAD.fullmatch(payload)
    if not found:
        raise ValueError("a payload is a slash, an intent and, if need be, entities as a JSON object")
    entities: dict[str, Any] = json.loads(found["entities"] or "{}")
    return found["intent"], {name: v if isinstance(v, str) else json.dumps(v) for name, v in entities.items()}


def write_payload(button: ButtonMeaning) -> str:
    """The payload that `parse_payload` reads as this button's intent and entities."""
    return f"/{button.intent}" + (json.dumps(button.entities, ensure_ascii=False) if button.entities else "")


def _responses_in(folder: Path) -> dict[str, list[Variant]]:
    responses: dict[str, list[Variant]] = {}
    for file in sorted(folder.glob("*.yml")):
        for key, variants in _responses_of(file).items():
            if key in responses:
                raise TextsUnreadable(f"{file.name}: {key}", "is in another file too")
            responses[key] = _checked(variants, f"{file.name}: {key}")
    return responses


def _responses_of(file: Path) -> Mapping[str, Any]:
    try:
        content = read_yaml(file.read_text(encoding="utf-8")) or {}
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file.name}:{mark.line + 1}" if mark else file.name
        raise TextsUnreadable(place, "not YAML, or a repeated key") from error
    except UnicodeDecodeError as error:
        raise TextsUnreadable(file.name, "not UTF-8") from error
    responses = content.get("responses") or {} if isinstance(content, dict) else None
    if not isinstance(responses, dict):
        raise TextsUnreadable(file.name, "`responses:` with one key for each response is missing")
    return responses


def _checked(variants: Any, place: str) -> list[Variant]:
    if not isinstance(variants, list) or not variants or not all(isinstance(variant, dict) for variant in variants):
        raise TextsUnreadable(place, "a response is a list of variants")
    for variant in variants:
        if not isinstance(variant.get("text", ""), str):
            raise TextsUnreadable(place, "`text` is no text; put it in quotes")
        _check_formal(variant.get("text", ""), variant.get("metadata", {}), place)
        for button in variant.get("buttons") or []:
            _check_button(button, place)
    return variants


def _check_button(button: Any, place: str) -> None:
    try:
        parse_payload(button["payload"])
        PLACEHOLDER.findall(button["title"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TextsUnreadable(place, 'a button has a title and a payload like /intent{"entity": "value"}') from error
    _check_formal(button["title"], button, place)


def _check_formal(informal: str, beside: Any, place: str) -> None:
    """The `lei` in `beside`, if there is one, is a text and has the placeholders of the `informal` words."""
    if not isinstance(beside, dict):
        raise TextsUnreadable(place, '`metadata` has keys, as in metadata: {lei: "…"}')
    if FORMAL not in beside:
        return
    formal = beside[FORMAL]
    if not isinstance(formal, str) or not formal:
        raise TextsUnreadable(place, "`lei` is no text; put it in quotes")
    if not informal:
        raise TextsUnreadable(place, "`lei` stands beside a `text`, and there is none")
    different = set(PLACEHOLDER.findall(informal)) ^ set(PLACEHOLDER.findall(formal))
    if different:
        names = ", ".join(f"{{{name}}}" for name in sorted(different))
        raise TextsUnreadable(place, f"`lei` has other placeholders than the words beside it: {names}")


def _formal(variant: Variant) -> Variant:
    """A checked variant with its formal words in the place of the informal ones."""
    formal = dict(variant)
    if FORMAL in variant.get("metadata", {}):
        formal["text"] = variant["metadata"][FORMAL]
    if variant.get("buttons"):
        formal["buttons"] = [{**button, "title": button.get(FORMAL, button["title"])} for button in variant["buttons"]]
    return formal


def _candidates(variants: list[Variant], channel: Optional[str], slots: Mapping[str, object]) -> list[Variant]:
    """The variants that suit best; the order of preference is Rasa's."""
    conditional = [v for v in variants if v.get("condition") and _holds(v["condition"], slots)]
    plain = [v for v in variants if v.get("condition") is None]
    groups: Iterator[list[Variant]] = iter(
        [v for v in group if v.get("channel") == wanted]
        for wanted, group in ((channel, conditional), (channel, plain), (None, conditional), (None, plain))
    )
    return next((group for group in groups if group), [])


def _holds(conditions: list[Mapping[str, Any]], slots: Mapping[str, object]) -> bool:
    return all(_same(slots.get(condition["name"]), condition["value"]) for condition in conditions)


def _same(found: object, wanted: object) -> bool:
    if isinstance(found, str) and isinstance(wanted, str):
        return found.casefold() == wanted.casefold()
    return found == wanted


def _stable_number(seed: str) -> int:
    return int.from_bytes(blake2b(seed.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
