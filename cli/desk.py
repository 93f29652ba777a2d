"""`sportello desk`: who may sign in at the desk. A password is typed, or read from standard input."""

import sys
from getpass import getpass
from typing import Optional, Sequence

from base.clock import clock_for
from base.database import Database
from base.layers import data_layers
from base.settings import MAIL_ADDRESS, load_settings
from cli.database import database_problems
from cli.migrate import bring_up_to_date
from cli.say import Problem, say
from desk.passwords import LONGEST, SHORTEST, hashed
from shop.desk_rules import DeskRules, DeskRulesUnreadable
from switchboard import agents
from switchboard.agents import AtDesk

LONGEST_NAME = 60
DESK = "desk.yml"


def add_user_command(
    email: str, name: str, role: str, departments: Sequence[str] = (), skills: Sequence[str] = ()
) -> None:
    """Make an account; customers read `name`.

    Raises:
        Problem: the e-mail, name, role, department, skill or password cannot be used, or somebody has the e-mail.
    """
    email, name = email.strip().lower(), name.strip()
    if not MAIL_ADDRESS.fullmatch(email):
        raise Problem("desk_not_an_email", email=email)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Problem("desk_not_a_name", most=LONGEST_NAME)
    if role not in agents.ROLES:
        raise Problem("desk_not_a_role", role=role, roles=", ".join(agents.ROLES))
    _check_known(departments, skills)
    password = hashed(_password())
    settings = load_settings()
    with database_problems():
        bring_up_to_date()
        database = Database(settings.database_url)
        try:
            with database.writing() as session:
                now = clock_for(settings.dev, settings.var).now()
                agents.add(session, email, name, role, password, now)
                agents.change(session, email, agents.Changes(departments=departments, skills=skills))
        except agents.KnownEmail as error:
            raise Problem("desk_known_email", email=email) from error
        finally:
            database.close()
    print(say("desk_user_added", name=name, url=f"{settings.desk_url}/desk/"))


def set_user_command(
    email: str, role: Optional[str], departments: Optional[Sequence[str]], skills: Optional[Sequence[str]]
) -> None:
    """Change what an account may do and whom it answers; None: as it is.

    Raises:
        Problem: there is no such account, role, department or skill.
    """
    email = email.strip().lower()
    if role is not None and role not in agents.ROLES:
        raise Problem("desk_not_a_role", role=role, roles=", ".join(agents.ROLES))
    rules = _check_known(departments or (), skills or ())
    settings = load_settings()
    with database_problems():
        bring_up_to_date()
        database = Database(settings.database_url)
        try:
            with database.writing() as session:
                changed = agents.change(session, email, agents.Changes(role, departments, skills))
        finally:
            database.close()
    if changed is None:
        raise Problem("desk_unknown_user", email=email)
    print(_line(changed, rules))


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
    rules = desk_rules()
    for agent in found:
        print(_line(agent, rules))
    if not found:
        print(say("desk_no_users"))
    for department in rules.departments:
        if not any(department.key in agent.departments for agent in found):
            print(say("desk_department_empty", name=department.name, short=department.key))


def desk_rules() -> DeskRules:
    """The rules of data/desk.yml.

    Raises:
        Problem: the file cannot be used.
    """
    try:
        return DeskRules.load(data_layers().files(DESK))
    except DeskRulesUnreadable as error:
        raise Problem("desk_rules_unreadable", reason=error) from error


def _check_known(departments: Sequence[str], skills: Sequence[str]) -> DeskRules:
    """Names of departments and skills are those of data/desk.yml."""
    rules = desk_rules()
    known = [one.key for one in rules.departments]
    for key, names, given in (("department", known, departments), ("skill", list(rules.skills), skills)):
        wrong = next((one for one in given if one not in names), None)
        if wrong is not None:
            raise Problem(f"desk_not_a_{key}", name=wrong, known=", ".join(names) or "—")
    return rules


def _line(agent: AtDesk, rules: DeskRules) -> str:
    line = say("desk_user", name=agent.name, email=agent.email, role=say(f"desk_role_{agent.role}"))
    takes_part = [rules.name_of(key) or key for key in agent.departments]
    can = [rules.skills.get(key, key) for key in agent.skills]
    parts = [line, *([", ".join(takes_part)] if takes_part else []), *([f"({', '.join(can)})"] if can else [])]
    return "  ".join(parts)


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
