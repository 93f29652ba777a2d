"""Customers' Telegram chats (docs/telegram.md).

- What comes in: `source` asks for updates or has them brought to `webhook`; `updates` says what one means, with
  `commands` and `places`; `inbox` commits it; `asides` answers buttons and leaves groups.
- What goes out: `delivery` sends what the log holds, at the `pace` Telegram allows; `format`, `cards` and `split` say
  what it looks like; `writing` shows that an answer is being made.
- `channel` puts the parts together, `duty` lets one front at a time speak, `bot` is python-telegram-bot's client.
"""
