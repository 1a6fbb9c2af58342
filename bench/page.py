"""The figures as a page, and as the short table that is kept in docs/performance.md."""

from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

Result = dict[str, Any]


class Row(NamedTuple):
    """One line of the table: what, ours, the peer's, ours divided by the peer's, and what it should be."""

    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None


NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def rows(result: Result) -> dict[str, list[Row]]:
    """Tables by their heading, of what was measured."""
    tables = {
        "Votes, acknowledged after they are committed": _votes,
        "A broadcast to the hall": _broadcast,
        "A storm of upvotes": _storm,
        "A minute of questions, and the desk that reviews them": _questions,
        "The longest anybody was kept waiting": _stalls,
        "Promises": _promises,
    }
    names = ("votes", "broadcast", "storm", "questions", "stalls", "promises")
    return {
        heading: list(table(result["measures"][name]))
        for name, (heading, table) in zip(names, tables.items(), strict=True)
        if name in result["measures"]
    }


def _votes(figures: Result) -> Iterator[Row]:
    for row in figures["rows"]:
        ours, peer = row["ours"], row["peer"]
        where = "through the dispatcher" if row["where"] == "dispatcher" else "on sockets, each with one"
        whose = f"{row['in_flight']} in flight" if row["where"] == "dispatcher" else f"{row['in_flight']} people"
        goal, met = "", None
        if row["in_flight"] == 64:
            goal, met = "ratio ≥ 1.0", row["ratio"] >= 1.0
            if row["where"] == "dispatcher":
                goal = "≥ 3,000/s, p99 ≤ 150 ms, ratio ≥ 1.0"
                met = met and ours["per_second"] >= 3000 and ours["p99_ms"] <= 150
        yield Row(
            f"{NAMES[row['database']]}, {where}: {whose}",
            f"{_speed(ours)}, {ours['cpu_us']:.0f} µs of CPU each",
            _speed(peer),
            f"{row['ratio']:.2f}",
            goal,
            met,
        )


def _speed(side: Result) -> str:
    return f"{side['per_second']:,.0f}/s, p50 {side['p50_ms']:.1f}, p99 {side['p99_ms']:.1f} ms"


def _broadcast(figures: Result) -> Iterator[Row]:
    ours, peer, ratio = figures["ours"], figures["peer"], figures["ratio"]
    for name, what, unit, goal in (
        ("told_us", f"CPU a message, {figures['listeners']:,} listeners, {figures['per_second']} a second", "µs", 0.5),
        ("cpu_us", "the same with its share of the cause: ours commits a vote, reads and shows it", "µs", None),
        ("last_p50_ms", "until the last listener has it, p50", "ms", 0.75),
        ("join_us", "CPU a join; ours asks the database who it is", "µs", 0.5),
        ("kb", "memory a connection", "kB", 0.35),
    ):
        yield Row(
            what,
            f"{ours[name]:.3g} {unit}",
            f"{peer[name]:.3g} {unit}",
            f"{ratio[name]:.2f}",
            f"ratio ≤ {goal}" if goal else "",
            ratio[name] <= goal if goal else None,
        )


def _storm(figures: Result) -> Iterator[Row]:
    for row in figures["rows"]:
        of = f"{NAMES[row['database']]}, {figures['rate']:,}/s into {figures['listeners']} listeners"
        yield Row(f"{of}: acknowledged after", f"p50 {row['ack_p50_ms']:.0f}, p99 {row['ack_p99_ms']:.0f} ms")
        late = row["late_p99_ms"]
        yield Row(
            f"{of}: heard after",
            f"p50 {row['late_p50_ms']:.0f}, p99 {late:.0f} ms",
            "",
            "",
            "p99 ≤ 300 ms",
            late <= 300,
        )
        messages = row["messages_per_second"]
        yield Row(f"{of}: messages to everyone", f"{messages:.1f}/s", "", "", "≤ 10/s", messages <= 10)
        yield Row(
            f"{of}: refused or never heard",
            f"{row['refused'] + row['unheard']:.0f}",
            "",
            "",
            "0",
            not row["refused"] + row["unheard"],
        )
        yield Row(f"{of}: longest stall", f"{row['stall_ms']:.0f} ms", "", "", "≤ 100 ms", row["stall_ms"] <= 100)


def _questions(figures: Result) -> Iterator[Row]:
    rates = f"{figures['asked_per_second']:.0f} questions and {figures['voted_per_second']:.0f} votes a second"
    for row in figures["rows"]:
        of = f"{NAMES[row['database']]}, {rates} from {figures['people']} people"
        astray = row["lost"] + row["refused"] + row["twice"] + row["unheard"]
        asked = f"{astray} of {row['asked']:,} questions and {row['voted']:,} votes"
        yield Row(f"{of}: lost, refused, told twice or never heard", asked, "", "", "0", not astray)
        yield Row(f"{of}: acknowledged after", f"p50 {row['ack_p50_ms']:.0f}, p99 {row['ack_p99_ms']:.0f} ms")
        yield Row(f"{of}: heard after", f"p50 {row['heard_p50_ms']:.0f}, p99 {row['heard_p99_ms']:.0f} ms")
        for who, what in (("participants", "a participant"), ("staff", "staff"), ("screen", "the screen")):
            yield Row(f"{of}: messages to {what}", f"{row[who]:.1f}/s", "", "", "≤ 10/s", row[who] <= 10)
        busy = f"{row['cores']:.2f} cores; it waited for a core {row['coreless']:.0%} of the time"
        yield Row(f"{of}: CPU of the server", f"{busy}, longest stall {row['stall_ms']:.0f} ms")
        yield from _desk(f"{NAMES[row['database']]}, the desk with {row['pending']:,} to review", row)


def _desk(of: str, row: Result) -> Iterator[Row]:
    """Beside it, where a peer would stand: the same desk and the same keys before anybody asked."""
    for name, what, goal in (
        ("answer", "a press until the page shows it (INP)", 200),
        ("wait", "a press until the page begins with it", None),
    ):
        ours, idle = (
            ", ".join(f"{share} {row[f'{when}{name}_{share}_ms']:.0f}" for share in ("p50", "p98", "most")) + " ms"
            for when in ("", "idle_")
        )
        late, times = row[f"{name}_p98_ms"], f"{row['ratio']:.2f}" if goal and row["ratio"] else ""
        met = late <= goal if goal else None
        yield Row(f"{of}: {what}", ours, f"idle: {idle}", times, f"p98 ≤ {goal} ms" if goal else "", met)
    yield Row(
        f"{of}: approved until the row has moved", f"p50 {row['moved_p50_ms']:.0f}, most {row['moved_most_ms']:.0f} ms"
    )
    yield Row(f"{of}: tasks over 50 ms", f"{row['tasks']}, the longest {row['task_most_ms']:.0f} ms")


def _stalls(figures: Result) -> Iterator[Row]:
    stalls = figures["stalls"]
    for name, what in (
        ("nothing_ms", "nothing happens"),
        ("signing_in_ms", "12 members of staff sign in at once"),
        ("joining_ms", f"{figures['joins']} people join {figures['questions']:,} questions at once"),
        ("joining_while_voting_ms", "the same while votes change them"),
        ("taking_out_ms", f"20 programs take out all {figures['questions']:,} questions at once, and the live page"),
        ("voting_ms", "64 people vote as fast as they can"),
        ("all_leaving_ms", f"{figures['leavers']:,} people leave at once"),
    ):
        yield Row(what, f"{stalls[name]:.0f} ms", "", "", "≤ 100 ms", stalls[name] <= 100)


def _promises(figures: Result) -> Iterator[Row]:
    for name, what, goal in (
        ("approved_to_screen", "approved → on the screen", None),
        ("approved_to_screen_of_another_process", "approved → on a screen of another process", None),
        ("heard_by_another_process", "a vote → heard by another process", None),
        ("heard_without_redis", "a vote → heard by another process, Redis away", 2.0),
        ("revoked_to_ended", "revoked → the socket is told and ended", 2.0),
    ):
        figure = figures[name]
        yield Row(
            what,
            f"p50 {figure['p50_s']:.2f}, at most {figure['most_s']:.2f} s",
            "",
            "",
            f"≤ {goal:g} s" if goal else "",
            figure["most_s"] <= goal if goal else None,
        )


STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #8888;
  font-variant-numeric: tabular-nums }
td:first-child { width: 40% }
"""


def html(result: Result) -> str:
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>How fast</title><style>{STYLE}</style><h1>How fast</h1><p>{escape(_of_what(result))}</p>",
    ]
    for heading, table in rows(result).items():
        parts.append(f"<h2>{escape(heading)}</h2><table><tr><th>What<th>Ours<th>Peer<th>Ratio<th>Goal</tr>")
        for row in table:
            cells = (row.what, row.ours, row.peer, row.ratio, _goal(row))
            parts.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
        parts.append("</table>")
    return "\n".join(parts) + "\n"


def markdown(result: Result) -> str:
    lines = [
        "# How fast",
        "",
        "Written by `make bench`; do not edit. " + _of_what(result),
        "",
        "A figure is worth its ratio: ours and the peer's were measured in turns, within one run, and each is the median of"
        f" {result['rounds']}. The peer is `bench/peer.mjs`: socket.io on Node as its documentation has it, with its votes"
        " committed to the same database before they are acknowledged. It does less: it knows nobody, keeps neither answers"
        " nor a log, and tells no other listener of a vote.",
    ]
    for heading, table in rows(result).items():
        lines += ["", f"## {heading}", "", "| | ours | peer | ratio | goal |", "|---|---|---|---|---|"]
        lines += [f"| {row.what} | {row.ours} | {row.peer} | {row.ratio} | {_goal(row)} |" for row in table]
    return "\n".join(lines) + "\n"


def _of_what(result: Result) -> str:
    machine = result["machine"]
    return (
        f"Server, database, peer and clients together on one machine with {machine['cores']} cores"
        f" ({machine['system']}, Python {machine['python']}, Node {machine['node']});"
        f" its disk keeps a page in {machine['sync_us']:,} µs."
    )


def _goal(row: Row) -> str:
    return row.goal if row.met is None else f"{row.goal}: {'yes' if row.met else 'no'}"
