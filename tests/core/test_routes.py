"""The ways in over HTTP are those that are known, and none besides."""

from tests.matrix.site import Site

BLUEPRINTS = {
    "api",
    "desk",
    "forms",
    "invitation",
    "mail",
    "meetings",
    "participants",
    "polls",
    "programme",
    "questions",
    "reception",
    "registration",
    "slides",
    "surfaces",
    "takeaway",
    "ways",
}


def test_every_route_is_of_a_known_part(site: Site) -> None:
    strange = [
        f"{rule} ({rule.endpoint})"
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint != "static" and rule.endpoint.partition(".")[0] not in BLUEPRINTS
    ]
    assert not strange


def test_what_changes_anything_is_sent_by_post(site: Site) -> None:
    methods = {method for rule in site.app.url_map.iter_rules() for method in rule.methods or ()}
    assert methods == {"GET", "HEAD", "OPTIONS", "POST"}
