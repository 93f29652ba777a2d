"""Everything that comes from the environment, read once into one frozen object. `.env.example` lists all of it."""

import os
import re
import socket
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Mapping, Optional, TypeVar
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
MIN_SECRET_LENGTH = 32
SECRET_HEADER = "X-Sportello-Secret"  # how front, engine and actions show each other `engine_secret`
LONGEST_FRONT_ID = 60
LONGEST_URL = 500
TELEGRAM_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}")
TELEGRAM_GROUP = re.compile(r"-[0-9]{3,20}")
HTTPS = "https://"
LOGIN_KEY = re.compile(r"(?P<id>[A-Za-z0-9_.-]{1,40}):(?P<secret>\S{32,200})")
MAIL_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")

Choice = TypeVar("Choice", bound=Enum)


class SettingsError(Exception):
    """A value of the environment is missing or cannot be used.

    Args:
        variable: the environment variable's name.
        problem: key of the operator's text (`cli/it.yml`, `settings_<problem>`).
        value: what was found, never given for a secret.
    """

    def __init__(self, variable: str, problem: str, value: str = "") -> None:
        super().__init__(f"{variable}: {problem} {value}".rstrip())
        self.variable, self.problem, self.value = variable, problem, value


class Register(str, Enum):
    """How the shop addresses its customers: "tu" to a friend, "Lei" to everybody else."""

    TU = "tu"
    LEI = "lei"


class Actions(str, Enum):
    """Where actions run: in the engine's own process, or in a process of their own."""

    ENGINE = "engine"
    PROCESS = "process"


class SmtpTls(str, Enum):
    """How a connection to the mail server is protected: from its first byte, by asking for it, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True)
class Smtp:
    """The mail server that sends one-time codes. Without a user nobody logs in."""

    host: str
    port: int
    tls: SmtpTls
    user: str
    password: str
    sender: str


@dataclass(frozen=True)
class LoginKey:
    """A key that the shop signs its logins with."""

    id: str
    secret: str


@dataclass(frozen=True)
class Settings:
    """The running configuration of one process."""

    host: str
    port: int
    engine_port: int
    actions: Actions
    actions_port: int
    database_url: str
    var: Path
    models: Path
    attachments: Path  # the folder of files that customers send
    attachment_mb: int  # the most of one file
    attachments_per_hour: int  # of one customer
    attachments_per_conversation: int
    home: Optional[Path]  # the shop's own folder, laid over data/
    secret: str
    engine_secret: str
    front_id: str
    dev: bool
    register: Register
    allowed_origins: tuple[str, ...]
    proxies: int
    messages_per_minute: int  # of one web session
    sessions_per_minute: int  # new ones from one address
    log_level: str
    telegram_token: str  # empty: no Telegram channel
    telegram_webhook_url: str  # empty: long polling
    telegram_api_url: str
    smtp: Optional[Smtp]  # None: no mail server
    proof_minutes: int  # how long a code or a login proves who somebody is
    record_proof_hours: int  # how long a number with its e-mail opens that record
    login_keys: tuple[LoginKey, ...]  # empty: the shop's own login is not used
    login_audience: str
    desk_url: str  # where agents find the desk, for links in mails
    desk_mail: tuple[str, ...]  # who is told of waiting customers; empty: everybody at the desk
    desk_telegram: str  # the Telegram group that is told of waiting customers, by its number; empty: none
    chat_url: str  # the page with the chat that links lead to; empty: nobody has said

    @property
    def codes(self) -> bool:
        """Whether one-time codes can be sent: a demonstration keeps its mail in an outbox instead."""
        return self.dev or self.smtp is not None

    @property
    def outbox(self) -> Path:
        """Where a demonstration keeps the mail it would have sent."""
        return self.var / "outbox"

    @property
    def engine_url(self) -> str:
        """Where the front finds the engine; always loopback."""
        return f"http://127.0.0.1:{self.engine_port}"

    @property
    def actions_url(self) -> str:
        """Where the engine finds the actions; always loopback."""
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def front_url(self) -> str:
        """Address printed for people, and the origin the demo page has."""
        return f"http://{self.host}:{self.port}"


def load_settings(env: Optional[Mapping[str, str]] = None) -> Settings:
    """Read the settings from `env` (the process's environment when not given).

    Raises:
        SettingsError: a port is no port, a limit is no positive number, a register or place is unknown, a secret is
            missing or short, the shop's folder is not there, the demonstration mode is asked for on an address that
            others can reach, or what is said about Telegram, the mail server, the desk, the shop's login or the page
            with the chat cannot be.
    """
    env = os.environ if env is None else env
    var = var_folder(env)
    host, port = env.get("SPORTELLO_HOST") or "127.0.0.1", _port(env, "SPORTELLO_PORT", 5005)
    dev = is_dev(env)
    if dev and host not in LOOPBACK_HOSTS:
        raise SettingsError("SPORTELLO_DEV", "dev_not_loopback", host)
    return Settings(
        host=host,
        port=port,
        engine_port=_port(env, "SPORTELLO_ENGINE_PORT", 5004),
        actions=_one_of(Actions, env, "SPORTELLO_ACTIONS", Actions.ENGINE, "not_a_place"),
        actions_port=_port(env, "SPORTELLO_ACTIONS_PORT", 5055),
        database_url=database_address(env),
        var=var,
        models=Path(env.get("SPORTELLO_MODELS") or ROOT / "models"),
        attachments=attachments_folder(env),
        attachment_mb=_positive(env, "SPORTELLO_ATTACHMENT_MB", 10),
        attachments_per_hour=_positive(env, "SPORTELLO_ATTACHMENTS_PER_HOUR", 30),
        attachments_per_conversation=_positive(env, "SPORTELLO_ATTACHMENTS_PER_CONVERSATION", 100),
        home=home_folder(env),
        secret=_secret(env, "SPORTELLO_SECRET"),
        engine_secret=_secret(env, "SPORTELLO_ENGINE_SECRET"),
        front_id=env.get("SPORTELLO_FRONT_ID") or _this_computer(),
        dev=dev,
        register=register_of(env),
        allowed_origins=tuple(
            o.strip().rstrip("/") for o in env.get("SPORTELLO_ALLOWED_ORIGINS", "").split(",") if o.strip()
        ),
        proxies=_number(env, "SPORTELLO_PROXIES", 0),
        messages_per_minute=_positive(env, "SPORTELLO_MESSAGES_PER_MINUTE", 40),
        sessions_per_minute=_positive(env, "SPORTELLO_SESSIONS_PER_MINUTE", 30),
        log_level=env.get("SPORTELLO_LOG_LEVEL") or "INFO",
        telegram_token=_telegram_token(env),
        telegram_webhook_url=_webhook_url(env),
        telegram_api_url=(env.get("TELEGRAM_API_URL") or "https://api.telegram.org").rstrip("/"),
        smtp=_smtp(env),
        proof_minutes=_positive(env, "SPORTELLO_PROOF_MINUTES", 60),
        record_proof_hours=_positive(env, "SPORTELLO_RECORD_PROOF_HOURS", 24),
        login_keys=_login_keys(env),
        login_audience=env.get("SPORTELLO_LOGIN_AUDIENCE") or "sportello",
        desk_url=_desk_url(env, f"http://{in_address(host)}:{_port(env, 'SPORTELLO_PORT', 5005)}"),
        desk_mail=_mail_addresses(env, "SPORTELLO_DESK_MAIL"),
        desk_telegram=_group(env, "SPORTELLO_DESK_TELEGRAM"),
        chat_url=_chat_url(env, f"http://{host}:{port}/" if dev else ""),
    )


def var_folder(env: Optional[Mapping[str, str]] = None) -> Path:
    """Where this installation keeps its data, without asking for anything else a running system needs."""
    return Path((os.environ if env is None else env).get("SPORTELLO_VAR") or ROOT / "var")


def attachments_folder(env: Optional[Mapping[str, str]] = None) -> Path:
    """Where files that customers send are kept, likewise."""
    env = os.environ if env is None else env
    return Path(env.get("SPORTELLO_ATTACHMENTS") or var_folder(env) / "attachments")


def home_folder(env: Optional[Mapping[str, str]] = None) -> Optional[Path]:
    """The shop's own folder, likewise, a relative one from the project's; None where there is none.

    Raises:
        SettingsError: it is named and not there.
    """
    named = (os.environ if env is None else env).get("SPORTELLO_HOME", "").strip()
    if not named:
        return None
    folder = (ROOT / named).resolve()
    if not folder.is_dir():
        raise SettingsError("SPORTELLO_HOME", "no_folder", named)
    return folder


def register_of(env: Optional[Mapping[str, str]] = None) -> Register:
    """How customers are addressed, likewise.

    Raises:
        SettingsError: the register is unknown.
    """
    named = os.environ if env is None else env
    return _one_of(Register, named, "SPORTELLO_REGISTER", Register.TU, "not_a_register")


def database_address(env: Optional[Mapping[str, str]] = None) -> str:
    """The address of the database, likewise."""
    return (os.environ if env is None else env).get("DATABASE_URL") or f"sqlite:///{var_folder(env) / 'sportello.db'}"


def engine_secret(env: Optional[Mapping[str, str]] = None) -> str:
    """What front, engine and actions know each other by and models are sealed with, likewise.

    Raises:
        SettingsError: it is missing or short.
    """
    return _secret(os.environ if env is None else env, "SPORTELLO_ENGINE_SECRET")


def is_dev(env: Optional[Mapping[str, str]] = None) -> bool:
    """Whether this is a demonstration, likewise."""
    return (os.environ if env is None else env).get("SPORTELLO_DEV", "") == "1"


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    port = _number(env, name, default)
    if not 1 <= port <= 65535:
        raise SettingsError(name, "not_a_port", str(port))
    return port


def _positive(env: Mapping[str, str], name: str, default: int) -> int:
    number = _number(env, name, default)
    if number < 1:
        raise SettingsError(name, "not_positive", str(number))
    return number


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    raw = env.get(name) or str(default)
    if not raw.isascii() or not raw.isdigit():
        raise SettingsError(name, "not_a_number", raw)
    return int(raw)


def _one_of(kind: type[Choice], env: Mapping[str, str], name: str, default: Choice, problem: str) -> Choice:
    raw = env.get(name) or default.value
    try:
        return kind(raw)
    except ValueError:
        raise SettingsError(name, problem, raw) from None


def _secret(env: Mapping[str, str], name: str) -> str:
    secret = env.get(name, "")
    if len(secret) < MIN_SECRET_LENGTH:
        raise SettingsError(name, "secret_missing" if not secret else "secret_short")
    return secret


def _telegram_token(env: Mapping[str, str]) -> str:
    token = env.get("TELEGRAM_TOKEN", "").strip()
    if token and not TELEGRAM_TOKEN.fullmatch(token):
        raise SettingsError("TELEGRAM_TOKEN", "not_a_token")
    return token


def _webhook_url(env: Mapping[str, str]) -> str:
    url = env.get("TELEGRAM_WEBHOOK_URL", "").strip()
    if url and not (url.startswith(HTTPS) and urlsplit(url).hostname and urlsplit(url).path.strip("/")):
        raise SettingsError("TELEGRAM_WEBHOOK_URL", "not_a_webhook", url)
    return url


def _chat_url(env: Mapping[str, str], default: str) -> str:
    url = env.get("SPORTELLO_CHAT_URL", "").strip() or default
    parts = urlsplit(url)
    is_page = parts.scheme in ("http", "https") and parts.hostname and not parts.fragment and len(url) <= LONGEST_URL
    if url and not is_page:
        raise SettingsError("SPORTELLO_CHAT_URL", "not_a_page", url)
    return url


def _smtp(env: Mapping[str, str]) -> Optional[Smtp]:
    host = env.get("SPORTELLO_SMTP_HOST", "").strip()
    if not host:
        return None
    tls = _one_of(SmtpTls, env, "SPORTELLO_SMTP_TLS", SmtpTls.STARTTLS, "not_a_protection")
    user, password = env.get("SPORTELLO_SMTP_USER", ""), env.get("SPORTELLO_SMTP_PASSWORD", "")
    if bool(user) != bool(password):
        raise SettingsError("SPORTELLO_SMTP_PASSWORD" if user else "SPORTELLO_SMTP_USER", "missing_beside_other")
    sender = env.get("SPORTELLO_MAIL_FROM", "").strip()
    if not MAIL_ADDRESS.fullmatch(sender):
        raise SettingsError("SPORTELLO_MAIL_FROM", "not_a_mail_address", sender)
    port = _port(env, "SPORTELLO_SMTP_PORT", 465 if tls is SmtpTls.TLS else 587)
    return Smtp(host, port, tls, user, password, sender)


def in_address(host: str) -> str:
    """A host as it stands in an address: an IPv6 one in brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def _desk_url(env: Mapping[str, str], default: str) -> str:
    url = env.get("SPORTELLO_DESK_URL", "").strip().rstrip("/") or default
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise SettingsError("SPORTELLO_DESK_URL", "not_an_origin", url)
    return url


def _mail_addresses(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    addresses = tuple(one.strip() for one in env.get(name, "").split(",") if one.strip())
    wrong = next((one for one in addresses if not MAIL_ADDRESS.fullmatch(one)), None)
    if wrong is not None:
        raise SettingsError(name, "not_a_mail_address", wrong)
    return addresses


def _group(env: Mapping[str, str], name: str) -> str:
    """Telegram's number of a group is below zero; a person's chat would be above."""
    number = env.get(name, "").strip()
    if number and not TELEGRAM_GROUP.fullmatch(number):
        raise SettingsError(name, "not_a_group", number)
    return number


def _login_keys(env: Mapping[str, str]) -> tuple[LoginKey, ...]:
    written = [one.strip() for one in env.get("SPORTELLO_LOGIN_KEYS", "").split(",") if one.strip()]
    found = [LOGIN_KEY.fullmatch(one) for one in written]
    keys = tuple(LoginKey(one["id"], one["secret"]) for one in found if one)
    if len({key.id for key in keys}) < len(written):
        raise SettingsError("SPORTELLO_LOGIN_KEYS", "not_login_keys")
    return keys


def _this_computer() -> str:
    """The host name as it can stand in a database's column and in a log."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", socket.gethostname())[:LONGEST_FRONT_ID] or "front"
