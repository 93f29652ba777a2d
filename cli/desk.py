"""`sportello desk`: who may sign in at the desk. A password is typed, or read from standard input."""

import sys
from getpass import getpass
from typing import Optional

from base.clock import clock_for
from base.database import Database
from base.settings import MAIL_ADDRESS, load_settings
from cli.database import database_problems
from cli.migrate import bring_up_to_date
from cli.say import Problem, say
from desk.passwords import LONGEST, SHORTEST, hashed
from switchboard import agents

LONGEST_NAME = 60


def add_user_command(email: str, name: str, role: str) -> None:
    """Make an account; customers read `name`.

    Raises:
        Problem: the e-mail, name, role or password cannot be used, or somebody has the e-mail.
    """
    email, name = email.strip().lower(), name.strip()
    if not MAIL_ADDRESS.fullmatch(email):
        raise Problem("desk_not_an_email", email=email)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Problem("desk_not_a_name", most=LONGEST_NAME)
    if role not in agents.ROLES:
        raise Problem("desk_not_a_role", role=role, roles=", ".join(agents.ROLES))
    password = hashed(_password())
    settings = load_settings()
    with database_problems():
        bring_up_to_date()
        database = Database(settings.database_url)
        try:
            with database.writing() as session:
                now = clock_for(settings.dev, settings.var).now()
                agents.add(session, email, name, role, password, now)
        except agents.KnownEmail as error:
            raise Problem("desk_known_email", email=email) from error
        finally:
            database.close()
    print(say("desk_user_added", name=name, url=f"{settings.desk_url}/desk/"))


def password_command(email: str) -> None:
    """Give an account a new password and end its sessions.

    Raises:
        Problem: there is no such account, or the password cannot be used.
    """
    password = hashed(_password())
    if not _write(agents.set_password, email.strip().lower(), password):
        raise Problem("desk_unknown_user", email=email)
    print(say("desk_password_set", email=email))


def disable_command(email: str) -> None:
    """Close an account; what its owner wrote stays.

    Raises:
        Problem: there is no such account.
    """
    settings = load_settings()
    if not _write(agents.disable, email.strip().lower(), clock_for(settings.dev, settings.var).now()):
        raise Problem("desk_unknown_user", email=email)
    print(say("desk_user_disabled", email=email))


def users_command() -> None:
    """List the accounts."""
    settings = load_settings()
    with database_problems():
        database = Database(settings.database_url)
        try:
            with database.reading() as session:
                found = agents.everybody(session)
        finally:
            database.close()
    for agent in found:
        print(say("desk_user", name=agent.name, email=agent.email, role=say(f"desk_role_{agent.role}")))
    if not found:
        print(say("desk_no_users"))


def _write(step: object, *args: object) -> bool:
    settings = load_settings()
    with database_problems():
        database = Database(settings.database_url)
        try:
            with database.writing() as session:
                return bool(step(session, *args))  # type: ignore[operator]
        finally:
            database.close()


def _password() -> str:
    """Typed twice without showing, or one line of standard input.

    Raises:
        Problem: the two differ, or it is too short or too long.
    """
    again: Optional[str] = None
    if sys.stdin.isatty():
        password, again = getpass(say("desk_password")), getpass(say("desk_password_again"))
    else:
        password = sys.stdin.readline().rstrip("\n")
    if again is not None and again != password:
        raise Problem("desk_passwords_differ")
    if not SHORTEST <= len(password) <= LONGEST:
        raise Problem("desk_password_length", least=SHORTEST, most=LONGEST)
    return password
