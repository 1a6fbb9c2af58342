"""Faults, planted one at a time in the product, and the check of the matrix that notices each.

A matrix that lets one of these pass is not worth its seconds. `plant` changes the product's code for one test.
"""

import dataclasses
import inspect
import textwrap
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import pytest
from sqlalchemy import bindparam, update

from hybridmote import access, committer, dispatch, pump, sockets, sync
from hybridmote.committer import Batch
from hybridmote.context import Context
from hybridmote.dispatch import COMMANDS
from hybridmote.meetings.store import Meeting
from hybridmote.participants.store import ROLES
from hybridmote.participants.views import Audit
from hybridmote.questions import model as questions
from hybridmote.questions.commands import change, merging
from hybridmote.questions.store import Question, Receipt, Upvote, merged_in
from hybridmote.questions.views import Questions, Receipts, Upvotes
from hybridmote.registration import views as places
from hybridmote.registration.commands import common as giving
from tests.matrix import checks, lines
from tests.matrix.declared import declared
from tests.matrix.site import Site
from tests.matrix.world import HERE, THERE, World

Plant = Callable[[pytest.MonkeyPatch], None]


class Fault(NamedTuple):
    what: str
    plant: Plant
    check: Callable[..., Any]
    command: str = ""  # whose example the check is given; "": the check is a story of lines
    number: int | None = None
    breaks: bool = False  # it makes commands fail; else a command that fails shows that the planting was clumsy

    def look(self, world: World, site: Site) -> None:
        """Run the check that should notice."""
        if not self.command:
            self.check(world, site)
        elif self.number is None:
            self.check(world, declared()[self.command])
        else:
            self.check(world, declared()[self.command], self.number)


FAULTS: list[Fault] = []


def fault(
    what: str, check: Callable[..., Any], command: str = "", number: int | None = None, breaks: bool = False
) -> Callable[[Plant], Plant]:
    def declare(plant: Plant) -> Plant:
        FAULTS.append(Fault(what, plant, check, command, number, breaks))
        return plant

    return declare


def mutate(mp: pytest.MonkeyPatch, function: Callable[..., Any], owner: Any, old: str, new: str) -> None:
    """Put another text into a function of the product, and the function back in its place."""
    source = textwrap.dedent(inspect.getsource(function))
    assert old in source, f"{function.__qualname__} no longer says {old!r}: plant this fault anew"
    scope: dict[str, Any] = {}
    exec(source.replace(old, new), function.__globals__, scope)
    mp.setattr(owner, function.__name__, scope[function.__name__])


# ---- what is told ----------------------------------------------------------------------------------------------------


@fault("a changed question is not marked", checks.the_law_holds, "question.approve", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(Question, "shown_in", lambda self: [])


@fault("an upvote is not marked", checks.the_law_holds, "question.upvote", 1)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(Upvote, "shown_in", lambda self: [])


@fault("a field for staff leaks to the public", checks.the_law_holds, "question.approve", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    right = Questions.view

    def view(self: Any, session: Any, objects: list[Any], audience: str) -> Any:
        return {id: v | {"author_id": "p"} for id, v in right(self, session, objects, audience).items()}

    mp.setattr(Questions, "view", view)


@fault("a field for staff leaks to the public, and is declared too", checks.the_law_holds, "question.approve", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, Questions.view, Questions, 'if audience == "staff":', 'if audience in ("staff", "public"):')
    mp.setitem(Questions.fields, "public", Questions.fields["staff"])


@fault("a hidden name is shown", checks.the_law_holds, "question.approve", 1)
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, Questions.view, Questions, "None if q.name_hidden else", "")


@fault("a null names a pending question to the public", checks.the_law_holds, "question.reject", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    right = sync.log_rows

    named = lambda *given: [(t, id, f"{before} public", after) for t, id, before, after in right(*given)]  # noqa: E731
    mp.setattr(committer, "log_rows", named)


@fault("who saw a question before is not noted", checks.the_law_holds, "question.reject", 1)
def _(mp: pytest.MonkeyPatch) -> None:
    right = sync.log_rows
    mp.setattr(committer, "log_rows", lambda *given: [(t, id, "", after) for t, id, _, after in right(*given)])


@fault("who sees a question after is not noted", checks.the_law_holds, "question.approve", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    right = sync.log_rows
    mp.setattr(committer, "log_rows", lambda *given: [(t, id, before, "") for t, id, before, _ in right(*given)])


@fault("who saw it before is read from what it has become", checks.the_law_holds, "question.reject", 1)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(sync, "Was", lambda obj: obj)


@fault("everybody sees what is pending", checks.the_law_holds, "question.ask", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    right = Questions.audiences
    mp.setattr(Questions, "audiences", lambda self, obj: right(self, obj) | {"public"})


@fault("receipts are told to everybody", checks.the_law_holds, "question.reject", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    right = Receipts.audiences
    mp.setattr(Receipts, "audiences", lambda self, obj: right(self, obj) | {"public"})


@fault("staff hear who supports what", checks.the_law_holds, "question.upvote", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(Upvotes, "audiences", lambda self, obj: {f"person:{obj.participant_id}", "staff"})


@fault("the record of what staff did is public", checks.the_law_holds, "question.approve", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(Audit, "audiences", lambda self, obj: {"staff", "public"})


@fault("a kept snapshot is never renewed", checks.the_law_holds, "question.approve", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, sync._shared_picture, sync, "elif kept.picture.seq < seq:", "elif False:")


@fault("a kept snapshot forgets what is no longer seen", checks.the_law_holds, "question.reject", 1)
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, sync.Picture.followed, sync.Picture, "views.pop(object_id, None)", "pass")


@fault("a batch does not move the counter", checks.the_law_holds, "question.approve", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    table = Meeting.__table__
    still = update(table).where(table.c.id == bindparam("meeting")).values(seq=table.c.seq)  # type: ignore[arg-type]
    mp.setattr(committer, "_BUMP", still.returning(table.c.seq))


@fault("changes forget the last batch", checks.the_law_holds, "question.approve", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, sync.changes, sync, "Change.seq > low", "Change.seq > low, Change.seq < seq")
    mp.setattr("tests.matrix.law.changes", sync.changes)
    mp.setattr(pump, "changes", sync.changes)


@fault("no receipt is written", checks.it_succeeds, "question.answer", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    right = Context.add
    mp.setattr(Context, "add", lambda self, obj: obj if isinstance(obj, Receipt) else right(self, obj))


# ---- questions -------------------------------------------------------------------------------------------------------


@fault("who asked a whole is counted among those who support it", checks.the_law_holds, "question.merge", 3)
def _(mp: pytest.MonkeyPatch) -> None:
    right = questions.united
    mp.setattr(questions, "united", lambda own, inside, question, _author: right(own, inside, question, None))


@fault("what is merged into what is merged is not counted", checks.the_law_holds, "question.merge", 2)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(merging, "inside", merged_in)


@fault("the line does not close up", checks.it_succeeds, "question.withdraw", 1)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(change, "close_up", lambda *_: None)


@fault("what was told of a whole is not taken back", checks.it_succeeds, "question.unmerge", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(merging, "_untell", lambda *_: None)


@fault("that one asks the same as another is not noticed to be over", checks.the_law_holds, "question.answer", 1)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(sync, "_also", {**sync._also, Question: []})


# ---- lines -----------------------------------------------------------------------------------------------------------


@fault("the pump says that each message follows on anything", lines.a_message_to_everyone_is_lost)
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, pump.Pump.round, pump.Pump, '"from": self.chain[audience]', '"from": 0')


@fault("the pump chains audiences to each other", checks.the_law_holds, "question.reject", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, pump.Pump.round, pump.Pump, '"from": self.chain[audience]', '"from": self.sent')


@fault("a catch-up counts from the newest of its layers", lines.one_layer_lags_behind_when_it_asks)
def _(mp: pytest.MonkeyPatch) -> None:
    right = sync.changes
    single = lambda session, meeting, last: right(session, meeting, dict.fromkeys(last, max(last.values())))  # noqa: E731
    mp.setattr(sync, "changes", single)


@fault("a catch-up does not see that the log was pruned", lines.the_log_was_pruned_meanwhile)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(sync, "oldest", lambda *_: 0)


@fault("a catch-up does not see that the database is another", lines.a_backup_was_restored_meanwhile)
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, sockets.caught_up, sockets, "known_epoch != epoch(session_)", "False")


@fault("the pump does not look at who was let out", lines.a_link_is_revoked)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(pump, "access_changed", lambda *_: [])


@fault("the pump looks at who was let out after it has written", lines.a_link_is_revoked)
def _(mp: pytest.MonkeyPatch) -> None:
    right = pump.Pump.round

    def round(self: pump.Pump) -> bool:
        before, listeners = self.sent, pump.Pump.listeners
        looked = pump.access_changed
        pump.access_changed = lambda *_: []  # type: ignore[assignment]
        try:
            moved = right(self)
        finally:
            pump.access_changed = looked
        with pump.reading() as session:
            if people := looked(session, self.meeting_id, before):
                listeners.reconsider(session, self.meeting_id, people)
        return moved

    mp.setattr(pump.Pump, "round", round)


# ---- who, and what they send -----------------------------------------------------------------------------------------


@fault("the role is not checked", checks.only_those_who_may, "question.approve")
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(committer, "still_open", lambda _, __, callers: {c.way: frozenset(ROLES) for c in callers})
    mutate(mp, dispatch._asked, dispatch, "if caller is not None and cmd.role not in caller.roles:", "if False:")


@fault("participants count as moderators", checks.only_those_who_may, "question.approve")
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(access, "implied", lambda roles: frozenset(roles.split()) | {"participant", "moderator"})


@fault("a command is declared for too many", checks.only_those_who_may, "question.reject")
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setitem(COMMANDS, "question.reject", dataclasses.replace(COMMANDS["question.reject"], role="participant"))


@fault("people may send what only time may", checks.only_those_who_may, "programme.drift")
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setitem(COMMANDS, "programme.drift", dataclasses.replace(COMMANDS["programme.drift"], role="participant"))


@fault("a role is not read again in the transaction", checks.a_role_taken_away_a_moment_ago_counts, "question.approve")
def _(mp: pytest.MonkeyPatch) -> None:
    right = access.still_open

    def still_open(session: Any, meeting: str, callers: Iterable[Any]) -> Any:
        callers = list(callers)
        standing = right(session, meeting, callers)
        return {c.way: c.roles for c in callers if c.way in standing}

    mp.setattr(committer, "still_open", still_open)


@fault("a revoked link counts until the socket ends", checks.a_link_revoked_a_moment_ago_opens_nothing, "question.ask")
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(committer, "still_open", lambda _, __, callers: {c.way: c.roles for c in callers})


@fault(
    "the transaction does not ask of which meeting one is", checks.people_of_another_meeting_are_unknown, "question.ask"
)
def _(mp: pytest.MonkeyPatch) -> None:
    right = access.still_open

    def still_open(session: Any, _meeting: str, callers: Iterable[Any]) -> Any:
        callers = list(callers)
        return right(session, HERE, callers) | right(session, THERE, callers)

    mp.setattr(committer, "still_open", still_open)


@fault("ids of another meeting are found", checks.ids_of_another_meeting_are_not_found, "question.approve")
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, Context.get, Context, ' or getattr(obj, "meeting_id", None) != self.meeting_id', "")


@fault("what one may not see can be acted on", checks.what_one_may_not_see_is_not_found, "question.upvote")
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, Context.seen, Context, "if self.caller is not None and", "if False and")


@fault("versions are not compared", checks.a_stale_version_is_refused_with_what_is_now, "programme.next")
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(Context, "expect", lambda *_: None)


@fault("unknown fields are passed over", checks.bad_payloads_are_refused, "question.upvote")
def _(mp: pytest.MonkeyPatch) -> None:
    right = dispatch._validated

    def validated(cmd: Any, body: dict[str, Any]) -> Any:
        return right(cmd, {name: value for name, value in body.items() if name in cmd.payload.model_fields})

    mp.setattr(dispatch, "_validated", validated)


@fault("texts are stored as they came", checks.texts_are_stored_as_they_should_be_read, "question.ask")
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(dispatch, "clean", lambda text, **_: text)


@fault("emoji count by their parts", checks.texts_are_stored_as_they_should_be_read, "question.ask")
def _(mp: pytest.MonkeyPatch) -> None:
    right = dispatch.clean

    def clean(text: str, *, limit_graphemes: int, multiline: bool) -> str:
        if len(text) > limit_graphemes:
            raise dispatch.Unclean("too_long", len(text) - limit_graphemes)
        return right(text, limit_graphemes=limit_graphemes, multiline=multiline)

    mp.setattr(dispatch, "clean", clean)


# ---- once ------------------------------------------------------------------------------------------------------------


@fault("an op is forgotten", checks.the_same_op_counts_once, "question.ask", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    right = Batch._run
    mp.setattr(Batch, "_run", lambda self, *args: right(self, *args)._replace(store=False))


@fault("what is stored for an op is not looked up", checks.the_same_op_counts_once, "question.upvote", 0, breaks=True)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(committer, "GIVE_UP_AFTER", 1)
    mp.setattr(Batch, "_known", lambda self, session: {})


@fault("an op's body is not compared", checks.the_same_op_for_another_body_is_refused, "question.upvote")
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(dispatch, "digest", lambda name, body: "the same")


@fault("an op's command is not compared", checks.the_same_op_for_another_body_is_refused, "question.take")
def _(mp: pytest.MonkeyPatch) -> None:
    right = dispatch.digest
    mp.setattr(dispatch, "digest", lambda name, body: right("any", body))


@fault("a refusal is not kept", checks.a_refusal_is_kept_and_repeated, "question.take")
def _(mp: pytest.MonkeyPatch) -> None:
    right = Batch._run

    def run(self: Batch, *args: Any) -> Any:
        outcome = right(self, *args)
        return outcome._replace(store=outcome.answer["ok"])

    mp.setattr(Batch, "_run", run)


@fault("what is refused for its role is kept", checks.what_is_refused_before_the_handler_is_not_kept, "question.take")
def _(mp: pytest.MonkeyPatch) -> None:
    right = Batch._run
    mp.setattr(Batch, "_run", lambda self, *args: right(self, *args)._replace(store=True))
    mutate(mp, dispatch._asked, dispatch, "if caller is not None and cmd.role not in caller.roles:", "if False:")


@fault("a refusal leaves what was changed before it", checks.a_refusal_is_kept_and_repeated, "programme.start")
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(committer, "_touched", lambda _: None)
    _changes_before_it_refuses(mp)


@fault("a refusal is told of", checks.a_refusal_is_heard_by_nobody, "programme.start")
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(committer, "_touched", lambda _: None)
    _changes_before_it_refuses(mp)


def _changes_before_it_refuses(mp: pytest.MonkeyPatch) -> None:
    """A handler that begins before it knows; by itself that is taken back, and no fault."""
    right = COMMANDS["programme.start"]

    def handler(ctx: Context, payload: Any) -> Any:
        if payload.item == "q-nothing":
            ctx.meeting.tagline = "Changed, and then refused"
        return right.handler(ctx, payload)

    mp.setitem(COMMANDS, "programme.start", dataclasses.replace(right, handler=handler))


# ---- places ----------------------------------------------------------------------------------------------------------


@fault("who came last is asked first", checks.it_succeeds, "registration.cancel", 1)
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, giving.pass_on, giving, ".order_by(Registration.order)", ".order_by(Registration.order.desc())")


@fault("the ways in of a place that was given up stay open", checks.it_succeeds, "registration.cancel", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    mutate(mp, giving.close_ways, giving, "grant.revoked_at, grant.why = ctx.now, why", "grant.why = why")


@fault("staff hear whose place is whose", checks.the_law_holds, "registration.cancel", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(places.Place, "audiences", lambda self, r: {f"person:{r.participant_id}", "staff"})


@fault("needs are told with the fees that moderators hear of", checks.the_law_holds, "registration.cancel", 0)
def _(mp: pytest.MonkeyPatch) -> None:
    right = places.fee_view
    mp.setattr(places, "fee_view", lambda *given: right(*given) | {"diets": ["No nuts"]})


def harmless(mp: pytest.MonkeyPatch) -> None:
    """Not a fault: what the handler changed before it refused is taken back."""
    _changes_before_it_refuses(mp)
