"""`sportello parse --jsonl`: one line out for every line in, in order."""

import asyncio
import io
import json
from typing import Any

import pytest

from cli.parse import BadLine, _parse_lines, readable_lines, text_of


class EchoParser:
    """Stands for the loaded model."""

    async def parse(self, text: str) -> dict[str, Any]:
        return {"text": text}


def test_every_line_is_answered_in_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    output = io.StringIO()
    lines = [b'{"text": "uno"}\n', b"rotta\n", b'{"text": "tre \\ud800"}\n']

    bad = asyncio.run(_parse_lines(EchoParser(), lines, output))

    answers = [json.loads(line) for line in output.getvalue().splitlines()]
    assert bad == 1
    assert answers[0] == {"text": "uno"}
    assert answers[1]["line"] == 2
    assert answers[2] == {"text": "tre \ud800"}
    assert "2" in capsys.readouterr().err


@pytest.mark.parametrize("line", [b"", b"[]", b'{"tex": "a"}', b'{"text": 1}', b"\xff", b'"text"', b"[" * 100_000])
def test_a_line_without_a_text_is_refused(line: bytes) -> None:
    with pytest.raises(BadLine):
        text_of(line)


@pytest.mark.parametrize(
    ("normalized", "shown"),
    [
        ("2026-11-27", "2026-11-27"),
        (None, "non si sa che cosa"),
        ({"municipality": "Bologna", "province": "BO", "region": "Emilia-Romagna"}, "Bologna, BO, Emilia-Romagna"),
        (
            {"name": "sedia", "sku": None, "candidates": [{"name": "sedia Alba", "sku": "SED-ALBA"}]},
            "sedia (forse sedia Alba)",
        ),
    ],
)
def test_people_read_what_an_entity_means(normalized: Any, shown: str) -> None:
    entity = {"entity": "product", "start": 0, "end": 5, "value": "sedia", "normalized": normalized}
    parsed = {"intent": {"name": "greet", "confidence": 1.0}, "intent_ranking": [], "entities": [entity]}

    assert any(f"cioè {shown}" in line for line in readable_lines(parsed))
