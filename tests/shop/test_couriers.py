from urllib.parse import urlsplit

import pytest

from shop.couriers import courier_name, tracking_url
from shop.records import Courier


@pytest.mark.parametrize("courier", Courier)
def test_every_courier_has_a_name_and_an_https_page_with_the_code(courier: Courier) -> None:
    url = tracking_url(courier, "AB-123456")

    assert courier_name(courier)
    assert urlsplit(url).scheme == "https"
    assert "AB-123456" in url


def test_a_code_cannot_change_the_address() -> None:
    url = tracking_url(Courier.BRT, "1&x=2#/../é")

    assert url.endswith("parcelNumber=1%26x%3D2%23%2F..%2F%C3%A9")
