"""Refusals, as RFC 9457 problems in the reader's language.

A handler raises `Refused(code)`; what is stored and compared is the code, and the words are chosen when it is answered,
so the same refusal reads in Swedish on one screen and in English on another.
"""

from typing import Any

from flask_babel import lazy_gettext as _l

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
    "too_many": (429, _l("That was many at once"), _l("Wait %(seconds)s seconds, then go on.")),
    "error": (500, _l("Something broke here"), _l("It is not your fault, and it is logged. Try again in a moment.")),
    "busy": (503, _l("The server is busy"), _l("What you sent is kept and sent again.")),
}

# why a rule said no, where that can be said more exactly than by the code
WHY: dict[str, Any] = {
    "no_questions_now": _l("No questions are taken now. They open again with the next talk."),
    "unknown_item": _l("The programme has no such item."),
    "already_on": _l("It is on already."),
    "already_done": _l("It is over already."),
    "already_cancelled": _l("It is cancelled."),
    "cancelled": _l("It is cancelled."),
    "parent_done": _l("What it is part of is over."),
    "nothing_on": _l("Nothing is on."),
    "before_last": _l("That is before the latest change in the programme."),
    "in_future": _l("That time has not come yet."),
    "programme_over": _l("The programme is over."),
    "day_over": _l("The day is over. Start an item of the next day by hand."),
}


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
    said: dict[str, Any] = {
        "type": f"/api/docs#{code}",
        "title": str(title),
        "status": status,
        "detail": str(detail) % params if "%(" in str(detail) and params else str(detail),
        "code": code,
    }
    for extra in ("field", "current"):
        if extra in facts:
            said[extra] = facts[extra]
    if "seconds" in params:
        said["retry_after"] = params["seconds"]
    return said
