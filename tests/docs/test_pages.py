"""How a page is read, so that no command is passed over."""

from pathlib import Path

from tests.docs.pages import a_page

PAGE = """# A page

## 1. Begin

    sportello init ../shop        # makes it
    .venv/bin/sportello labels add track_order "dov'è # 104206?"

In fondo a `domande.yml`:

    domande:
    - domande:
      - "una"

    sportello is no command here, it belongs to the file

And `sportello check` in a sentence is none either.
"""


def test_commands_and_files_are_found_in_order(tmp_path: Path) -> None:
    init, add, into = a_page(PAGE, tmp_path)

    assert (init.words, init.section, init.line) == (("init", "../shop"), "1. Begin", 5)
    assert add.words == ("labels", "add", "track_order", "dov'è # 104206?")
    assert into.file == "domande.yml" and into.lines.startswith('domande:\n- domande:\n  - "una"\n')
