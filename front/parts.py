"""What a front is made of, and how the parts are put together, started and stopped."""

import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from attachments.folder import Folder
from attachments.intake import Intake
from base.clock import Clock
from base.database import Database
from base.layers import Layers
from base.settings import HTTPS, Settings
from connectors.receiving import Receiving
from connectors.web import OWN_TEXTS as WEB_TEXTS
from connectors.web import WebChannel
from connectors.web_events import WebLimits
from connectors.web_file_links import FileLinks
from connectors.web_files import MEGABYTE, WebFiles
from connectors.web_files import OWN_TEXTS as FILE_TEXTS
from connectors.web_login import Logins
from connectors.web_session import WebSessions
from desk.app import OWN_TEXTS as DESK_TEXTS
from desk.app import Desk, DeskParts
from desk.replies import load_replies
from desk.training import Training
from front.code_mail import OWN_TEXTS as MAIL_TEXTS
from front.code_mail import code_mail_handler
from front.copy_mail import OWN_TEXTS as COPY_TEXTS
from front.copy_mail import copy_mail_handler
from front.desk_alerts import GROUP_JOB, Alerts, group_handler
from front.desk_alerts import MAIL_JOB as DESK_MAIL_JOB
from front.desk_alerts import OWN_TEXTS as ALERT_TEXTS
from front.desk_alerts import mail_handler as desk_mail_handler
from front.dispatcher import OWN_TEXTS as DISPATCHER_TEXTS
from front.dispatcher import Dispatcher
from front.engine_client import EngineClient
from front.handlers import FOR_EVER, job_handlers, schedule_housekeeping
from front.handlers import OWN_TEXTS as HANDLER_TEXTS
from front.handoff_jobs import AWAY_JOB, handoff_handlers, schedule_away
from front.handoff_jobs import OWN_TEXTS as HANDOFF_TEXTS
from front.job_runner import JobRunner
from front.mail import mailer_of
from front.recovery_jobs import JOB as BACK_JOB
from front.recovery_jobs import OWN_TEXTS as BACK_TEXTS
from front.recovery_jobs import recovery_handlers, schedule_recovery
from front.unseen_jobs import OWN_TEXTS as UNSEEN_TEXTS
from front.unseen_jobs import Telling, answer_mail_handler, unseen_handlers
from labels.written import written_faults
from shop.connected import connected_shop
from shop.desk_rules import DeskRules
from switchboard.code_words import CodeWords
from switchboard.codes import MAIL_JOB, Codes
from switchboard.copies import MAIL_JOB as COPY_MAIL_JOB
from switchboard.elsewhere import Elsewhere
from switchboard.live_texts import LiveTexts
from switchboard.notices import Notices
from switchboard.texts import Texts
from switchboard.unseen import MAIL_JOB as ANSWER_MAIL_JOB
from switchboard.uploads import FileLimits

if TYPE_CHECKING:
    from connectors.telegram.channel import TelegramChannel

MEASURE = (str(Path(sys.executable).with_name("sportello")), "labels", "measure")
OWN_TEXTS = (
    *DISPATCHER_TEXTS,
    *HANDLER_TEXTS,
    *MAIL_TEXTS,
    *WEB_TEXTS,
    *FILE_TEXTS,
    *HANDOFF_TEXTS,
    *ALERT_TEXTS,
    *UNSEEN_TEXTS,
    *BACK_TEXTS,
    *COPY_TEXTS,
    *DESK_TEXTS,
)


@dataclass(frozen=True)
class Front:
    """The parts of a running front."""

    database: Database
    engine: EngineClient
    dispatcher: Dispatcher
    jobs: JobRunner
    mails: Optional[JobRunner]  # None where there is no way to send any
    web: WebChannel
    files: WebFiles
    desk: Desk
    telegram: "Optional[TelegramChannel]"
    group: Optional[JobRunner] = None  # None where no group of the staff's is told anything

    async def start(self, clock: Clock) -> None:
        """Recover what a dead front left behind and begin to work."""
        await self.database.write(schedule_housekeeping, clock.now())
        await self.database.write(schedule_away, clock.now())
        await self.database.write(schedule_recovery, clock.now())
        await self.dispatcher.start()
        await self.jobs.start()
        if self.mails:
            await self.mails.start()
        await self.web.start()
        await self.desk.start()
        if self.telegram:
            await self.telegram.start()
        if self.group:
            await self.group.start()

    async def stop(self) -> None:
        """Stop working; whatever was under way is taken up again at the next start."""
        if self.group:
            await self.group.stop()
        if self.telegram:
            await self.telegram.stop()
        await self.desk.stop()
        await self.web.stop()
        if self.mails:
            await self.mails.stop()
        await self.jobs.stop()
        await self.dispatcher.stop()
        await self.engine.close()
        self.database.close()


def build_front(settings: Settings, clock: Clock) -> Front:
    """Put the parts together. Opens no connection yet.

    Raises:
        TextsUnreadable, TextMissing: something the front itself says is not there; better now than in a turn.
    """
    layers = Layers(home=settings.home)
    texts: Texts = LiveTexts(layers.responses, settings.register)
    for key in OWN_TEXTS:
        texts.variant(key, turn_id="")
    database = Database(settings.database_url)
    notices = Notices()
    engine = EngineClient(settings.engine_url, settings.engine_secret)
    rules = DeskRules.load(layers.files("desk.yml"))
    dispatcher = Dispatcher(database, engine, notices, texts, clock, settings.front_id, rules=rules)
    sessions, links = WebSessions(settings.secret), FileLinks(settings.secret, clock)
    proof_for = timedelta(minutes=settings.proof_minutes)
    codes = Codes.of(settings.secret, CodeWords.load(layers.files("dialogue.yml")), proof_for)
    intake = Intake(Folder(settings.attachments), settings.attachment_mb * MEGABYTE)
    file_limits = FileLimits(settings.attachments_per_hour, settings.attachments_per_conversation)
    receiving = Receiving(database, intake, file_limits, clock)
    elsewhere = Elsewhere(bool(settings.telegram_token), settings.chat_url)
    web = WebChannel(
        database,
        sessions,
        links,
        texts,
        clock,
        dispatcher.wake,
        settings.front_id,
        WebLimits(settings.messages_per_minute, settings.sessions_per_minute, file_bytes=intake.most_bytes),
        settings.allowed_origins,
        codes,
        Logins(settings.login_keys, settings.login_audience, proof_for) if settings.login_keys else None,
        notices.customer_typing,
        elsewhere,
    )
    files = WebFiles(database, sessions, links, receiving, texts, clock, web.origin_allowed)
    notices.add(web.delivery)
    alerts = Alerts(
        settings.desk_mail if mailer_of(settings) else None, bool(settings.telegram_token and settings.desk_telegram)
    )
    handlers = {
        **job_handlers(database, clock, texts, notices, intake.folder),
        **handoff_handlers(database, clock, texts, notices, rules, alerts),
        **unseen_handlers(database, clock, notices, Telling(texts, elsewhere, mailer_of(settings) is not None)),
        **recovery_handlers(database, clock, texts, notices, engine, dispatcher.wake),
    }
    jobs = JobRunner(database, clock, settings.front_id, handlers, FOR_EVER | {AWAY_JOB, BACK_JOB})
    desk = Desk(
        DeskParts(
            database,
            connected_shop(database),
            texts,
            clock,
            notices,
            rules,
            intake,
            load_replies(layers.files("replies.yml")),
            settings.secret,
            secure=settings.desk_url.startswith(HTTPS),
            intents=engine.intents,
            home=settings.home,
            training=Training(layers, engine.meaning, written_faults(layers), settings.var, MEASURE),
        )
    )
    mails = _mails(settings, database, texts, clock, codes, rules, elsewhere)
    telegram = _telegram(settings, database, texts, clock, dispatcher, notices, sessions, codes, receiving, elsewhere)
    group = _group(settings, database, texts, clock, rules, telegram)
    return Front(database, engine, dispatcher, jobs, mails, web, files, desk, telegram, group)


def _mails(
    settings: Settings,
    database: Database,
    texts: Texts,
    clock: Clock,
    codes: Codes,
    rules: DeskRules,
    elsewhere: Elsewhere,
) -> Optional[JobRunner]:
    """Mail has a runner of its own: a slow mail server holds up nothing else."""
    mailer = mailer_of(settings)
    if mailer is None:
        return None
    handlers = {
        MAIL_JOB: code_mail_handler(database, clock, texts, connected_shop(database), codes, mailer),
        DESK_MAIL_JOB: desk_mail_handler(database, clock, texts, mailer, settings.desk_url, rules),
        COPY_MAIL_JOB: copy_mail_handler(database, clock, texts, mailer),
        ANSWER_MAIL_JOB: answer_mail_handler(database, clock, texts, mailer, elsewhere),
    }
    return JobRunner(database, clock, settings.front_id, handlers, kinds=tuple(handlers))


def _group(
    settings: Settings,
    database: Database,
    texts: Texts,
    clock: Clock,
    rules: DeskRules,
    telegram: "Optional[TelegramChannel]",
) -> Optional[JobRunner]:
    """What the staff's group is told has a runner of its own, for the same reason."""
    if telegram is None or not settings.desk_telegram:
        return None
    handler = group_handler(database, clock, texts, telegram.tell_staff, settings.desk_url, rules)
    return JobRunner(database, clock, settings.front_id, {GROUP_JOB: handler}, kinds=(GROUP_JOB,))


def _telegram(
    settings: Settings,
    database: Database,
    texts: Texts,
    clock: Clock,
    dispatcher: Dispatcher,
    notices: Notices,
    sessions: WebSessions,
    codes: Codes,
    receiving: Receiving,
    elsewhere: Elsewhere,
) -> "Optional[TelegramChannel]":
    """The Telegram channel where there is a token. Its library takes a second to load, which others do not wait for."""
    if not settings.telegram_token:
        return None
    from connectors.telegram import channel as telegram
    from connectors.telegram.inbox import Front as Around
    from connectors.telegram.source import Webhook

    for key in telegram.OWN_TEXTS:
        texts.variant(key, turn_id="")
    url = settings.telegram_webhook_url
    channel = telegram.TelegramChannel(
        database,
        texts,
        clock,
        Around(settings.front_id, dispatcher.wake, notices, codes),
        sessions.key,
        receiving,
        elsewhere,
        telegram.TelegramSettings(
            settings.telegram_token,
            settings.telegram_api_url,
            Webhook(url, telegram.webhook_secret(settings.secret)) if url else None,
            staff_chat=settings.desk_telegram,
        ),
    )
    notices.add(channel)
    return channel
