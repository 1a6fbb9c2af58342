"""Refusals, as RFC 9457 problems in the reader's language.

A handler raises `Refused(code)`; what is stored and compared is the code, and the words are chosen when it is answered,
so the same refusal reads in Swedish on one screen and in English on another.
"""

from typing import Any

from flask_babel import lazy_gettext as _l

from .formats import span
from .text import isolated

# code: (HTTP status, title, what to do)
CODES: dict[str, tuple[int, Any, Any]] = {
    "malformed": (400, _l("The message could not be read"), _l("Reload the page and try again.")),
    "csrf": (400, _l("The page has grown old"), _l("Reload the page and send again; what you wrote is still here.")),
    "unknown_caller": (
        401,
        _l("We do not know who you are"),
        _l("Open your personal link again, or sign in."),
    ),
    "bad_link": (
        404,
        _l("This link does not open anything"),
        _l("It may have been replaced by a newer one. Look for a later mail, or ask the organiser for a new link."),
    ),
    "handed_over": (
        410,
        _l("This place was handed over"),
        _l("Somebody else has it now, and this link is closed. If that is not right, ask the organiser."),
    ),
    "place_cancelled": (
        410,
        _l("This place is cancelled"),
        _l("The link is closed with it. If that is not right, ask the organiser."),
    ),
    "bad_sign_in": (401, _l("The e-mail and password do not match"), _l("Check both and try again.")),
    "role": (403, _l("This is not yours to do"), _l("It takes another role in this meeting.")),
    "not_found": (404, _l("It is not here"), _l("It may have been removed, or belong to another meeting.")),
    "no_such_command": (404, _l("There is no such command"), _l("See /api/docs for those that exist.")),
    "stale": (
        409,
        _l("Somebody was faster"),
        _l("It has changed since you saw it. Look at it as it is now, and decide again."),
    ),
    "state": (409, _l("That cannot be done now"), _l("Look at it as it is now.")),
    "claimed": (
        409,
        _l("Somebody else is at it"),
        _l("%(name)s is working on this question. Wait, or take it over."),
    ),
    "muted": (403, _l("You cannot ask for now"), _l("A moderator has decided so: %(reason)s")),
    "own": (409, _l("This is your own question"), _l("You support it already by asking.")),
    "closed": (409, _l("It is closed"), _l("It is too late for this.")),
    "pruned": (410, _l("The log does not reach that far back"), _l("Fetch the whole picture anew.")),
    "too_large": (413, _l("The message is too large"), _l("Make it shorter.")),
    "invalid": (422, _l("Something needs to be corrected"), _l("Check the field.")),
    "empty": (422, _l("Nothing is written"), _l("Write something first.")),
    "too_long": (422, _l("The text is too long"), _l("It is %(over)s characters too long.")),
    "bad_text": (422, _l("The text has characters that cannot be shown"), _l("Write it again by hand.")),
    "unknown_field": (422, _l("There is a field that we do not know"), _l("Leave it out.")),
    "op_reused": (422, _l("This sending was used for something else"), _l("Reload the page and send again.")),
    "too_many": (429, _l("That was many at once"), _l("Wait %(seconds)s, then go on.")),
    "error": (500, _l("Something broke here"), _l("It is not your fault, and it is logged. Try again in a moment.")),
    "busy": (503, _l("The server is busy"), _l("What you sent is kept and sent again.")),
}

# why a rule said no, where that can be said more exactly than by the code
WHY: dict[str, Any] = {
    "no_questions_now": _l("No questions are taken now. They open again with the next talk."),
    "slowly": _l("Everyone asks slowly just now: one question in %(every)s. Yours can be sent in %(seconds)s."),
    "in_a_minute": _l("%(n)s questions a minute are the most. The next one can be sent in %(seconds)s."),
    "many_wait": _l("%(n)s of your questions wait for a moderator. Let some of them be read first."),
    "into_itself": _l("A question cannot be merged into itself."),
    "into_what_waits": _l("The other one still waits for a moderator. Merge that one into this one instead."),
    "is_staff": _l("Staff cannot be muted."),
    "is_past": _l("That time has passed."),
    "name_is_shown": _l("Its name is not hidden."),
    "unknown_item": _l("The programme has no such item."),
    "already_on": _l("It is on already."),
    "already_done": _l("It is over already."),
    "already_cancelled": _l("It is cancelled."),
    "cancelled": _l("It is cancelled."),
    "parent_done": _l("What it is part of is over."),
    "nothing_on": _l("Nothing is on."),
    "before_last": _l("That is before the latest change in the programme."),
    "in_future": _l("That time has not come yet."),
    "not_on": _l("It is not on now."),
    "not_yet": _l("It has not happened yet."),
    "untimed": _l("It has no time of its own to extend."),
    "too_much": _l("An item can be given twelve hours at most. Change the programme instead."),
    "before_earlier": _l("Something else happened after that time. Correct that first."),
    "after_later": _l("Something else happened before that time. Correct that first."),
    "not_a_boundary": _l("Only when something began or ended can be corrected."),
    "nothing_to_undo": _l("There is nothing to take back."),
    "changed_since": _l("It has been changed since, and cannot be taken back."),
    "no_break": _l("No break is left today."),
    "minutes": _l("Write how many minutes, 1 to 240."),
    "time": _l("Write the time as 10.15."),
    "no_such_code": _l("No screen shows that code. A code is shown for ten minutes: read it again."),
    "stream_none": _l("That is not an address. It begins with https://."),
    "stream_long": _l("The address is too long."),
    "stream_signs": _l("The address has spaces or characters that cannot be shown. Copy it again."),
    "stream_host": _l("The address names no computer that can be reached."),
    "stream_scheme": _l("Only addresses that begin with https:// can be opened safely."),
    "stream_password": _l("The address holds a name or a password. Everyone would see it: use one without."),
    "help_given": _l("Somebody else has answered already."),
    "no_file": _l("Choose a PDF file first."),
    "file_too_large": _l("The file is too large: %(limit)s MB at most. Save it with smaller pictures."),
    "not_a_pdf": _l("The file is not a PDF. Save the slides as a PDF, and choose that file."),
    "encrypted_pdf": _l("The PDF is locked with a password. Save it without one, and choose it again."),
    "broken_pdf": _l("The PDF is broken and cannot be read. Save it anew, and choose it again."),
    "no_pages": _l("The PDF has no pages."),
    "too_many_pages": _l("The PDF has more than 300 pages. Divide it."),
    "too_slow_pdf": _l("The PDF takes too long to draw. Save it in a simpler form, and choose it again."),
    "not_ready": _l("The slides are not ready yet."),
    "no_such_page": _l("There is no such page."),
    "page_turned": _l("Somebody else has turned the page."),
    "poll_draft": _l("The poll has not been opened."),
    "poll_open": _l("The poll is open already."),
    "poll_opened": _l("The poll has been opened. Make a new one instead."),
    "poll_closed": _l("The poll is closed."),
    "unknown_placeholder": _l("The letter has no {%(unknown)s}. There are: %(known)s."),
    "missing_placeholder": _l("Without {%(missing)s} the letter would be of no use."),
    "not_to_many": _l("That letter is sent by itself, and cannot be sent to many."),
    "nobody_to_write_to": _l("Nobody there has an e-mail address."),
    "no_own_address": _l("You have no e-mail address here to send it to."),
    "is_waiting": _l("It waits to be sent."),
    "is_sent": _l("It has been sent."),
    "not_waiting": _l("It does not wait any more."),
    "what_changed": _l("Write what has changed."),
    "two_to_ten": _l("A choice has 2 to 10 answers to choose from."),
    "options_alike": _l("Two of the answers are the same."),
    "more_than_options": _l("There are not so many answers to choose."),
    "five_or_ten": _l("A scale goes to 5 or to 10."),
    "both_ends": _l("Write what both ends of the scale mean, or neither."),
    "words_are_free": _l("The words are written by those who answer."),
    "three_words": _l("Three words at most."),
    "too_many_answers": _l("Those are more answers than one may give."),
    "no_such_answer": _l("There is no such answer."),
    "programme_over": _l("The programme is over."),
    "day_over": _l("The day is over. Start an item of the next day by hand."),
    "greater_than_equal": _l("That is less than it can be."),
    "less_than_equal": _l("That is more than it can be."),
    "literal_error": _l("That is none of the choices."),
    "int_parsing": _l("Write a whole number."),
    "too_many_there": _l("There are more of them than there is room for."),
    # setting up the programme
    "inside_itself": _l("An item cannot be part of itself, or of something that is part of it."),
    "too_deep": _l("Parts can stand within parts, four deep at most."),
    "other_day_than_parent": _l("A part is on the same day as what it is part of."),
    "other_track_than_parent": _l("A part is in the same track as what it is part of."),
    "not_beside": _l("It can only be put before something of the same day and track that is part of the same."),
    "half_a_time": _l("Give both when it begins and when it ends, or neither."),
    "untimed_alone": _l("It needs times of its own, or to be part of something that has them."),
    "ends_first": _l("It ends before it begins."),
    "outside_meeting": _l("That is outside the days of the meeting."),
    "other_day": _l("It does not begin on that day."),
    "minimum_too_long": _l("It cannot be shortened to more than its length."),
    "no_clock": _l("Write a time as 9.05 or 09:05."),
    "no_day": _l("Choose a day."),
    "no_track": _l("The name of a track is at most 64 characters on one line."),
    # the invitation
    "no_phone": _l("Write the number with digits, and + before the country's."),
    "no_moment": _l("Write a day and a time, 2026-03-10 17.00."),
    "too_long_meeting": _l("A meeting ends within a year of its beginning."),
    "programme_outside": _l("Something of the programme is then outside the days of the meeting. Move that first."),
    "no_address": _l("Write the whole address, beginning with https://."),
    "no_such_time": _l("The clock is put forward that night, and never shows %(time)s."),
    "twice": _l("The clock is put back that night and shows %(time)s twice. Write %(first)s or %(second)s."),
    "other_zone": _l("The meeting's clock shows %(time)s then. Leave out what follows the time."),
    "has_begun": _l("It has begun. What has begun can be neither moved nor deleted nor cancelled."),
    "held": _l("Something in between is promised at its time. Give this another time instead."),
    "too_many_items": _l("A programme holds 2,000 items at most."),
    "not_deleted": _l("It is not deleted."),
    "deleted_with_another": _l("It was deleted with what it is part of. Put that back."),
    "parent_deleted": _l("What it is part of is deleted. Put that back first."),
    # ways in
    "no_walk_ins": _l("This meeting is for those who have registered."),
    "many_walk_ins": _l(
        "Many have come in from this network without a place, and no more can. Ask somebody of the staff."
    ),
    "not_the_code": _l("That is not the code on the screen. Read it again: five letters and digits."),
    "is_in_already": _l("You are in already on this device."),
    # registration
    "no_registration": _l("One cannot register to this meeting here."),
    "not_open_yet": _l("Registration has not opened yet."),
    "deadline_passed": _l("The last day to register has passed."),
    "fee_closed": _l("That place can no longer be chosen."),
    "full": _l("It is full."),
    "meeting_over": _l("The meeting is over."),
    "must_agree": _l("Read what is binding, and tick that you agree."),
    "no_email": _l("That is not an e-mail address. It looks like name@example.org."),
    "no_addresses": _l("There is no e-mail address in the file."),
    "too_many_addresses": _l("There are more than 5,000 rows. Divide the list."),
    "two_emails": _l("There is more than one e-mail address. Give each a line of its own."),
    "bad_name": _l("The name cannot be read, or is too long."),
    "orgnr_digits": _l("An organisation number has ten digits, as 212000-0142."),
    "orgnr_check": _l("The last digit does not fit: a digit is wrong, or two have changed places."),
    "gln_digits": _l("A GLN has thirteen digits."),
    "gln_check": _l("The last digit of the GLN does not fit: a digit is wrong, or two have changed places."),
    "peppol_scheme": _l("A Peppol id begins with 0007: and an organisation number, or 0088: and a GLN."),
    "no_such_body": _l("There is no municipality or region with that code."),
    "payer_needed": _l("Say who pays for the place."),
    "no_place_here": _l("You have no place to do that with."),
    "has_place": _l("That address has a place already."),
    "own_address": _l("That is the address of who has the place."),
    "not_confirmed": _l("The place is not confirmed."),
    "not_in_line": _l("They do not wait for a place."),
    "cancelled_place": _l("The place is cancelled."),
    "has_arrived": _l("They have come already."),
    "not_offered": _l("No place is offered."),
    "offer_over": _l("The offer has ended. The place has gone to the next in line."),
    "no_switch": _l("Places cannot be changed here. Ask the organiser."),
    "switch_passed": _l("It is too late to change. Ask the organiser."),
    "no_cancel": _l("A place cannot be cancelled, only handed over. Ask the organiser."),
    "cancel_passed": _l("It is too late to cancel. You can still hand the place over to somebody else."),
    "same_fee": _l("That is the one already."),
    "transfer_open": _l("The place is being handed over already. Take that back first."),
    "transfer_over": _l("This offer has ended: it was taken, taken back or refused, or it is too late."),
    "no_transfer": _l("The place is not being handed over."),
    "nothing_to_invoice": _l("Nothing has changed since the last export."),
    "deadline_first": _l("The last day is before the first."),
    "import_undone": _l("The import has been taken back already."),
    "no_amount": _l("Write an amount as 900 or 900,50."),
    "no_sheet": _l("Choose a file first: CSV or XLSX."),
    "no_such_fee": _l("There is no place that is called that."),
    "sheet_too_large": _l("The file is too large: 10 MB at most."),
    "sheet_empty": _l("There is nothing in the file."),
    "sheet_broken": _l("The file cannot be read. Save it as CSV or as XLSX, and choose it again."),
    "sheet_too_many": _l("There are more than 2,000 rows. Divide the list."),
    "sheet_headings": _l("The first row must say what the columns are: one for the name and one for the e-mail."),
}


def _apart(value: Any) -> Any:
    return isolated(value) if isinstance(value, str) else value


SECONDS = ("seconds", "every")  # said as people say them


class Refused(Exception):
    """A refusal with a code of CODES. `field` names the payload's field, `current` the object as it is now."""

    def __init__(self, code: str, field: str | None = None, current: Any = None, **params: Any) -> None:
        if code not in CODES:
            raise ValueError(f"unknown refusal {code!r}")
        super().__init__(code)
        self.code, self.field, self.current, self.params = code, field, current, params

    @property
    def status(self) -> int:
        return CODES[self.code][0]

    def facts(self) -> dict[str, Any]:
        """What is stored: no words."""
        facts: dict[str, Any] = {"code": self.code}
        if self.field is not None:
            facts["field"] = self.field
        if self.current is not None:
            facts["current"] = self.current
        if self.params:
            facts["params"] = self.params
        return facts


def problem(facts: dict[str, Any]) -> dict[str, Any]:
    """An RFC 9457 problem of stored facts, in the language of the request (needs an application context)."""
    code = facts["code"]
    status, title, detail = CODES[code]
    params = facts.get("params", {})
    detail = WHY.get(params.get("why", ""), detail)
    words = {name: span(n) if name in SECONDS else _apart(n) for name, n in params.items()}
    said: dict[str, Any] = {
        "type": f"/api/docs#{code}",
        "title": str(title),
        "status": status,
        "detail": str(detail) % words if "%(" in str(detail) and params else str(detail),
        "code": code,
    }
    for extra in ("field", "current"):
        if extra in facts:
            said[extra] = facts[extra]
    if "seconds" in params:
        said["retry_after"] = params["seconds"]
    return said
