"""Holds one written conversation, turn by turn, until it goes otherwise than written."""

from typing import Any, Mapping, Optional, Protocol, Sequence

from base.settings import Register
from engine.action_endpoint import TurnBroken
from rehearsal.held import Held, HeldTurn, Mismatch
from rehearsal.talk import NoSuchButton, Shown

OPEN_PLACEHOLDER = "{"


class Talks(Protocol):
    """`rehearsal.talk.Talk`, or one on another channel."""

    shown: Shown
    understood: str
    responses: list[str]
    effects: list[dict[str, Any]]

    def addressed_as(self, register: Register) -> None: ...
    def wait(self, minutes: int) -> None: ...
    def somebody_else(self, session: str) -> None: ...
    async def say(self, text: str, between: Sequence[str] = (), files: int = 0) -> None: ...
    async def press(self, title: str) -> None: ...
    def stands_still(self, note: Optional[str]) -> bool: ...
    def files_with_requests(self) -> int: ...


async def hold(talk: Talks, name: str, turns: Sequence[Mapping[str, Any]], register: Register) -> Held:
    """The conversation as it goes with `talk`; it ends with the first turn that goes otherwise than written."""
    talk.addressed_as(register)
    held: list[HeldTurn] = []
    for place, turn in enumerate(turns, start=1):
        if "wait" in turn:
            talk.wait(turn["wait"])
        elif "session" in turn:
            talk.somebody_else(turn["session"])
        else:
            held.append(await _held(talk, place, turn))
            if held[-1].mismatches:
                break
    return Held(name, tuple(held), len(turns))


async def _held(talk: Talks, place: int, turn: Mapping[str, Any]) -> HeldTurn:
    files, pressed = turn.get("files", 0), "button" in turn
    said = turn["button"] if pressed else turn.get("customer", "")
    try:
        if pressed:
            await talk.press(said)
        else:
            await talk.say(said, turn.get("between", ()), files)
    except NoSuchButton as error:
        missing = Mismatch("button", said, ", ".join(error.titles))
        return HeldTurn(place, said, pressed, files, "", (), (), talk.shown.words, (missing,))
    except (Exception, TurnBroken) as error:  # noqa: BLE001 a turn that breaks is a finding, the next conversation goes on
        broken = Mismatch("broken", "", type(error).__name__)
        return HeldTurn(place, said, pressed, files, "", (), (), "", (broken,))
    effects = tuple(_named(effect) for effect in talk.effects)
    return HeldTurn(
        place,
        said,
        pressed,
        files,
        talk.understood,
        tuple(talk.responses),
        effects,
        talk.shown.words,
        tuple(mismatches(turn, talk)),
    )


def mismatches(turn: Mapping[str, Any], talk: Talks) -> list[Mismatch]:
    """What the turn that `talk` has just taken did otherwise than `turn` says."""
    words, effects = talk.shown.words, [_named(effect) for effect in talk.effects]
    checks: list[tuple[str, bool, Any, Any]] = [("placeholder", OPEN_PLACEHOLDER not in words, "", words)]
    if "intent" in turn:
        checks.append(("intent", talk.understood == turn["intent"], turn["intent"], talk.understood))
    if "bot" in turn:
        checks.append(("bot", talk.responses == turn["bot"], turn["bot"], talk.responses))
    checks += [("says", piece in words, piece, words) for piece in turn.get("says", ())]
    checks += [("never", piece not in words, piece, words) for piece in turn.get("never", ())]
    if "card" in turn:
        checks.append(("card", list(talk.shown.cards) == [turn["card"]], turn["card"], talk.shown.cards))
    if "problem" in turn:
        checks.append(("problem", talk.stands_still(turn["problem"]), turn["problem"] or "", words))
    if "kept" in turn:
        kept = talk.files_with_requests()
        checks.append(("kept", kept == turn["kept"], turn["kept"], kept))
    wanted = turn.get("effects", [])
    checks.append(("effects", effects == wanted, wanted, effects))
    return [Mismatch(kind, _shown(wanted), _shown(got)) for kind, is_met, wanted, got in checks if not is_met]


def _named(effect: Mapping[str, Any]) -> str:
    return f"staff_request/{effect['reason']}" if effect["kind"] == "staff_request" else effect["kind"]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(value) if isinstance(value, (list, tuple)) else str(value)
