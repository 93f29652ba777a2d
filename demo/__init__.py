"""A small fictional shop: the page that embeds the chat, and the maker of its data."""
