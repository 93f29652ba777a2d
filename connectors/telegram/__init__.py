"""Customers' Telegram chats: docs/telegram.md says what is guaranteed, `channel.py` puts the parts together."""
