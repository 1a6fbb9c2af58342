"""What came of a poll, as a file for a spreadsheet: how many gave each answer, and nobody's name."""

import csv
import io
from collections.abc import Mapping

from flask import Blueprint, Response
from flask_babel import get_locale
from flask_babel import gettext as _

from ..db import reading
from ..problems import Refused
from ..takeaway.sheets import inert as inert
from ..web import meeting_and_caller
from . import model
from .store import Poll

pages = Blueprint("polls", __name__)


@pages.get("/m/<slug>/polls/<poll>.csv")
def export(slug: str, poll: str) -> Response:
    """For staff. In the reader's language a spreadsheet parts cells by commas or, in Swedish, by semicolons."""
    with reading() as db:
        _meeting, caller = meeting_and_caller(db, slug)
        if not caller.staff:
            raise Refused("role")
        found = db.get(Poll, poll)
        if found is None or found.meeting_id != caller.meeting_id:
            raise Refused("not_found")
        text = io.StringIO()
        rows = csv.writer(text, delimiter=";" if str(get_locale()) == "sv" else ",")
        rows.writerow([_("Question"), inert(found.prompt)])
        rows.writerow([_("People who answered"), found.answered])
        if (mean := model.mean(found.counts) if found.kind == "scale" else None) is not None:
            rows.writerow([_("Mean"), mean])
        here = model.left_out(found.counts, found.walk_ins) if found.walk_ins_answered else None
        rows.writerow([_("Answers"), _("Number"), *([_("Of those with a place")] if here is not None else [])])
        placed = dict(_lines(found, here)) if here is not None else {}
        for name, number in _lines(found, found.counts):
            rows.writerow([inert(name), number, *([placed.get(name, 0)] if here is not None else [])])
    answer = Response("\ufeff" + text.getvalue(), mimetype="text/csv")  # the mark tells a spreadsheet that it is UTF-8
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-{found.made_at:%Y%m%d-%H%M}.csv"'
    return answer


def _lines(poll: Poll, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    if poll.kind == "words":
        return model.given_words(counts)
    bars = model.bars(poll.kind, poll.options, poll.most, counts)
    if poll.kind == "choice":
        return list(zip(poll.options, bars, strict=True))
    ends = {1: poll.options[0], poll.most: poll.options[1]}
    return [(f"{n} {ends.get(n, '')}".strip(), number) for n, number in enumerate(bars, 1)]
