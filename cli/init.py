"""`sportello init FOLDER`: makes a shop's own folder, with comments that explain what can be written where."""

from pathlib import Path

from cli.say import Problem, say

TEMPLATES = Path(__file__).with_name("home")
READ_ME = "LEGGIMI.md"


def init_command(folder: Path) -> None:
    """Fill `folder`, made when missing.

    Raises:
        Problem: there is something in it already, or it is no folder.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Problem("init_not_empty", folder=folder)
    for template in templates():
        file = folder / template.relative_to(TEMPLATES)
        file.parent.mkdir(parents=True, exist_ok=True)
        text = template.read_text(encoding="utf-8")
        file.write_text(text.replace("{folder}", str(folder)) if file.name == READ_ME else text, encoding="utf-8")
    (folder / "rules").mkdir()
    print(say("init_done", folder=folder))


def templates() -> list[Path]:
    """The files that a new folder gets."""
    return sorted(file for file in TEMPLATES.rglob("*") if file.is_file())
