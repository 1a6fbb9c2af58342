"""The fast path hangs on private parts of three libraries. When one moves, this says which."""

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from hybridmote.server import contract

FINGERPRINTS = {
    "engineio.server:Server._handle_connect": "049f7c2b2c23",
    "engineio.server:Server._service_task": "9492b7b0d652",
    "engineio.base_socket:BaseSocket.__init__": "8532b631a4dc",
    "engineio.socket:Socket.send": "f8b2738ee5d4",
    "engineio.socket:Socket.close": "05fac5583199",
    "engineio.socket:Socket.poll": "d7d705066fd3",
    "engineio.socket:Socket.schedule_ping": "fe316639159c",
    "engineio.socket:Socket.check_ping_timeout": "ccddc110d983",
    "engineio.socket:Socket.handle_get_request": "d45c0d8f9884",
    "engineio.socket:Socket.handle_post_request": "5be8170455a3",
    "engineio.socket:Socket._upgrade_websocket": "02f6ac054416",
    "socketio.base_manager:BaseManager": "b393b4c05dbd",
    "socketio.manager:Manager": "cfeabf92435f",
    "socketio.packet:Packet.__init__": "5fe2fa797e08",
    "socketio.packet:Packet.decode": "61ad7904b539",
    "socketio.packet:Packet.encode": "513c45be7518",
    "engineio.server:Server.handle_request": "79302edd007f",
    "engineio.server:Server.send_packet": "81aec513663f",
    "engineio.server:Server._trigger_event": "bc536417c304",
    "engineio.base_server:BaseServer._ok": "b8f717402eac",
    "engineio.base_server:BaseServer._get_socket": "ae2f99e66d63",
    "engineio.packet:Packet.encode": "8f3d5d869711",
    "socketio.server:Server._handle_eio_connect": "4be135c046ed",
    "socketio.server:Server._handle_eio_message": "65f309c138d6",
    "socketio.server:Server._handle_eio_disconnect": "5c0002fcdb35",
    "socketio.server:Server._handle_connect": "1b0ba130a57d",
    "socketio.server:Server._handle_disconnect": "fb93d61de8cb",
    "socketio.server:Server._handle_event": "3f64c030f25e",
    "socketio.server:Server._handle_event_internal": "37e1c84a6974",
    "socketio.server:Server._handle_ack": "7f114abcf99f",
    "socketio.server:Server._send_packet": "3289b949be8c",
    "socketio.server:Server._send_eio_packet": "5fa452fb118c",
    "eventlet.hubs.hub:BaseHub.add": "5aa4447a94d4",
    "eventlet.hubs.hub:BaseHub.remove": "7af6377b6ec9",
    "eventlet.hubs.hub:BaseHub._obsolete": "c42400a7c8e3",
    "eventlet.hubs.hub:BaseHub.close_one": "c98b6f7b7fb9",
    "eventlet.hubs.hub:BaseHub.fire_timers": "cd7b582051ac",
    "eventlet.hubs.hub:BaseHub.switch": "e9ca670468f3",
    "eventlet.hubs.hub:FdListener": "8f695d78755c",
    "eventlet.hubs.poll:Hub.wait": "691d0ecab34b",
    "eventlet.hubs.epolls:Hub.add": "af3a4a226b22",
    "eventlet.hubs.epolls:Hub.do_poll": "a133ab7f98d1",
    "eventlet.wsgi:server": "8db9f629ea68",
    "eventlet.wsgi:Server.process_request": "9935bc04bba3",
    "eventlet.wsgi:HttpProtocol.handle": "d898ddfd2434",
    "eventlet.wsgi:HttpProtocol.handle_one_request": "4d466c537abf",
    "eventlet.wsgi:HttpProtocol.handle_one_response": "b2ae04db91bb",
    "eventlet.wsgi:HttpProtocol._read_request_line": "b03b4ae076ef",
    "eventlet.wsgi:HttpProtocol.get_environ": "b8865250e21c",
    "eventlet.wsgi:HttpProtocol.finish": "d23530dd4e6a",
    "eventlet.websocket:WebSocketWSGI._handle_hybi_request": "c21772ffb631",
    "eventlet.websocket:RFC6455WebSocket._recv_frame": "b7e54e98049d",
    "eventlet.websocket:RFC6455WebSocket.Message": "36bed7da392b",
}


SCRIPT = """
import hashlib, importlib, inspect, json, sys, warnings
from functools import reduce
warnings.simplefilter("ignore")
found = {}
for hook in json.loads(sys.argv[1]):
    module, _, name = hook.partition(":")
    try:
        thing = reduce(getattr, name.split("."), importlib.import_module(module))
    except (ImportError, AttributeError):
        found[hook] = "gone"
    else:
        found[hook] = hashlib.sha256(inspect.getsource(thing).encode()).hexdigest()[:12]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """In a process of its own: once eventlet is imported, every fork of this one would warn."""
    command = [sys.executable, "-c", SCRIPT, json.dumps(contract.HOOKS)]
    answer: dict[str, str] = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return answer


@pytest.mark.parametrize("hook", contract.HOOKS)
def test_it_is_as_it_was_when_the_fast_path_was_written(found: dict[str, str], hook: str) -> None:
    assert found[hook] == FINGERPRINTS.get(hook), (
        f"{hook} has changed. Read the change, see that hybridmote/server still holds (the tests on both paths), "
        "then write the new fingerprint here and the new version in hybridmote/server/contract.py."
    )


def test_every_fingerprint_is_of_a_hook() -> None:
    assert set(FINGERPRINTS) == set(contract.HOOKS)


@pytest.mark.parametrize("name", contract.PINS)
def test_the_pins_are_what_is_installed(name: str) -> None:
    assert version(name) == contract.PINS[name]


def test_another_version_is_noticed_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert contract.mismatch() is None
    monkeypatch.setitem(contract.PINS, "eventlet", "0.0.1")
    assert contract.mismatch() == f"eventlet {version('eventlet')} instead of 0.0.1"
