"""The rules of a poll: what may be asked, what may be answered, and how the answers are counted."""

from collections.abc import Mapping, Sequence
from typing import Literal

from ..meetings.model import Refusal as Refusal
from ..text import Unclean, clean

Kind = Literal["choice", "scale", "words"]
State = Literal["draft", "open", "closed"]
Act = Literal["open", "close"]
Given = Sequence[int | str]

PROMPT = 200  # graphemes
OPTION = 80
WORD = 30
OPTIONS = 10
WORDS = 3
SCALES = (5, 10)
SHOWN = 40  # words that are shown, of however many were given

MOVES: dict[Act, dict[State, State]] = {
    "open": {"draft": "open", "closed": "open"},
    "close": {"open": "closed"},
}


def moved(state: State, act: Act) -> State:
    if state not in MOVES[act]:
        raise Refusal("state", {"draft": "poll_draft", "open": "poll_open", "closed": "poll_closed"}[state])
    return MOVES[act][state]


def audiences(state: State) -> frozenset[str]:
    return frozenset({"staff"} if state == "draft" else {"staff", "public"})


class Wrong(Exception):
    """A poll or an answer that cannot be: the field, and why in a snake_case word; `over` when it is too long."""

    def __init__(self, field: str, why: str, over: int | None = None) -> None:
        super().__init__(field, why)
        self.field, self.why, self.over = field, why, over


def checked(kind: Kind, options: Sequence[str], most: int) -> tuple[list[str], int]:
    """Options and most as they are kept. A choice has 2 to 10 options; a scale's are the words at its two ends."""
    if kind == "choice":
        if not 2 <= len(options) <= OPTIONS:
            raise Wrong("options", "two_to_ten")
        if len({option.casefold() for option in options}) < len(options):
            raise Wrong("options", "options_alike")
        if most > len(options):
            raise Wrong("most", "more_than_options")
        return list(options), most
    if kind == "scale":
        if most not in SCALES:
            raise Wrong("most", "five_or_ten")
        if len(options) not in (0, 2):
            raise Wrong("options", "both_ends")
        return list(options) or ["", ""], most
    if options:
        raise Wrong("options", "words_are_free")
    if most > WORDS:
        raise Wrong("most", "three_words")
    return [], most


def answered(kind: Kind, options: Sequence[str], most: int, given: Given) -> list[int | str]:
    """An answer as it is kept: numbers of options from 0, a number of the scale, or words as they were written. The same
    one twice is one. Nothing at all takes the answer back."""
    if kind == "words":
        words = {fold(word): word for word in (_word(one) for one in given) if word}
        if len(words) > most:
            raise Wrong("answers", "too_many_answers")
        return list(words.values())
    low, high = (0, len(options) - 1) if kind == "choice" else (1, most)
    numbers = sorted({_number(one, low, high) for one in given})
    if len(numbers) > (most if kind == "choice" else 1):
        raise Wrong("answers", "too_many_answers")
    return list(numbers)


def keys(kind: Kind, answers: Given) -> list[str]:
    """Under what the answers are counted."""
    return [fold(str(one)) if kind == "words" else str(one) for one in answers]


def recounted(counts: Mapping[str, int], before: Sequence[str], after: Sequence[str]) -> dict[str, int]:
    """The counts when somebody's answer has become another; what nobody gives is not there."""
    counted = dict(counts)
    for key in before:
        counted[key] = counted.get(key, 0) - 1
        if counted[key] <= 0:
            del counted[key]
    for key in after:
        counted[key] = counted.get(key, 0) + 1
    return counted


def left_out(counts: Mapping[str, int], some: Mapping[str, int]) -> dict[str, int]:
    """The counts without those of some of the people; what only they gave is not there."""
    return {key: rest for key, n in counts.items() if (rest := n - some.get(key, 0)) > 0}


def fold(word: str) -> str:
    """Words that differ only in capital letters are the same word."""
    return word.casefold()


def bars(kind: Kind, options: Sequence[str], most: int, counts: Mapping[str, int]) -> list[int]:
    """How many gave each answer: of a choice by option, of a scale from 1 up; a word cloud has none."""
    if kind == "words":
        return []
    names = range(len(options)) if kind == "choice" else range(1, most + 1)
    return [counts.get(str(name), 0) for name in names]


def given_words(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The words by number, then by alphabet."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def mean(counts: Mapping[str, int]) -> float | None:
    """Of a scale, to one decimal; None while nobody has answered."""
    n = sum(counts.values())
    return round(sum(int(name) * number for name, number in counts.items()) / n, 1) if n else None


def _word(given: int | str) -> str:
    text = str(given)
    if not text.strip():
        return ""
    try:
        return clean(text, limit_graphemes=WORD, multiline=False)
    except Unclean as unclean:
        if unclean.code == "empty":
            return ""
        over = unclean.detail if isinstance(unclean.detail, int) else None
        raise Wrong("answers", unclean.code, over) from None


def _number(given: int | str, low: int, high: int) -> int:
    if isinstance(given, str):
        if not (given.isascii() and given.isdigit() and len(given) <= 2):
            raise Wrong("answers", "no_such_answer")
        given = int(given)
    if not low <= given <= high:
        raise Wrong("answers", "no_such_answer")
    return given
