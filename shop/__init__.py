"""The shop's records and rules: orders, returns, quotes, catalogue, calendar. Nothing here knows Rasa or a channel."""
