"""The parcels of the demo shop, each with what its courier reported on the way."""

from typing import Any

from demo.draft import Draft, Record, moment

COURIERS = ("brt", "gls", "sda", "poste", "inpost", "ups", "dhl")
WAREHOUSE = "Bologna"

# The hour at which each thing usually is reported.
HOURS = {
    "handed_over": 17,
    "in_transit": 2,
    "out_for_delivery": 6,
    "delivery_attempted": 12,
    "at_pickup_point": 13,
    "in_storage": 18,
    "delivered": 11,
    "returning": 9,
    "returned": 10,
    "lost": 16,
    "damaged": 15,
}
TO_THE_DOOR = ("handed_over", "in_transit", "out_for_delivery")
WAYS = {  # what is reported up to each state
    "handed_over": ("handed_over",),
    "in_transit": ("handed_over", "in_transit"),
    "out_for_delivery": TO_THE_DOOR,
    "delivery_attempted": (*TO_THE_DOOR, "delivery_attempted"),
    "at_pickup_point": ("handed_over", "in_transit", "at_pickup_point"),
    "in_storage": (*TO_THE_DOOR, "delivery_attempted", "in_storage"),
    "delivered": (*TO_THE_DOOR, "delivered"),
    "returning": (*TO_THE_DOOR, "delivery_attempted", "in_storage", "returning"),
    "returned": (*TO_THE_DOOR, "delivery_attempted", "in_storage", "returning", "returned"),
    "lost": ("handed_over", "in_transit", "lost"),
    "damaged": ("handed_over", "in_transit", "damaged"),
}
ON_THE_SAME_DAY = {"delivered", "delivery_attempted"}  # as the van left
CODES = {
    "brt": "0840{:011}",
    "gls": "M1{:09}",
    "sda": "281{:010}",
    "poste": "5P45A0{:07}",
    "inpost": "520000012{:015}",
    "ups": "1Z999AA1{:010}",
    "dhl": "JJD0{:014}",
}
FIRST_SERIAL = 7_041_000


def make_parcel(draft: Draft, courier: str, state: str, last: int, email: str, **more: Any) -> Record:
    """A parcel to the customer `email` that reached `state` on day `last`; a day for each step before."""
    city, events, offset = draft.city_of(email), [], last
    for reached in reversed(WAYS[state]):
        clock = f"{HOURS[reached]:02}:{draft.random.randrange(60):02}"
        place = WAREHOUSE if reached == "handed_over" else city
        events.insert(0, {"at": moment(offset, clock), "state": reached, "place": place})
        offset -= 0 if reached in ON_THE_SAME_DAY else 1
    serial = FIRST_SERIAL + draft.random.randrange(10**6)
    parcel = {"courier": courier, "tracking_code": CODES[courier].format(serial), "state": state}
    return {**parcel, **more, "events": events}
