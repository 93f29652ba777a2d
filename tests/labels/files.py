"""Files of sentences as many hands write them, for Hypothesis: styles, comments, blanks, ends of lines."""

from dataclasses import dataclass

from hypothesis import strategies as st

INTENTS = ("track_order", "request_return", "greet")
WORDS = st.text(
    st.sampled_from(list("abcdefgxyz àèéìòù0123456789'\"#:;,.!?()-&*%@`|>{}/=~€🙂")), min_size=1, max_size=30
).filter(lambda text: any(character.isalnum() for character in text))
COMMENTS = st.sampled_from(["# una nota", "#", "# - intent: non_conta", "# è così: [x](y)", "#\tcon tabulazione"])
BLANKS = st.sampled_from(["", " ", "   "])


@dataclass(frozen=True)
class Block:
    """One intent of a generated file."""

    intent: str
    style: str
    sentences: tuple[str, ...]


@st.composite
def sentences(draw: st.DrawFn) -> str:
    return " ".join(draw(WORDS).split())


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    style = draw(st.sampled_from(["|", "|", "|", "|-", "|+", "|2", "list", "folded", "flow", "null"]))
    return Block(draw(st.sampled_from(INTENTS)), style, tuple(draw(st.lists(sentences(), min_size=1, max_size=4))))


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file of sentences; what an intent's block cannot take is in it, too."""
    lines = draw(st.lists(COMMENTS, max_size=1))
    if draw(st.booleans()):
        lines.append('version: "3.1"')
    column = draw(st.sampled_from([0, 0, 2, 4]))
    for section in draw(
        st.sampled_from([("nlu",), ("nlu",), ("nlu", "removed"), ("removed", "nlu"), ("removed",), ()])
    ):
        if section == "removed" and draw(st.booleans()):
            lines.append("removed:")
            continue
        lines.append(f"{section}:" + draw(st.sampled_from(["", "  # commento", " "])))
        for block in draw(st.lists(blocks(), min_size=1, max_size=3)):
            lines += draw(st.lists(BLANKS | COMMENTS, max_size=2))
            lines += [" " * column + line for line in draw(_lines_of(block))]
    lines += draw(st.lists(BLANKS | COMMENTS, max_size=2))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    text = end.join(lines) + draw(st.sampled_from([end, end, "", end * 2]))
    return draw(st.sampled_from(["", "", "\ufeff"])) + text if text.strip() else text


@st.composite
def _lines_of(draw: st.DrawFn, block: Block) -> list[str]:
    lines = [f"- intent: {block.intent}" + draw(st.sampled_from(["", "   # commento"]))]
    if draw(st.booleans()):
        lines.append("  # prima degli esempi")
    if block.style.startswith("|"):
        inside = "    " if block.style == "|2" else "  " + " " * draw(st.integers(1, 4))
        lines.append(f"  examples: {block.style}" + draw(st.sampled_from(["", "  # commento"])))
        for sentence in block.sentences:
            lines += draw(st.lists(BLANKS, max_size=1))
            lines.append(f"{inside}- {sentence}" + draw(st.sampled_from(["", "", " "])))
    elif block.style == "list":
        inside = draw(st.sampled_from(["  ", "    "]))
        lines.append("  examples:")
        for sentence in block.sentences:
            quoted = sentence.replace("\\", "\\\\").replace('"', '\\"')
            form = draw(st.sampled_from(["quoted", "block", "metadata"]))
            if form == "block":
                lines += [f"{inside}- text: |", f"{inside}    {sentence}"]
            else:
                lines.append(f'{inside}- text: "{quoted}"')
            if form == "metadata":
                lines += [f"{inside}  metadata:", f"{inside}    source: chat"]
    elif block.style == "folded":
        lines += ["  examples: >", *(f"    - {sentence}" for sentence in block.sentences)]
    elif block.style == "flow":
        lines.append("  examples: [{text: uno}, {text: due}]")
    else:
        lines.append("  examples:")
    if draw(st.booleans()):
        lines += ["  metadata:", "    source: chat"]
    return lines
