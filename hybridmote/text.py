"""What people write, made safe to store, count and show. What it does is said here once, for every field of every room.

*Removed without a word*, since nobody types it and nobody sees it go: control characters, characters with no shape and
no use in a short text (zero width space, soft hyphen, byte order mark, ...), tags outside a flag, and every character
that opens or closes a direction of writing (embeddings, overrides, isolates). Keeping only balanced isolates would keep
one more thing to get wrong, and a page shows each text in an isolate of its own (`unicode-bidi: plaintext` in base.css,
`isolated` within a sentence), where right-to-left writing finds its direction by itself; the plain marks (U+200E, U+200F,
U+061C) stay, since they turn nothing around.

*Kept*: the joiners, which emoji and several scripts need.

*Refused* rather than trimmed, since a person should see what they sent: lone surrogates, which no database and no JSON
takes, and the heaps of marks that climb over the lines of others. Bounding the marks also bounds the bytes behind one
counted sign, and the time that normalising takes, which grows with the square of a heap.
"""

import unicodedata

import regex

MARKS = 8  # combining marks and joiners in a row; the fullest signs of living scripts and emoji have four
SIGNS = 32  # code points in one grapheme; the longest emoji have ten

_SURROGATE = regex.compile(r"[\ud800-\udfff]")
_LINE_BREAK = regex.compile(r"\r\n|[\n\v\f\r\u0085\u2028\u2029]")
_UNSEEN = regex.compile(
    r"[\p{Cc}--\n\t]"
    r"|[\u202a-\u202e\u2066-\u2069]"  # directions of writing
    r"|[\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0001]"
    r"|\p{Noncharacter_Code_Point}",
    regex.V1,
)
# The flags of England, Scotland and Wales are a black flag followed by tags; any other tags are hidden writing.
_STRAY_TAGS = regex.compile(
    r"(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)|[\U000e0020-\U000e007f]"
)
_HEAP = regex.compile(r"[\p{M}\u200c\u200d]{" + str(MARKS + 1) + "}")
_FROM_THE_RIGHT = regex.compile(
    r"[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_GRAPHEME = regex.compile(r"\X")
# Something to read: more than spaces, marks and what is drawn as nothing (a Hangul filler, an empty braille cell).
_READABLE = regex.compile(r"[^\p{Z}\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]")
_SPACES = regex.compile(r"\s+")
_SPACE_AT_END = regex.compile(r"[^\S\n]+(?=\n)")
_BLANK_LINES = regex.compile(r"\n{3,}")

COUNTED = 20_000  # graphemes over the limit that are still counted: more is not said exactly, since counting takes long


class Unclean(Exception):
    """A text that cannot be taken.

    `code` is `bad_text` (with `detail` surrogate, marks or sequence), `empty`, or `too_long` (`detail`: the number of
    graphemes over the limit).
    """

    def __init__(self, code: str, detail: str | int | None = None) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def clean(text: str, *, limit_graphemes: int, multiline: bool) -> str:
    """The text as it is to be stored: composed (NFC), without what is unseen, at most that many graphemes long.

    On one line every white space becomes one space. On several, line breaks become "\\n", tabs stay, and more than one
    empty line in a row becomes one. Cleaning what was cleaned changes nothing. Raises Unclean.
    """
    if _SURROGATE.search(text):
        raise Unclean("bad_text", "surrogate")
    text = _spaced(_composed(_seen(text)), multiline)
    if not _READABLE.search(text):
        raise Unclean("empty")
    count = 0
    for grapheme in _GRAPHEME.finditer(text):
        count += 1
        if grapheme.end() - grapheme.start() > SIGNS:
            raise Unclean("bad_text", "sequence")
        if count > limit_graphemes + COUNTED:
            break
    if count > limit_graphemes:
        raise Unclean("too_long", count - limit_graphemes)
    return text


def graphemes(text: str) -> int:
    """How many signs a reader would count."""
    return sum(1 for _ in _GRAPHEME.finditer(text))


def isolated(text: str) -> str:
    """What is written from the right, so that it turns nothing around that stands beside it in a sentence."""
    return "\u2068" + text + "\u2069" if _FROM_THE_RIGHT.search(text) else text


def _seen(text: str) -> str:
    text = _UNSEEN.sub("", _LINE_BREAK.sub("\n", text))
    return _STRAY_TAGS.sub(r"\1", text)


def _composed(text: str) -> str:
    _refuse_heaps(text)
    text = unicodedata.normalize("NFC", text)
    _refuse_heaps(text)  # some marks are composed to two
    return text


def _refuse_heaps(text: str) -> None:
    if _HEAP.search(text):
        raise Unclean("bad_text", "marks")


def _spaced(text: str, multiline: bool) -> str:
    if not multiline:
        return _SPACES.sub(" ", text).strip()
    return _BLANK_LINES.sub("\n\n", _SPACE_AT_END.sub("", text)).strip()
