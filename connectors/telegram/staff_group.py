"""The one group that the bot stays in: people of the shop, who are told there that a customer waits."""

import logging

from telegram import Bot, LinkPreviewOptions
from telegram.error import ChatMigrated

log = logging.getLogger(__name__)


async def say_to_staff(bot: Bot, chat: str, text: str) -> None:
    """Say `text`, as it is, without a picture of where its link leads.

    Raises:
        telegram.error.TelegramError: it was not said.
    """
    plain = LinkPreviewOptions(is_disabled=True)
    try:
        await bot.send_message(int(chat), text, link_preview_options=plain)
    except ChatMigrated as error:
        log.error("the staff's group is now %d: SPORTELLO_DESK_TELEGRAM has to say so", error.new_chat_id)
        await bot.send_message(error.new_chat_id, text, link_preview_options=plain)
