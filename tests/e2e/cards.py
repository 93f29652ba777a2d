"""A message with each kind of card, for the pictures and for axe."""

from switchboard.body import ButtonMeaning, Reply

RECORDS = {
    "kind": "records",
    "title": "I tuoi ordini",
    "items": [
        {
            "title": "Ordine 104233",
            "subtitle": "2 articoli",
            "state": "current",
            "state_label": "in viaggio",
            "button": 0,
        },
        {"title": "Ordine 104198", "subtitle": None, "state": "done", "state_label": "consegnato", "button": 1},
        {"title": "Ordine 104101", "subtitle": None, "state": "problem", "state_label": "annullato", "button": None},
    ],
}
PRODUCT = {
    "kind": "product",
    "title": "Lampada Alba",
    "image": None,
    "alt": None,
    "price": "79,00 €",
    "facts": [{"label": "Disponibilità", "value": "in negozio"}],
    "links": [{"title": "Vedi il prodotto", "url": "https://www.example.it/alba"}],
}
DOCUMENT = {
    "kind": "document",
    "title": "Condizioni di reso",
    "facts": [{"label": "Pagine", "value": "2"}],
    "links": [{"title": "Apri il documento", "url": "https://www.example.it/reso.pdf"}],
    "about": "Che cosa si può rendere, ed entro quando.",
}
RICH = (
    Reply("Ecco i tuoi ordini.", (ButtonMeaning("104233", "greet"), ButtonMeaning("104198", "greet")), RECORDS),
    Reply("La lampada.", (), PRODUCT),
    Reply("Le condizioni.", (ButtonMeaning("Grazie", "greet"),), DOCUMENT),
)
