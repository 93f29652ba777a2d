"""The outbox of a demonstration: who may look at it, and that mails are shown as text."""

import secrets
import socket
from datetime import datetime, timezone
from pathlib import Path

import httpx
import pytest
from sanic import Sanic

from base.settings import SettingsError, load_settings
from front.mail import Outbox, SmtpMailer, mailer_of, text_mail
from front.outbox_page import PATH, add_outbox, read_outbox
from tests.connectors.web_server import _start_up

SECRETS = {"SPORTELLO_SECRET": "s" * 32, "SPORTELLO_ENGINE_SECRET": "e" * 32}
SMTP = {"SPORTELLO_SMTP_HOST": "posta.example.it", "SPORTELLO_MAIL_FROM": "negozio@example.it"}
AT = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)


async def _written(folder: Path, *texts: str) -> None:
    for number, text in enumerate(texts):
        await Outbox(folder).send(text_mail("negozio@localhost", "anna@example.it", text, text, f"ch_{number}", AT))


async def _status_and_page(folder: Path, **headers: str) -> tuple[int, str]:
    app = Sanic(f"test-{secrets.token_hex(4)}", configure_logging=False)
    add_outbox(app, folder)
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
    server = await app.create_server(
        sock=listening, return_asyncio_server=True, access_log=False, asyncio_server_kwargs={"start_serving": True}
    )
    await _start_up(server)
    try:
        async with httpx.AsyncClient() as client:
            answer = await client.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return answer.status_code, answer.text
    finally:
        server.close()


async def test_the_latest_mail_comes_first_and_drafts_are_none(tmp_path: Path) -> None:
    await _written(tmp_path, "prima", "dopo")
    (tmp_path / "ch_2.draft-1").write_bytes(b"Subject: a meta\n\n")

    assert {str(mail["Subject"]) for mail in read_outbox(tmp_path)} == {"prima", "dopo"}


async def test_a_mail_is_shown_as_text(tmp_path: Path) -> None:
    await _written(tmp_path, "<script>alert(1)</script>")

    status, page = await _status_and_page(tmp_path)

    assert status == 200 and "&lt;script&gt;" in page and "<script" not in page


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"x_forwarded_for": "203.0.113.9"}])
async def test_only_this_computer_sees_it(headers: dict[str, str], tmp_path: Path) -> None:
    assert (await _status_and_page(tmp_path, **headers))[0] == 404


async def test_an_empty_outbox_says_so(tmp_path: Path) -> None:
    assert "Nessuna e-mail" in (await _status_and_page(tmp_path / "none"))[1]


def test_a_demonstration_sends_nothing_even_with_a_server() -> None:
    assert isinstance(mailer_of(load_settings({**SECRETS, **SMTP, "SPORTELLO_DEV": "1"})), Outbox)
    assert isinstance(mailer_of(load_settings({**SECRETS, **SMTP})), SmtpMailer)
    assert mailer_of(load_settings(SECRETS)) is None


def test_codes_are_on_where_mail_can_go() -> None:
    on = [load_settings({**SECRETS, **more}).codes for more in ({}, SMTP, {"SPORTELLO_DEV": "1"})]

    assert on == [False, True, True]


@pytest.mark.parametrize(
    ("variable", "env"),
    [
        ("SPORTELLO_MAIL_FROM", {"SPORTELLO_MAIL_FROM": ""}),
        ("SPORTELLO_MAIL_FROM", {"SPORTELLO_MAIL_FROM": "negozio"}),
        ("SPORTELLO_MAIL_FROM", {"SPORTELLO_MAIL_FROM": "a@example.it\nBcc: b@example.it"}),
        ("SPORTELLO_SMTP_TLS", {"SPORTELLO_SMTP_TLS": "yes"}),
        ("SPORTELLO_SMTP_PORT", {"SPORTELLO_SMTP_PORT": "70000"}),
        ("SPORTELLO_SMTP_PASSWORD", {"SPORTELLO_SMTP_USER": "negozio"}),
        ("SPORTELLO_SMTP_USER", {"SPORTELLO_SMTP_PASSWORD": "segreto"}),
        ("SPORTELLO_LOGIN_KEYS", {"SPORTELLO_LOGIN_KEYS": "short:abc"}),
        ("SPORTELLO_LOGIN_KEYS", {"SPORTELLO_LOGIN_KEYS": f"a:{'x' * 32},a:{'y' * 32}"}),
        ("SPORTELLO_PROOF_MINUTES", {"SPORTELLO_PROOF_MINUTES": "0"}),
        ("SPORTELLO_RECORD_PROOF_HOURS", {"SPORTELLO_RECORD_PROOF_HOURS": "x"}),
    ],
)
def test_what_cannot_be_is_named_without_its_value_where_it_is_secret(variable: str, env: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings({**SECRETS, **SMTP, **env})

    assert refusal.value.variable == variable
    assert "x" * 8 not in str(refusal.value) and "segreto" not in str(refusal.value)


def test_the_usual_ports_go_with_the_protection() -> None:
    ports = [load_settings({**SECRETS, **SMTP, "SPORTELLO_SMTP_TLS": tls}).smtp for tls in ("starttls", "tls", "none")]

    assert [smtp and smtp.port for smtp in ports] == [587, 465, 587]


def test_keys_are_read_in_the_order_they_are_written() -> None:
    keys = load_settings({**SECRETS, "SPORTELLO_LOGIN_KEYS": f"2026:{'n' * 32}, 2025:{'o' * 40}"}).login_keys

    assert [(key.id, key.secret) for key in keys] == [("2026", "n" * 32), ("2025", "o" * 40)]
