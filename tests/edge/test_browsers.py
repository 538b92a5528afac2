"""Sessions are told by browser and device."""

import pytest

from edge import browsers

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (f"Mozilla/5.0 (Linux; Android 14; SM-A155M) {WEBKIT} Chrome/130.0.0.0 Mobile Safari/537.36",
         "Chrome en un teléfono Android"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
         "Edge en un computador con Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
         "Firefox en un computador con Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
         "Safari en un teléfono iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
         "Safari en un computador Mac"),
        ("Mozilla/5.0", "Un navegador"), ("curl/8.5.0", "Un programa"), ("", "Un navegador"),
    ],
)  # fmt: skip
def test_a_browser_is_told_by_its_name_and_its_device(agent: str, told: str) -> None:
    assert browsers.in_words(agent) == told
