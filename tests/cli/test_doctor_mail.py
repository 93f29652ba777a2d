"""What doctor finds about the mail server, with a real one: it connects and logs in, and sends nothing."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from base.settings import load_settings
from cli import doctor_mail
from cli.doctor_mail import examine_mail
from tests.front.smtp_server import PASSWORD, USER, MailServer, certificate, mail_server

SECRETS = {"SPORTELLO_SECRET": "s" * 32, "SPORTELLO_ENGINE_SECRET": "e" * 32}


async def _lines(server: MailServer, **env: str) -> dict[str, bool]:
    asked = {
        **SECRETS,
        "SPORTELLO_SMTP_HOST": "127.0.0.1",
        "SPORTELLO_SMTP_PORT": str(server.port),
        "SPORTELLO_SMTP_TLS": "none",
        "SPORTELLO_MAIL_FROM": "negozio@example.it",
        **env,
    }
    findings: Any = await asyncio.to_thread(lambda: list(examine_mail(load_settings(asked))))
    return {finding.line: finding.good for finding in findings}


async def test_a_server_that_works_is_named_and_gets_nothing() -> None:
    async with mail_server() as server:
        ((line, good),) = (await _lines(server)).items()

    assert good and "risponde" in line and "negozio@example.it" in line
    assert server.mails == [] and server.commands == []


async def test_credentials_that_are_refused_are_told_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, ours = certificate(tmp_path)
    real = doctor_mail.connected
    monkeypatch.setattr(doctor_mail, "connected", lambda smtp, _tls, timeout_s: real(smtp, ours, timeout_s))
    async with mail_server(theirs, starttls=True, login=True) as server:
        tls = {"SPORTELLO_SMTP_TLS": "starttls", "SPORTELLO_SMTP_USER": USER}
        right = await _lines(server, **tls, SPORTELLO_SMTP_PASSWORD=PASSWORD)
        wrong = await _lines(server, **tls, SPORTELLO_SMTP_PASSWORD="sbagliata")

    assert all(right.values())
    ((line, good),) = wrong.items()
    assert not good and "SPORTELLO_SMTP_PASSWORD" in line and "sbagliata" not in line


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_that_nobody_knows_is_told(tls: str, tmp_path: Path) -> None:
    theirs, _ = certificate(tmp_path)
    async with mail_server(theirs, starttls=tls == "starttls") as server:
        ((line, good),) = (await _lines(server, SPORTELLO_SMTP_TLS=tls)).items()

    assert not good and "certificato" in line


async def test_a_server_that_cannot_be_protected_is_told() -> None:
    async with mail_server() as server:
        ((line, good),) = (await _lines(server, SPORTELLO_SMTP_TLS="starttls")).items()

    assert not good and "SPORTELLO_SMTP_TLS" in line


async def test_a_server_that_is_away_or_silent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_mail, "ANSWER_S", 0.3)
    async with mail_server() as server:
        server.silent = True
        silent = await _lines(server)
    away = await _lines(server)

    assert list(silent.values()) == list(away.values()) == [False]
    assert all("non risponde" in line for line in (*silent, *away))


def test_without_a_server_the_way_to_switch_codes_on_is_told() -> None:
    (off,), (demo,) = (list(examine_mail(load_settings({**SECRETS, **more}))) for more in ({}, {"SPORTELLO_DEV": "1"}))

    assert off.good and "SPORTELLO_SMTP_HOST" in off.line and "docs/identity.md" in off.line
    assert demo.good and "/dev/outbox" in demo.line


def test_passwords_in_the_clear_across_a_network_are_told() -> None:
    env = {"SPORTELLO_SMTP_HOST": "posta.invalid", "SPORTELLO_SMTP_TLS": "none", "SPORTELLO_MAIL_FROM": "a@example.it"}

    first, *_ = examine_mail(load_settings({**SECRETS, **env}))

    assert not first.good and "none" in first.line
