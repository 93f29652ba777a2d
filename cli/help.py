"""Puts the Italian of `cli/it.yml` into the help pages: `help_<command>` and `help_<command>_<parameter>` by name."""

from typing import Optional

import click
from typer import rich_utils

from cli.say import say


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: Optional[str] = None) -> None:
        super().write_usage(prog, args, say("help_usage") + " ")


class _Context(click.Context):
    formatter_class = _Formatter


def in_italian(command: click.Command, name: str = "") -> click.Command:
    """`command` and all below it, with every text a help page shows taken from `cli/it.yml`."""
    rich_utils.OPTIONS_PANEL_TITLE = say("help_options")
    rich_utils.ARGUMENTS_PANEL_TITLE = say("help_arguments")
    rich_utils.COMMANDS_PANEL_TITLE = say("help_commands")
    rich_utils.REQUIRED_LONG_STRING = say("help_required")
    key = f"help_{name}" if name else "help"
    command.context_class = _Context
    command.options_metavar = say("help_options_metavar")
    command.help = say(key if name else "help_sportello")
    for parameter in command.params:
        parameter.help = say(f"{key}_{parameter.name}")
        parameter.show_default = False
        if isinstance(parameter, click.Argument) or not parameter.is_flag:
            parameter.metavar = say(f"help_metavar_{parameter.name}")
    with click.Context(command) as context:
        command.get_help_option(context).help = say("help_help")
    if isinstance(command, click.Group):
        command.subcommand_metavar = say("help_command_metavar")
        for child in command.commands.values():
            in_italian(child, f"{name}_{child.name}" if name else child.name)
    return command
