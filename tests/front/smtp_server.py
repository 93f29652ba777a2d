"""A real SMTP server on a port of its own, for tests: what it was given, and how it may misbehave."""

import asyncio
import datetime
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any, AsyncIterator, Optional

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "negozio", "una parola d'ordine"


@dataclass
class MailServer:
    """`refusals`: answers to be given before a mail is taken; `silent`: it takes connections and says nothing."""

    mails: list[EmailMessage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    silent: bool = False
    port: int = 0

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:
        self.commands.append("DATA")
        if self.refusals:
            return self.refusals.pop(0)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    async def handle_MAIL(self, _server: Any, _session: Session, envelope: Envelope, address: str, options: Any) -> str:
        self.commands.append("MAIL")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    def codes(self) -> list[str]:
        """The codes that were mailed, in order."""
        return [str(mail["Subject"])[:6] for mail in self.mails]


@asynccontextmanager
async def mail_server(
    tls: Optional[ssl.SSLContext] = None, starttls: bool = False, login: bool = False
) -> AsyncIterator[MailServer]:
    """Serve until the end of the block. `tls` with `starttls`: asked for; without: from the first byte."""
    server = MailServer()

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: LoginPassword) -> AuthResult:
        right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    def protocol() -> asyncio.BaseProtocol:
        if server.silent:
            return asyncio.Protocol()
        return SMTP(
            server,
            tls_context=tls if starttls else None,
            require_starttls=starttls,
            auth_required=login,
            auth_require_tls=starttls,  # it does not see a line that is protected from the first byte
            authenticator=authenticate,
        )

    listening = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=None if starttls else tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """`(server's, client's)` contexts: a certificate for 127.0.0.1, and who trusts it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "posta")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, pem = folder / "posta.pem", serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(pem))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))
