"""Whether a port is free, and who has it."""

import os
import socket
import sys
from typing import Iterator

import pytest

from cli.ports import LOOPBACK, listener, problem_with


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((LOOPBACK, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_somebody_listens_on_is_busy(taken: int) -> None:
    assert problem_with(LOOPBACK, taken) == "busy"


def test_a_port_is_busy_on_all_addresses_when_it_is_on_one(taken: int) -> None:
    assert problem_with("0.0.0.0", taken) == "busy"


def test_a_port_nobody_listens_on_is_free() -> None:
    with socket.socket() as server:
        server.bind((LOOPBACK, 0))
        port = server.getsockname()[1]

    assert problem_with(LOOPBACK, port) is None


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_computer_cannot_be_used(host: str) -> None:
    assert problem_with(host, 5005) == "no_such_host"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells who listens")
def test_the_process_that_listens_is_named(taken: int) -> None:
    assert listener(taken).endswith(f", {os.getpid()}")


def test_nobody_is_named_for_a_free_port() -> None:
    assert listener(1) is None
