"""Whether a port is free, and who has it."""

import errno
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional

from base.settings import Actions, Settings

LISTENING = "0A"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Wanted:
    """An address one of our processes listens on, and the environment variable that changes its port."""

    variable: str
    host: str
    port: int


def wanted_ports(settings: Settings) -> tuple[Wanted, ...]:
    """Every address Sportello listens on."""
    actions = Wanted("SPORTELLO_ACTIONS_PORT", LOOPBACK, settings.actions_port)
    return (
        Wanted("SPORTELLO_PORT", settings.host, settings.port),
        Wanted("SPORTELLO_ENGINE_PORT", LOOPBACK, settings.engine_port),
        *([actions] if settings.actions is Actions.PROCESS else []),
    )


def problem_with(host: str, port: int) -> Optional[str]:
    """Why this computer cannot listen there: `busy`, `forbidden`, `no_such_host`, or `None` when it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except socket.gaierror:
        return "no_such_host"
    except OSError as error:
        reasons = {errno.EADDRINUSE: "busy", errno.EACCES: "forbidden", errno.EADDRNOTAVAIL: "no_such_host"}
        if error.errno not in reasons:
            raise
        return reasons[error.errno]
    return None


def listener(port: int) -> Optional[str]:
    """Name and id of the process that listens on `port`, as far as this user may see; Linux only."""
    wanted = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    if not wanted:
        return None
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(file) in wanted for file in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()}, {process.name}"
        except OSError:  # ended meanwhile, or another user's
            continue
    return None


def _listening_inodes(port: int) -> Iterator[str]:
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rsplit(":", 1)[1], 16) == port:
                yield fields[9]
