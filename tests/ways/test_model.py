"""What a try-out tells, in the server's words and the browser's; and what devices are called."""

import itertools
import json
import subprocess
from pathlib import Path

import pytest

from hybridmote.participants.model import device_of
from hybridmote.ways import model

ROOT = Path(__file__).parents[2]
FINE = {"transport": "websocket", "rtt": 40, "down": 20_000, "up": 5_000, "sound": "yes"} | dict.fromkeys(
    ("camera", "microphone"), "works"
)


@pytest.mark.parametrize(
    ("more", "overall", "troubles"),
    [
        ({}, "works", []),
        ({"sound": "untried", "camera": "untried", "rtt": None, "down": None, "up": None}, "works", []),
        ({"transport": "polling"}, "less", ["transport"]),
        ({"transport": "none"}, "not", ["transport"]),
        ({"rtt": 2000}, "less", ["rtt"]),
        ({"down": 1999}, "less", ["down"]),
        ({"down": 249}, "not", ["down"]),
        ({"up": 10}, "less", ["up"]),
        ({"sound": "no"}, "not", ["sound"]),
        ({"camera": "refused", "microphone": "missing"}, "less", ["camera", "microphone"]),
    ],
)
def test_a_try_out_tells(more: dict[str, object], overall: str, troubles: list[str]) -> None:
    assert (model.overall(FINE | more), model.troubles(FINE | more)) == (overall, troubles)


def test_the_browser_says_the_same() -> None:
    tried = [
        FINE | {"transport": t, "rtt": r, "down": d, "up": u, "sound": s, "camera": c}
        for t, r, d, u, s, c in itertools.product(
            ("websocket", "polling", "http", "none"),
            (None, 300, 301, 1001),
            (None, 2000, 1999, 249),
            (None, 500, 99),
            ("yes", "no", "untried"),
            ("works", "refused", "missing", "untried"),
        )
    ]
    limits = {"rtt": model.RTT, "down": model.DOWN, "up": model.UP}
    script = f"""
      import {{ levels, overall }} from {json.dumps(str(ROOT / "static/js/ways/verdict.js"))};
      import {{ readFileSync }} from "node:fs";
      const tried = JSON.parse(readFileSync(0, "utf8"));
      const limits = {json.dumps(limits)};
      console.log(JSON.stringify(tried.map((one) => [levels(one, limits), overall(one, limits)])));
    """
    said = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        input=json.dumps(tried),
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert json.loads(said.stdout) == [[model.levels(one), model.overall(one)] for one in tried]


@pytest.mark.parametrize(
    ("agent", "called"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
         "Edge, Mac"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_devices_are_called_what_their_owners_call_them(agent: str, called: str) -> None:
    assert device_of(agent) == called


def test_a_household_is_one_address() -> None:
    assert model.network("2001:db8:1:2:3:4:5:6") == model.network("2001:db8:1:2::1") != model.network("2001:db8:1:3::1")
    assert model.network("::ffff:192.0.2.1") == model.network("192.0.2.1") == "192.0.2.1"
    assert model.digest_of("m", "192.0.2.1") != model.digest_of("n", "192.0.2.1")


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456"])
def test_a_code_may_be_typed_as_it_is_read(typed: str) -> None:
    assert model.digits(typed) == "123456"


@pytest.mark.parametrize("typed", ["12345", "1234567", "１２３４５６", "abcdef", ""])
def test_what_has_not_six_digits_is_no_code(typed: str) -> None:
    assert model.digits(typed) == ""
