"""The couriers of Italian shops: the name a customer reads and the page where a parcel can be followed."""

from urllib.parse import quote

from shop.records import Courier

_NAMES = {
    Courier.BRT: "BRT",
    Courier.GLS: "GLS",
    Courier.SDA: "SDA",
    Courier.POSTE: "Poste Italiane",
    Courier.INPOST: "InPost",
    Courier.UPS: "UPS",
    Courier.DHL: "DHL",
}
_PAGES = {
    Courier.BRT: "https://www.mybrt.it/it/mybrt/my-parcels/search?lang=it&parcelNumber={code}",
    Courier.GLS: "https://gls-group.com/IT/it/servizi-online/ricerca-spedizioni/?match={code}&type=NAT",
    Courier.SDA: "https://www.sda.it/wps/portal/Servizi_online/dettaglio-spedizione?locale=it&tracing.letteraVettura={code}",
    Courier.POSTE: "https://www.poste.it/cerca/index.html#/risultati-spedizioni/{code}",
    Courier.INPOST: "https://inpost.it/trova-il-tuo-pacco?number={code}",
    Courier.UPS: "https://www.ups.com/track?loc=it_IT&tracknum={code}",
    Courier.DHL: "https://www.dhl.com/it-it/home/tracking.html?tracking-id={code}",
}


def courier_name(courier: Courier) -> str:
    """The courier's name as it is written on its vans."""
    return _NAMES[courier]


def tracking_url(courier: Courier, code: str) -> str:
    """The courier's own page about the parcel with this code; always https, with the code quoted."""
    return _PAGES[courier].format(code=quote(code, safe=""))
