"""Which questions ask the same thing in other words, as far as letters tell."""

import re
from collections.abc import Mapping
from functools import lru_cache

from rapidfuzz import fuzz

OFFERED = 62  # of 100: worth showing to somebody who is about to ask
SUSPECTED = 70  # of 100: worth telling a moderator
MOST = 3

# Words that questions are made of whatever they are about.
_COMMON = (
    "a about all and any are at be been by can could de dem den det detta do does du eller en ert er era ett för från "
    "get has hade har have hur how i if in inte is it kan kommer kunna man med men mer min mot much my ni när nu och of "
    "om on or oss our på ska skulle should som så than that the their then there they this till to ut vad var varför we "
    "vem vi what when where which who why vilka vilken vilket will with would you your är ännu åt"
)
COMMON = frozenset(_COMMON.split())


def alike(text: str, others: Mapping[str, str], least: int = OFFERED, most: int = MOST) -> list[tuple[str, int]]:
    """Those most like the text: (id, how much of 100), the likest first. `others`: id -> text.

    Half of it is how many words they share, half the order in which they stand (token set and token sort ratio).
    """
    mine = _words(text)
    if not mine:
        return []
    scores = [(id, _score(mine, _words(other))) for id, other in others.items()]
    found = [(id, score) for id, score in scores if score >= least]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:most]


def _score(mine: str, other: str) -> int:
    return round((fuzz.token_set_ratio(mine, other) + fuzz.token_sort_ratio(mine, other)) / 2) if other else 0


def _words(text: str) -> str:
    found = re.findall(r"\w+", text.casefold())
    return " ".join([word for word in found if word not in COMMON] or found)


def flagged(text: str, words: list[str]) -> list[str]:
    """Those of the words that stand in the text, whole, in whatever case; `*` at the end stands for any ending."""
    there = re.findall(r"\w+", text.casefold())
    joined = f" {' '.join(there)} "
    found = []
    for word in words:
        wanted = _wanted(word)
        if wanted and wanted in joined:
            found.append(word)
    return found


@lru_cache(maxsize=4096)
def _wanted(word: str) -> str:
    """What is looked for between spaces: two hundred words in two thousand questions are looked for at once."""
    wanted = " ".join(re.findall(r"\w+", word.casefold()))
    return wanted and (f" {wanted}" if word.rstrip().endswith("*") else f" {wanted} ")
