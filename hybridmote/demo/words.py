"""What has to be said in each language that the demo meeting is told in."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The same keys in every language; `tests/test_demo_content.py` sees to it."""

    slug: str
    title: str
    tagline: str
    place: str
    municipality: str  # with {} for its name
    network: str  # who arranges it
    screen: str
    lectern: str
    leads: str  # what a group leader does here
    titles: Mapping[str, str]  # what people are
    items: Mapping[str, tuple[str, str]]  # title and description
    questions: Mapping[str, str]
    reasons: Mapping[str, str]  # why a question was not taken up
    texts: Mapping[str, str]  # the words of the invitation, by field
    fees: Mapping[str, tuple[str, str]]  # what places are called, and what they include
    places: Mapping[str, str]  # what is binding; what people find hard, eat and need
