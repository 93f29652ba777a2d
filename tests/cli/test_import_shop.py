import json
from pathlib import Path
from typing import Any, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from base.database import Database
from cli.import_shop import fault_line, import_file, import_shop_command, report_lines
from cli.say import Problem, say, texts
from shop.file_errors import Fault
from tests.shop.samples import NOW, shop_file
from tests.shop.test_importer import counts
from tests.shop.test_shop_file import JSON_VALUES, PLACES

SECRET = "s" * 32


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "negozio.json"


@pytest.fixture
def command(migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The command, on a migrated database."""
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path))
    monkeypatch.setenv("SPORTELLO_SECRET", SECRET)
    monkeypatch.setenv("SPORTELLO_ENGINE_SECRET", SECRET)
    yield import_shop_command


def write(file: Path, data: Any) -> Path:
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def test_a_good_file_is_loaded_and_counted(command: Any, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(write(file, shop_file()))

    assert "Ordini: nuovi 1, aggiornati 0, invariati 0" in capsys.readouterr().out.splitlines()


def test_a_second_time_nothing_is_new(command: Any, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(write(file, shop_file()))
    capsys.readouterr()

    command(file)

    assert capsys.readouterr().out.splitlines()[-1] == say("shop_file_no_change")


def test_an_update_names_the_fields(command: Any, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(write(file, shop_file()))
    data = shop_file()
    data["customers"][0]["city"] = "Milano"

    command(write(file, data))

    assert "  anna.rossi@example.it: city" in capsys.readouterr().out.splitlines()


def test_every_fault_is_a_line_and_the_exit_code_is_one(
    command: Any, file: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    data = shop_file()
    data["orders"][0]["lines"][0]["quantity"] = 0
    data["quotes"][0]["email"] = "nessuno@example.it"

    with pytest.raises(Problem) as caught:
        command(write(file, data))

    assert capsys.readouterr().err.splitlines() == [
        "orders[0].lines[0].quantity: 0 è troppo piccolo: almeno 1",
        "quotes[0].email: il cliente «nessuno@example.it» non c'è, né nel file né nel database",
    ]
    assert caught.value.exit_code == 1
    assert "2 da correggere" in say(caught.value.key, **caught.value.values)
    assert not any(counts(database).values())


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "non è JSON: errore alla riga 1, colonna 1"),
        (b'{"version": 1,\n}', "non è JSON: errore alla riga 2, colonna 1"),
        (b"\xe8", "non è in UTF-8 (riga 1)"),
        (b"[" * 100_000, "troppi livelli"),
    ],
)
def test_a_file_that_is_no_json_is_one_clear_line(command: Any, file: Path, raw: bytes, said: str) -> None:
    file.write_bytes(raw)

    with pytest.raises(Problem) as caught:
        command(file)

    line = say(caught.value.key, **caught.value.values)
    assert said in line
    assert "\n" not in line


def test_a_missing_file_and_a_folder_are_one_clear_line(command: Any, tmp_path: Path) -> None:
    for path, said in ((tmp_path / "niente.json", "non esiste"), (tmp_path, "non si può leggere")):
        with pytest.raises(Problem) as caught:
            command(path)

        assert said in say(caught.value.key, **caught.value.values)


def test_a_database_without_tables_is_one_clear_line(
    command: Any, file: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)

    with pytest.raises(Problem) as caught:
        command(write(file, shop_file()))

    assert "\n" not in say(caught.value.key, **caught.value.values)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.binary(max_size=80)
    | JSON_VALUES.map(lambda value: json.dumps(value).encode())
    | st.integers(0, 3_000).map(lambda length: json.dumps(shop_file()).encode()[:length])
    | st.tuples(st.integers(0, 3_000), st.binary(min_size=1, max_size=3)).map(
        lambda cut: json.dumps(shop_file()).encode()[: cut[0]] + cut[1] + json.dumps(shop_file()).encode()[cut[0] :]
    )
)
def test_any_file_is_loaded_or_explained_and_a_wrong_one_changes_nothing(
    database: Database, file: Path, raw: bytes
) -> None:
    before = counts(database)
    file.write_bytes(raw)

    try:
        report = import_file(database, file, NOW)
    except Problem as problem:
        say(problem.key, **problem.values).encode("utf-8")
        assert counts(database) == before
        return

    assert list(report_lines(report))


@settings(max_examples=60)
@given(st.sampled_from(PLACES), st.text(st.characters(), max_size=100))
def test_a_fault_can_be_printed_on_any_terminal(place: tuple, text: str) -> None:
    line = fault_line(Fault((*place, text), "unknown_field"))

    assert line.encode("utf-8")
    assert "\n" not in line


def test_every_code_of_a_fault_has_its_text() -> None:
    shop = Path(__file__).parents[2] / "shop"
    files = ("shop_file.py", "file_schema.py", "file_rules.py")
    sources = "\n".join((shop / name).read_text(encoding="utf-8") for name in files)
    formats = ("text", "day", "moment", "amount", "email_address", "order_number", "return_number", "quote_number")
    types = ("object", "array", "string", "integer", "boolean")
    limits = ("pattern", "minimum", "maximum", "max_length", "min_items", "max_items", "min_properties")
    computed = {f"not_{name}" for name in (*formats, "opening_hours", *types)} | set(limits)
    written = {
        key.removeprefix("shop_file_")
        for key in texts()
        if key.startswith("shop_file_") and not key.startswith("shop_file_kind")
    }

    unused = {code for code in written - computed if f'"{code}"' not in sources}

    assert computed <= written
    assert unused == {"top", "faults", "updated", "no_change"}
