"""The `sportello` command: what can be typed, and how every known error becomes one line.

Each command lives in its own module, imported only when it runs, so that `--help` is quick.
"""

import os
import sys
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Iterator, Optional

import click
import typer
from dotenv import load_dotenv

from base.settings import ROOT, SettingsError
from cli.env_file import ensure_secrets
from cli.help import in_italian
from cli.say import Problem, say
from engine.models import ModelError

ENV_FILE = ROOT / ".env"
INTERRUPTED = 130
MEASURING_NICE = 10  # customers come first


def app() -> None:
    """Run the command line and leave with its exit code."""
    load_dotenv(ENV_FILE)
    with _one_line_errors():
        sys.exit(build().main(prog_name="sportello", standalone_mode=False) or 0)


def build() -> click.Command:
    """The tree of commands, with its Italian help."""
    cli = _group()
    cli.callback(invoke_without_command=True)(_sportello)
    cli.command("up")(_up)
    cli.command("train")(_train)
    cli.command("init")(_init)
    cli.command("new-intent")(_new_intent)
    cli.command("new-response")(_new_response)
    cli.command("new-conversation")(_new_conversation)
    cli.command("add-conversation")(_add_conversation)
    cli.command("check")(_check)
    cli.command("parse")(_parse)
    cli.command("test")(_test)
    cli.command("evaluate")(_evaluate)
    cli.command("publish")(_publish)
    cli.command("rollback")(_rollback)
    cli.command("models")(_models)
    cli.command("bench")(_bench)
    cli.command("import")(_import)
    cli.command("requests")(_requests)
    cli.command("choices")(_choices)
    cli.command("doctor")(_doctor)
    cli.command("migrate")(_migrate)
    dev = _group()
    dev.callback()(lambda: None)
    # "-1d" is an argument, not an option.
    dev.command("clock", context_settings={"ignore_unknown_options": True})(_dev_clock)
    cli.add_typer(dev, name="dev")
    desk = _group()
    desk.callback()(lambda: None)
    desk.command("add-user")(_desk_add_user)
    desk.command("password")(_desk_password)
    desk.command("disable")(_desk_disable)
    desk.command("users")(_desk_users)
    desk.command("set-user")(_desk_set_user)
    desk.command("route")(_desk_route)
    desk.command("wrong")(_desk_wrong)
    cli.add_typer(desk, name="desk")
    labels = _group()
    labels.callback()(lambda: None)
    labels.command("add")(_labels_add)
    labels.command("measure")(_labels_measure)
    labels.command("apply")(_labels_apply)
    labels.command("undo")(_labels_undo)
    labels.command("patch")(_labels_patch)
    labels.command("history")(_labels_history)
    cli.add_typer(labels, name="labels")
    return in_italian(typer.main.get_command(cli))


def _group() -> typer.Typer:
    return typer.Typer(add_completion=False, no_args_is_help=True)


def _sportello(context: typer.Context, show_version: bool = typer.Option(False, "--version")) -> None:
    if show_version:
        print(version("sportello"))
    elif context.invoked_subcommand is None:
        print(context.get_help())


def _up(demo: bool = typer.Option(False, "--demo")) -> None:
    from cli.up import up_command

    _make_secrets()
    up_command(demo)


def _make_secrets() -> None:
    """A fresh installation gets its secrets with the first command that needs them."""
    for name in ensure_secrets(ENV_FILE, os.environ):
        print(say("secret_made", name=name, file=ENV_FILE), file=sys.stderr)


def _train(
    if_needed: bool = typer.Option(False, "--if-needed"),
    from_nothing: bool = typer.Option(False, "--from-nothing", is_flag=True),
) -> None:
    from cli.train import train_command

    _make_secrets()
    if if_needed:
        from cli.model import model_is_usable, models_folder

        if model_is_usable(models_folder()):
            return
    train_command(from_nothing)


def _init(folder: Path) -> None:
    from cli.init import init_command

    init_command(folder)


def _new_intent(topic: str, name: str) -> None:
    from cli.new import new_intent_command

    new_intent_command(topic, name)


def _new_response(topic: str, name: str) -> None:
    from cli.new import new_response_command

    new_response_command(topic, name)


def _new_conversation(topic: str, title: str) -> None:
    from cli.new import new_conversation_command

    new_conversation_command(topic, title)


def _add_conversation(
    topic: str, file: Path, only_check: bool = typer.Option(False, "--only-check", is_flag=True)
) -> None:
    from cli.add import add_conversation_command

    add_conversation_command(topic, file, only_check)


def _check(
    fix: bool = typer.Option(False, "--fix", is_flag=True), full: bool = typer.Option(False, "--full", is_flag=True)
) -> None:
    from cli.check import check_command

    check_command(fix, full)


def _parse(text: Optional[str] = typer.Argument(None), jsonl: bool = typer.Option(False, "--jsonl")) -> None:
    from cli.parse import parse_command

    _make_secrets()
    parse_command(text, jsonl)


def _test(curve: bool = typer.Option(False, "--curve", is_flag=True)) -> int:
    from cli.test_model import test_command

    _make_secrets()
    return test_command(curve)


def _evaluate(
    file: Optional[Path] = typer.Argument(None),
    train_file: Optional[Path] = typer.Option(None, "--train"),
    test_file: Optional[Path] = typer.Option(None, "--test"),
    report: Optional[Path] = typer.Option(None, "--report"),
    curve: bool = typer.Option(False, "--curve", is_flag=True),
    stock: bool = typer.Option(False, "--stock", is_flag=True),
) -> None:
    from cli.evaluate import evaluate_command

    evaluate_command(file, train_file, test_file, report, curve, stock)


def _bench(
    part: Optional[str] = typer.Argument(None),
    quick: bool = typer.Option(False, "--quick", is_flag=True),
    without_stock: bool = typer.Option(False, "--without-stock", is_flag=True),
    rounds: int = typer.Option(5, "--rounds", min=1),
    rate: float = typer.Option(6.0, "--rate", min=0.1),
    stock_store: str = typer.Option("memory", "--stock-store"),
    json_file: Optional[Path] = typer.Option(None, "--json"),
    plot_file: Optional[Path] = typer.Option(None, "--plot"),
) -> None:
    from cli.say import Problem

    if part not in (None, "desk", "figures"):
        raise Problem("bench_no_such_part", exit_code=2, value=part)
    if part == "desk":
        from cli.bench_desk import bench_desk_command

        return bench_desk_command(quick, json_file)
    if part == "figures":
        from cli.bench_trend import bench_trend_command

        return bench_trend_command(quick, json_file)
    from cli.bench import bench_command

    bench_command(quick, without_stock, rounds, rate, stock_store, json_file, plot_file)


def _publish(
    why: Optional[str] = typer.Option(None, "--why"),
    anyway: bool = typer.Option(False, "--anyway", is_flag=True),
    by: Optional[str] = typer.Option(None, "--by"),
    test_first: bool = typer.Option(False, "--test", is_flag=True),
) -> None:
    from cli.publish import publish_command

    _make_secrets()
    publish_command(why, anyway, by, test_first)


def _rollback(why: Optional[str] = typer.Option(None, "--why"), by: Optional[str] = typer.Option(None, "--by")) -> None:
    from cli.rollback import rollback_command

    _make_secrets()
    rollback_command(why, by)


def _models(most: int = typer.Option(20, "--last", min=1)) -> None:
    from cli.models import models_command

    _make_secrets()
    models_command(most)


def _import(file: Path) -> None:
    from cli.import_shop import import_shop_command
    from cli.migrate import bring_up_to_date

    _make_secrets()
    bring_up_to_date()
    import_shop_command(file)


def _requests(
    number: Optional[int] = typer.Argument(None), done: bool = typer.Option(False, "--done", is_flag=True)
) -> None:
    from cli.requests import requests_command

    _make_secrets()
    requests_command(number, done)


def _choices(most: int = typer.Option(50, "--last", min=1)) -> None:
    from cli.choices import choices_command

    _make_secrets()
    choices_command(most)


def _doctor(about: Optional[str] = typer.Argument(None)) -> None:
    from cli.doctor import doctor_command

    doctor_command(ENV_FILE, about)


def _migrate() -> None:
    from cli.migrate import migrate_command

    migrate_command()


def _dev_clock(when: str) -> None:
    from cli.dev import clock_command

    _make_secrets()
    clock_command(when)


def _desk_add_user(
    email: str,
    name: str = typer.Option(..., "--name"),
    role: str = typer.Option("agent", "--role"),
    department: list[str] = typer.Option([], "--department"),
    skill: list[str] = typer.Option([], "--skill"),
) -> None:
    from cli.desk import add_user_command

    _make_secrets()
    add_user_command(email, name, role, department, skill)


def _desk_set_user(
    email: str,
    role: Optional[str] = typer.Option(None, "--role"),
    department: list[str] = typer.Option([], "--department"),
    skill: list[str] = typer.Option([], "--skill"),
    no_departments: bool = typer.Option(False, "--no-departments", is_flag=True),
    no_skills: bool = typer.Option(False, "--no-skills", is_flag=True),
) -> None:
    from cli.desk import set_user_command

    _make_secrets()
    departments = department if department or no_departments else None
    set_user_command(email, role, departments, skill if skill or no_skills else None)


def _desk_route(
    intent: Optional[str] = typer.Option(None, "--intent"),
    kind: Optional[str] = typer.Option(None, "--kind"),
    province: Optional[str] = typer.Option(None, "--province"),
    postal_code: Optional[str] = typer.Option(None, "--cap"),
    sector: Optional[str] = typer.Option(None, "--sector"),
    reason: Optional[str] = typer.Option(None, "--reason"),
    channel: Optional[str] = typer.Option(None, "--channel"),
    words: Optional[str] = typer.Option(None, "--words"),
    amount: Optional[str] = typer.Option(None, "--amount"),
    handoffs: Optional[int] = typer.Option(None, "--handoffs", min=1),
    conversation: Optional[str] = typer.Option(None, "--conversation"),
) -> None:
    from cli.desk_route import Asked, route_command

    _make_secrets()
    asked = Asked(intent, kind, province, postal_code, sector, reason, channel, words, amount, handoffs)
    route_command(asked, conversation)


def _desk_password(email: str) -> None:
    from cli.desk import password_command

    _make_secrets()
    password_command(email)


def _desk_disable(email: str) -> None:
    from cli.desk import disable_command

    _make_secrets()
    disable_command(email)


def _desk_users() -> None:
    from cli.desk import users_command

    _make_secrets()
    users_command()


def _desk_wrong(most: int = typer.Option(50, "--last", min=1)) -> None:
    from cli.wrong import wrong_command

    _make_secrets()
    wrong_command(most)


def _labels_add(
    intent: str,
    text: str,
    held_out: bool = typer.Option(False, "--held-out", is_flag=True),
    into_product: bool = typer.Option(False, "--into-product", is_flag=True),
) -> None:
    from cli.labels import add_command

    add_command(intent, text, held_out, into_product)


def _labels_measure(file: Path, as_json: bool = typer.Option(False, "--json", is_flag=True)) -> None:
    from cli.labels import measure_command

    os.nice(MEASURING_NICE)
    measure_command(file, as_json)


def _labels_apply(file: Path, into_product: bool = typer.Option(False, "--into-product", is_flag=True)) -> None:
    from cli.labels import apply_command

    apply_command(file, into_product)


def _labels_undo(number: Optional[int] = typer.Argument(None)) -> None:
    from cli.labels import undo_command

    undo_command(number)


def _labels_patch(file: Path) -> None:
    from cli.labels import patch_command

    patch_command(file)


def _labels_history() -> None:
    from cli.labels import history_command

    history_command()


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """Turn what can be expected to go wrong into one Italian line and an exit code; bugs keep their traceback."""
    try:
        yield
    except Problem as problem:
        _leave(say(problem.key, **problem.values), problem.exit_code)
    except SettingsError as error:
        _leave(say(f"settings_{error.problem}", variable=error.variable, value=error.value), 1)
    except ModelError as error:
        _leave(say(error.problem, path=error.path), 1)
    except click.UsageError as error:
        _leave(_usage_text(error), 2)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Who read us has gone; leave without the interpreter trying to flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        _leave(say("file_problem", path=error.filename, reason=error.strerror), 1)


def _usage_text(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return say("usage_no_such_option", name=error.option_name)
    if isinstance(error, click.BadParameter):
        name = error.param.make_metavar() if error.param else error.param_hint
        return say("usage_missing" if isinstance(error, click.MissingParameter) else "usage_bad_value", name=name)
    group = error.ctx.command if error.ctx else None
    names = [word for word in sys.argv[1:] if not word.startswith("-")]
    if isinstance(group, click.Group) and names and names[-1] not in group.commands:
        return say("usage_no_such_command", name=names[-1])
    return say("usage_wrong")


def _leave(line: str, exit_code: int) -> None:
    print(line, file=sys.stderr)
    sys.exit(exit_code)


if __name__ == "__main__":
    app()
