"""One way between the organiser's pages: on each of them, the same, with the page one is on marked. The pages are those of
the application itself, so that a new one cannot be forgotten."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.test_routes import path

EN = {"Accept-Language": "en"}
DESK = "/m/here/desk/"
# Parts that a script puts into a page, and a letter as its reader sees it: no pages of their own.
PARTS = {
    *("/m/<slug>/desk/checklist", "/m/<slug>/desk/programme/checklist"),
    *("/m/<slug>/desk/mail/<letter>.html", "/m/<slug>/desk/mail/preview"),
}
# A page under another one marks the one it stands under.
UNDER = {
    "people/b-hall": "people",
    "enrol": "people",
    "import": "people",
    "needs": "people",
    "mail/b-sent": "mail",
}


@pytest.fixture
def pages(app: Flask, browser_of: Callable[[str], FlaskClient]) -> dict[str, str]:
    """What an organiser reads at every address of the desk that gives a page: {address after desk/: HTML}."""
    organiser = browser_of("organiser")
    rules = {
        r.rule for r in app.url_map.iter_rules() if r.rule.startswith("/m/<slug>/desk") and "GET" in (r.methods or ())
    }
    found = {}
    for rule in sorted(rules - PARTS):
        answer = organiser.get(path(rule), headers=EN, follow_redirects=True)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            found[path(rule).removeprefix(DESK)] = answer.text
    return found


def navs(shown: str) -> list[list[tuple[str, bool]]]:
    """Of each desk navigation in a page: its links, and whether they are the page one is on."""
    found = re.findall(r'<nav class="desk-nav[ "].*?</nav>', shown, re.S)
    return [
        [(at, "aria-current" in more) for at, more in re.findall(r'<a href="([^"]+)"([^>]*)>', nav)] for nav in found
    ]


def test_every_page_of_the_desk_has_the_one_navigation_with_its_page_marked(pages: dict[str, str]) -> None:
    assert {"", "programme", "fees", "people", "invoices", "mail", "ready", "arrivals", "enrol", "import"} <= set(pages)
    first = None
    for name, shown in pages.items():
        links, *others = navs(shown)
        assert all(one == links for one in others), name  # folded on a phone at the door; never both are drawn
        first = first or [at for at, _ in links]
        assert [at for at, _ in links] == first, f"{name} leads elsewhere than the others"
        assert [at for at, here in links if here] == [DESK + UNDER.get(name, name)], name


def test_every_page_of_the_desk_is_reached_from_it(pages: dict[str, str]) -> None:
    """By the navigation itself, or by a link on the page that it stands under."""
    at_once = {at.removeprefix(DESK) for at, _ in navs(pages["people"])[0] if at.startswith(DESK)}
    assert at_once == set(pages) - set(UNDER)
    for name, above in UNDER.items():
        links = re.findall(r'href="([^"?#]+)', pages[above])
        assert DESK + name in links, f"{name} is not reached from {above}"


def test_it_leads_nowhere_that_is_not(pages: dict[str, str], browser_of: Callable[[str], FlaskClient]) -> None:
    organiser = browser_of("organiser")
    for at, _ in navs(pages["people"])[0]:
        assert organiser.get(at).status_code == 200, at


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("web", 403), ("moderator", 403)])
def test_nobody_but_organisers_reads_them(
    pages: dict[str, str],
    client: FlaskClient,
    browser_of: Callable[[str], FlaskClient],
    who: str | None,
    status: int,
) -> None:
    reader = browser_of(who) if who else client
    for name in pages:
        if who == "moderator" and name in ("arrivals", "audit"):  # theirs, too
            shown = reader.get(DESK + name, headers=EN)
            assert shown.status_code == 200
            links = navs(shown.text)[0]
            assert all(reader.get(at).status_code == 200 for at, _ in links), (
                "and it leads them to their own pages only"
            )
            continue
        answer = reader.get(DESK + name, headers=EN)
        assert answer.status_code == status, name
        assert not navs(answer.text)
