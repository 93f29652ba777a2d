"""Who has written the held-out sentences: whoever writes the training sentences, strangers to them, a shop."""

HOUSE, STRANGERS, SHOP = GROUPS = ("house", "strangers", "shop")
