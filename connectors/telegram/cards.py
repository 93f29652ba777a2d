"""Cards (docs/engine.md) as lines of text. A kind this channel does not know, or a broken card, has no lines."""

from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional

SIGNS = {"done": "✔", "current": "●", "todo": "○", "problem": "⚠"}
HTTPS = "https://"
LONGEST_LINK = 2_000


@dataclass(frozen=True)
class Line:
    """One line: a sign, a strong beginning, plain words, and where they lead."""

    strong: str = ""
    plain: str = ""
    url: Optional[str] = None

    @property
    def words(self) -> str:
        """What is read."""
        return f"{self.strong}{self.plain}"


def card_lines(card: Any) -> list[Line]:
    """The card's lines, in the order in which it is read."""
    if not isinstance(card, dict):
        return []
    draw = DRAWN.get(card.get("kind"))  # type: ignore[arg-type]
    if draw is None:
        return []
    title = _text(card.get("title"))
    return [*([Line(strong=title)] if title else []), *draw(card), *_facts(card), *_links(card)]


def card_image(card: Any) -> Optional[str]:
    """The picture shown with the card, None where there is none."""
    image = card.get("image") if isinstance(card, dict) and card.get("kind") == "product" else None
    return image if _is_link(image) else None


def _timeline(card: Mapping[str, Any]) -> list[Line]:
    lines = []
    for step in _items(card, "steps"):
        sign = SIGNS.get(step.get("state"), "·")  # type: ignore[arg-type]
        words = " · ".join(filter(None, (_text(step.get("label")), _text(step.get("at")), _text(step.get("note")))))
        lines.append(Line(plain=f"{sign} {words}"))
    return lines


def _records(card: Mapping[str, Any]) -> list[Line]:
    lines = []
    for item in _items(card, "items"):
        state = _text(item.get("state_label"))
        lines.append(Line(strong=_text(item.get("title")), plain=f" · {state}" if state else ""))
        if _text(item.get("subtitle")):
            lines.append(Line(plain=_text(item.get("subtitle"))))
    return lines


def _product(card: Mapping[str, Any]) -> list[Line]:
    price = _text(card.get("price"))
    return [Line(plain=price)] if price else []


def _document(card: Mapping[str, Any]) -> list[Line]:
    about = _text(card.get("about"))
    return [Line(plain=about)] if about else []


def _continue(card: Mapping[str, Any]) -> list[Line]:
    """The link was made for this message alone, of the address that the shop has set."""
    url = card.get("url")
    return [Line(plain=_text(card.get("action")), url=url)] if isinstance(url, str) else []


def _facts(card: Mapping[str, Any]) -> list[Line]:
    return [Line(plain=f"{_text(fact.get('label'))}: {_text(fact.get('value'))}") for fact in _items(card, "facts")]


def _links(card: Mapping[str, Any]) -> list[Line]:
    links = [link for link in _items(card, "links") if _is_link(link.get("url"))]
    return [Line(plain=_text(link.get("title")) or link["url"], url=link["url"]) for link in links]


def _items(card: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = card.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _text(value: Any) -> str:
    """On one line."""
    return " ".join(str(value).split()) if isinstance(value, (str, int, float)) else ""


def _is_link(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(HTTPS) and len(HTTPS) < len(value) <= LONGEST_LINK


DRAWN: Mapping[str, Callable[[Mapping[str, Any]], list[Line]]] = {
    "timeline": _timeline,
    "records": _records,
    "product": _product,
    "document": _document,
    "continue": _continue,
}
