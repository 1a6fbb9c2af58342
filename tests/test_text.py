"""What people write is stored safe to show: nothing unseen, nothing turned around, counted as a reader counts."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybridmote.text import MARKS, SIGNS, Unclean, clean, graphemes, isolated

ACUTE, DOT_BELOW = "\u0301", "\u0323"
KISS = "👩🏻\u200d❤\ufe0f\u200d💋\u200d👩🏾"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


def cleaned(text: str, limit: int = 500, multiline: bool = True) -> str:
    return clean(text, limit_graphemes=limit, multiline=multiline)


def refusal(text: str, limit: int = 500) -> tuple[str, str | int | None]:
    with pytest.raises(Unclean) as caught:
        cleaned(text, limit)
    return caught.value.code, caught.value.detail


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Hur gör ni?  ", "Hur gör ni?"),
        ("o" + "\u0308", "ö"),
        ("rad ett\r\nrad två\rrad tre\u2028rad fyra", "rad ett\nrad två\nrad tre\nrad fyra"),
        ("ett  \n \n\n\n två", "ett\n\n två"),
        ("kolumn\tkolumn", "kolumn\tkolumn"),
        ("10\u00a0000 kronor", "10\u00a0000 kronor"),
        ("bjälla\x07, noll\x00, escape\x1b[31m, C1\x9b", "bjälla, noll, escape[31m, C1"),
        ("\ufeffmed\u200b osynligt\u00ad streck\u2060", "med osynligt streck"),
        ("e\u200b" + ACUTE, "é"),
        ("inte\ufdd0 ett\uffff tecken", "inte ett tecken"),
    ],
)
def test_what_is_unseen_is_removed_and_what_is_seen_stays(typed: str, stored: str) -> None:
    assert cleaned(typed) == stored


def test_on_one_line_all_white_space_becomes_single_spaces() -> None:
    assert cleaned(" Växjö\n\tkommun,\u2003 hallen ", multiline=False) == "Växjö kommun, hallen"


@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_nothing_can_turn_the_writing_of_others_around(sign: str) -> None:
    assert cleaned(f"före{sign}efter") == "föreefter"


@pytest.mark.parametrize("sign", "\u200e\u200f\u061c")
def test_a_mark_of_direction_stays(sign: str) -> None:
    assert cleaned(f"עברית{sign}!") == f"עברית{sign}!"


@pytest.mark.parametrize(
    "text", [KISS, ENGLAND, "👨\u200d👩\u200d👧\u200d👦", "🇸🇪", "می\u200cخواهم", "क्\u200dष", "\ue000"]
)
def test_joined_signs_stay_joined(text: str) -> None:
    assert cleaned(text) == unicodedata.normalize("NFC", text)


def test_a_hidden_message_in_tags_is_removed_but_a_flag_is_not() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "hidden")
    assert cleaned(f"Hej{hidden} {ENGLAND}{hidden}") == f"Hej {ENGLAND}"


@pytest.mark.parametrize(
    ("text", "count"), [("Växjö", 5), (KISS, 1), (ENGLAND, 1), ("🇸🇪🇳🇴", 2), ("a" + ACUTE + DOT_BELOW, 1), ("", 0)]
)
def test_signs_are_counted_as_a_reader_counts_them(text: str, count: int) -> None:
    assert graphemes(text) == count


def test_the_limit_is_in_graphemes_and_the_refusal_says_how_many_are_over() -> None:
    assert cleaned(KISS * 500) == KISS * 500
    assert refusal(KISS * 503) == ("too_long", 3)
    assert cleaned(" " * 50 + "x" * 500) == "x" * 500
    assert refusal("x" * 15_500) == ("too_long", 15_000)


def test_a_text_far_too_long_is_not_counted_to_its_end() -> None:
    code, over = refusal("x" * 1_000_000)
    assert code == "too_long" and 20_000 <= over < 999_500


@pytest.mark.parametrize(
    "nothing",
    ["", "  \n\t ", "\x00\x07", "\u200b\ufeff", "\u200d\u200c", "\u200e", ACUTE, "\u3164\u115f", "\u2800", "\ufe0f"],
)
def test_a_text_with_nothing_to_read_is_empty(nothing: str) -> None:
    assert refusal(nothing) == ("empty", None)


def test_half_a_character_is_refused() -> None:
    assert refusal("trasig \ud83d") == ("bad_text", "surrogate")
    assert refusal("\udc00\ud800") == ("bad_text", "surrogate")


@pytest.mark.parametrize("mark", [ACUTE, DOT_BELOW, "\u20dd", "\ufe0f", "\u200d", "\u0344"])
def test_a_heap_of_marks_is_refused(mark: str) -> None:
    assert refusal("a" + mark * (MARKS + 1)) == ("bad_text", "marks")


def test_marks_that_are_composed_to_two_are_counted_as_two() -> None:
    assert refusal("a" + "\u0344" * 5) == ("bad_text", "marks")


def test_as_many_marks_as_a_living_script_needs_are_taken() -> None:
    assert cleaned("x" + ACUTE * MARKS) == "x" + ACUTE * MARKS


@pytest.mark.parametrize("endless", ["👩\u200d" * 10_000 + "👩", "👩" + "🏻" * 10_000, "\u1100" * 10_000])
def test_one_endless_sign_is_refused(endless: str) -> None:
    assert refusal(endless) == ("bad_text", "sequence")


@pytest.mark.timeout(10)
def test_a_megabyte_of_marks_is_refused_without_normalising_it() -> None:
    assert refusal("a" + (ACUTE + DOT_BELOW) * 500_000) == ("bad_text", "marks")


def test_what_is_written_from_the_right_is_set_apart_in_a_sentence() -> None:
    for text in ("שלום", "abc متى", "abc\u200f"):
        assert isolated(text) == f"\u2068{text}\u2069"
    for text in ("Åsa", "12 %", "日本語 👩🏽‍🚒", ""):
        assert isolated(text) == text


EVIL = st.one_of(
    st.characters(),
    st.sampled_from(f"\u200c\u200d\u200b\u202e\u2066\u2069{ACUTE}{DOT_BELOW}\u0344\ufe0f\r\n \x00\u2028\ufdd0"),
    st.sampled_from("👩🏻🇸\U0001f3f4\U000e0067\U000e007f\u1100\u0600"),
)


@given(st.lists(EVIL, max_size=60).map("".join), st.booleans())
def test_what_was_cleaned_is_clean(text: str, multiline: bool) -> None:
    try:
        once = cleaned(text, 40, multiline)
    except Unclean as refused:
        assert refused.code in ("bad_text", "empty", "too_long")
        return
    assert cleaned(once, 40, multiline) == once
    assert 1 <= graphemes(once) <= 40
    assert len(once) <= 40 * SIGNS
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()
    kinds = {unicodedata.category(sign) for sign in once if sign not in ("\n", "\t")}
    assert not kinds & {"Cc", "Cs"}
    assert not set(once) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")
    assert multiline or "\n" not in once
    assert json.loads(json.dumps(once)) == once == once.encode().decode()
