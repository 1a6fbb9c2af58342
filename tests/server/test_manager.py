"""Who is connected, the lobby before, and what a packet may be: plain rules, no network."""

import inspect
import time
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from socketio import Manager, packet

from hybridmote.server import Limits, make_socketio
from hybridmote.server.fanout import Frame
from hybridmote.server.lobby import Lobby, neighbourhood
from hybridmote.server.manager import FlatManager
from hybridmote.server.packets import WireJSON, WirePacket


def manager() -> FlatManager:
    ids = iter(range(1_000_000))
    one = FlatManager()
    one.server = SimpleNamespace(eio=SimpleNamespace(generate_id=lambda: f"s{next(ids)}"))
    return one


def test_a_client_comes_is_here_and_goes() -> None:
    one = manager()
    told: list[Any] = []
    one.connected = lambda *a: told.append(("connected", *a))
    one.gone = lambda *a: told.append(("gone", *a))
    sid = one.pre_connect("engine", "/")
    assert sid is not None
    assert (one.is_pre_connected(sid, "/"), one.is_connected(sid, "/")) == (True, False)
    assert one.pre_connect("engine", "/") is None  # once only
    one.arriving[sid].append("held")
    one.connect(sid, "/")
    assert (one.is_pre_connected(sid, "/"), one.is_connected(sid, "/")) == (False, True)
    assert one.sid_from_eio_sid("engine", "/") == sid
    assert one.eio_sid_from_sid(sid, "/") == "engine"
    assert one.pre_disconnect(sid, "/") == "engine"
    assert not one.is_connected(sid, "/")
    one.disconnect(sid, "/")
    one.disconnect(sid, "/")
    assert told == [("connected", sid, "engine", ["held"]), ("gone", sid, "engine")]
    assert not (one.session_of or one.sid_of or one.arriving or one.leaving)


def test_there_is_one_namespace() -> None:
    one = manager()
    assert one.pre_connect("engine", "/admin") is None
    sid = one.connect("engine", "/")
    assert not one.is_connected(sid, "/admin")
    assert list(one.get_namespaces()) == ["/"]


def test_emit_reaches_one_some_or_all() -> None:
    one = manager()
    sids = [one.connect(f"engine{n}", "/") for n in range(3)]
    assert list(one.get_participants("/", sids[1])) == [(sids[1], "engine1")]
    assert len(list(one.get_participants("/", [*sids[:2], "unknown"]))) == 2
    assert len(list(one.get_participants("/", None))) == 3
    assert list(one.get_participants("/", "unknown")) == []


def test_rooms_are_refused_not_slow() -> None:
    one = manager()
    sid = one.connect("engine", "/")
    with pytest.raises(NotImplementedError, match="Fanout"):
        one.enter_room(sid, "/", "hall")


def test_a_crowd_leaves_in_no_time() -> None:
    one = manager()
    sids = [one.connect(f"engine{n}", "/") for n in range(5000)]
    begun = time.process_time()
    for sid in sids:
        one.pre_disconnect(sid, "/")
        one.disconnect(sid, "/")
    assert time.process_time() - begun < 0.4  # the stock manager: 0.8 s on a fast machine, growing with the square


def test_nothing_of_the_stock_manager_is_left_that_would_read_its_own_tables() -> None:
    """A method that a new version brings would work on tables that are empty here."""
    harmless = {"__init__", "set_server", "initialize", "_generate_ack_id", "_get_logger", "trigger_callback"}
    by_ours_only = {"emit", "can_disconnect", "disconnect", "enter_room", "leave_room", "close_room"}
    theirs = {name for cls in Manager.__mro__[:-1] for name, member in vars(cls).items() if inspect.isfunction(member)}
    assert theirs - set(vars(FlatManager)) == (harmless - {"__init__"}) | by_ours_only


def test_flask_socketios_own_test_client_works_where_nothing_is_patched() -> None:
    app = Flask("small")
    socketio = make_socketio(app)
    fanout = app.extensions["fanout"]
    socketio.server.on(
        "connect", lambda sid, environ, auth=None: fanout.send([sid], "welcome", {"auth": auth}) and None
    )
    socketio.server.on("echo", lambda sid, data: data)
    client = socketio.test_client(app, auth={"token": "t"})
    assert client.is_connected()
    assert [event["name"] for event in client.get_received()] == ["welcome"]
    assert client.emit("echo", "å", callback=True) == "å"
    client.disconnect()
    assert socketio.server.manager.session_of == {}


# the lobby


def test_the_lobby_counts_by_address_until_somebody_signs_in_or_leaves() -> None:
    lobby = Lobby(Limits(waiting_per_address=2))
    lobby.enter("a", "192.0.2.1")
    lobby.enter("b", "192.0.2.1")
    assert lobby.is_full("192.0.2.1")
    assert not lobby.is_full("192.0.2.2")
    lobby.leave("a")
    lobby.leave("a")
    assert not lobby.is_full("192.0.2.1")
    lobby.leave("b")
    assert len(lobby) == 0


def test_the_lobby_names_who_is_overdue_once() -> None:
    lobby = Lobby(Limits(seconds_to_connect=0, seconds_to_leave=0))
    for name in ("a", "b"):
        lobby.enter(name, "192.0.2.1")
    lobby.leave("b")
    lobby.show_out("c")
    assert list(lobby.overdue()) == ["a", "c"]
    assert list(lobby.overdue()) == []


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("not:an:address", "not:an:address"),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted


# packets


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9",
        "x",
        "2",
        "2{}",
        "2[]",
        "2[1]",
        '2[{"a":1}]',
        '2["connect",{}]',
        '2["disconnect"]',
        '2["unfinished',
        '3{"not":"a list"}',
        '4{"message":"x"}',
        '51-["x",{"_placeholder":true,"num":0}]',
        '2/admin,["connect"]',
        "2" + "1" * 200 + '["x"]',
        "2" + "[" * 30_000,
        '2["x",' + "9" * 200 + "]",
        None,
        b"2",
    ],
)
def test_what_no_client_may_send(text: Any) -> None:
    with pytest.raises(ValueError):
        WirePacket.received(text)


def test_an_event_is_read_with_its_number() -> None:
    received = WirePacket.received('217["command","question.ask",{"text":"Hur går det?"}]')
    assert (received.packet_type, received.id) == (packet.EVENT, 17)
    assert received.data == ["command", "question.ask", {"text": "Hur går det?"}]


def test_json_is_compact_readable_and_standard() -> None:
    assert WireJSON.dumps({"å": [1, None]}, separators=(", ", ": ")) == '{"å":[1,null]}'
    assert Frame("changes", {"å": 1}).text == '2["changes",{"å":1}]'
    with pytest.raises(ValueError, match="JSON"):
        Frame("changes", float("nan"))
