"""The list of meetings, a meeting's first page, and what is true of the whole site."""

from flask import Blueprint, render_template

from ..db import reading, utc_now
from . import store
from .model import phase
from .views import meeting_view

pages = Blueprint("meetings", __name__)


@pages.get("/")
def index() -> str:
    with reading() as db:
        now = utc_now()
        shown = [m for m in store.all_meetings(db) if m.published]
        meetings = [{**meeting_view(m), "phase": phase(m.starts, m.ends, now)} for m in shown]
    return render_template("meetings/index.html", meetings=meetings, now=now, meeting=None, me=None)


@pages.get("/accessibility")
def accessibility() -> str:
    return render_template("accessibility.html", meeting=None, me=None)


@pages.get("/privacy")
def privacy() -> str:
    return render_template("privacy.html", meeting=None, me=None)
