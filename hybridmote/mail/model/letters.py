"""The letters there are: what each may say by placeholders, and the product's own words for it.

A line in which a placeholder has nothing to say is left out of the letter, so that one template serves many.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

LANGUAGES = ("sv", "en")
SUBJECT_LIMIT, BODY_LIMIT = 200, 8000  # graphemes of a template


def _(english: str) -> str:
    """Marks a sentence for the translators; it is said when the letter is written, in the reader's language."""
    return english


# what every letter may say
COMMON = {
    "name": _("the reader's name"),
    "organisation": _("the reader's organisation"),
    "meeting": _("what the meeting is called"),
    "date": _("its day or days"),
    "time": _("when it begins and ends"),
    "place": _("where it is"),
    "address": _("address of the meeting's page"),
    "contact": _("where an answer to the letter goes"),
}
OWN = {
    "link": _("the reader's own link; made when the letter is sent"),
    "check": _("address of the page that tries the reader's connection"),
    "own_page": _("address of the reader's place, where it can be changed"),
    "unsubscribe": _("address for those who want no more invitations"),
    "deadline": _("the last day to register"),
    "number": _("number of the registration"),
    "fee": _("what the place is called"),
    "price": _("what it costs"),
    "payer": _("who pays"),
    "presents": _("how the reader presents themselves"),
    "changes": _("what has changed, a line each"),
    "from_name": _("who hands the place over"),
    "to_name": _("who takes the place over"),
    "until": _("how long the offer stands"),
    "number_in_line": _("the reader's place in the waiting list"),
    "reason": _("why"),
    "item": _("the item of the programme that it is about"),
    "when": _("when the speaker speaks"),
    "question": _("what the reader asked"),
    "answer": _("the answer in writing, as it stands when the letter is sent"),
    "code": _("the code; made when the letter is sent"),
    "minutes": _("how many minutes the code is good for"),
}
ADDRESSES = frozenset({"address", "link", "check", "own_page", "unsubscribe"})
LINES = frozenset({"changes", "question", "answer"})  # whose values may have several


class Template(NamedTuple):
    title: str  # what staff call it
    subject: str
    body: tuple[str, ...]  # paragraphs of Markdown
    own: tuple[str, ...] = ()  # placeholders beside the common ones
    needs: tuple[str, ...] = ()  # without which the letter would be of no use
    link: bool = False  # the worker makes the reader a way in
    to_many: bool = False  # staff may send it to many by hand
    sealed: bool = False  # to whom it goes is not shown to staff: it would tell who asked with a hidden name


_HELLO = _("Hello {name},")
_REPLY = _("Questions? Reply to this letter.")
_FACTS = (
    _("**When:** {date}, {time}"),
    _("**Where:** {place}"),
)
_KEEP = _("The link is yours alone: whoever has it comes in as you. It works on all your devices.")

TEMPLATES: dict[str, Template] = {
    "invitation": Template(
        _("Invitation"),
        _("Welcome to {meeting}, {date}"),
        (
            _HELLO,
            _("You are invited to **{meeting}**. Take part in the hall or over the web, on the same terms."),
            *_FACTS,
            _("[Read more and register]({address})"),
            _("Register by {deadline}."),
            _REPLY,
            _("[I want no more invitations]({unsubscribe})"),
        ),
        ("deadline", "unsubscribe"),
        needs=("unsubscribe",),
    ),
    "confirmed": Template(
        _("Confirmation"),
        _("You have a place: {meeting}, {date}"),
        (
            _HELLO,
            _("You have a place at **{meeting}**. The day is attached for your calendar."),
            *_FACTS,
            _("**Your place:** {fee}"),
            _("**Price:** {price}"),
            _("**Paid by:** {payer}"),
            _("**Registration number:** {number}"),
            _("[Open the meeting]({link})"),
            _KEEP,
            _("You present yourself like this: {presents}"),
            _("[Change, hand over or cancel your place]({own_page})"),
            _("[Try that the meeting works where you are]({check})"),
            _REPLY,
        ),
        ("link", "number", "fee", "price", "payer", "presents", "own_page", "check"),
        link=True,
    ),
    "link": Template(
        _("Personal link"),
        _("Your link to {meeting}"),
        (
            _HELLO,
            _("Here is your own link to **{meeting}**."),
            *_FACTS,
            _("[Open the meeting]({link})"),
            _KEEP,
            _("[Try that the meeting works where you are]({check})"),
            _("If you did not ask for it, you need do nothing."),
        ),
        ("link", "check"),
        needs=("link",),
        link=True,
        to_many=True,
    ),
    "reminder": Template(
        _("Reminder the day before"),
        _("Tomorrow: {meeting}"),
        (
            _HELLO,
            _("Tomorrow it is time for **{meeting}**."),
            *_FACTS,
            _("[Open the meeting]({link})"),
            _KEEP,
            _("Over the web? [Try your connection today]({check}), so that there is time to help."),
            _REPLY,
        ),
        ("link", "check"),
        link=True,
        to_many=True,
    ),
    "changed": Template(
        _("Changed programme"),
        _("Changed: {meeting}"),
        (
            _HELLO,
            _("The programme of **{meeting}** has changed:"),
            "{changes}",
            *_FACTS,
            _("[See the programme as it is now]({address})"),
            _REPLY,
        ),
        ("changes",),
        to_many=True,
    ),
    "transfer": Template(
        _("Offer of somebody's place"),
        _("{from_name} gives you a place at {meeting}"),
        (
            _HELLO,
            _("{from_name} wants to hand over a place at **{meeting}** to you."),
            *_FACTS,
            _("**The place:** {fee}"),
            _("[See the place, and take it over]({link})"),
            _("The offer stands until {until}. If you do nothing, nothing happens."),
        ),
        ("link", "from_name", "fee", "until"),
        needs=("link",),
    ),
    "transferred": Template(
        _("The place was handed over"),
        _("Your place at {meeting} is handed over"),
        (
            _HELLO,
            _("{to_name} has taken over your place at **{meeting}**. Your links to it no longer work."),
            _("If this is not what you wanted, reply to this letter at once."),
        ),
        ("to_name",),
    ),
    "waiting": Template(
        _("Waiting list"),
        _("You are on the waiting list: {meeting}"),
        (
            _HELLO,
            _("**{meeting}** is full just now. You are on the waiting list."),
            _("**Your number in line:** {number_in_line}"),
            _("**Place:** {fee}"),
            _("When a place comes free you get a letter, and time to answer."),
            _("[Your place in the line]({own_page})"),
            _REPLY,
        ),
        ("number_in_line", "fee", "own_page"),
    ),
    "offered": Template(
        _("A place came free"),
        _("A place for you at {meeting}: answer by {until}"),
        (
            _HELLO,
            _("A place has come free at **{meeting}**, and it is your turn."),
            *_FACTS,
            _("**Your place:** {fee}"),
            _("[Take the place, or let it go]({link})"),
            _("Answer by {until}. After that it is offered to the next in line."),
        ),
        ("link", "fee", "until"),
        needs=("link",),
        link=True,
    ),
    "cancelled": Template(
        _("The place is cancelled"),
        _("Your place at {meeting} is cancelled"),
        (
            _HELLO,
            _("Your place at **{meeting}** is cancelled, and your links to it no longer work."),
            _("**Place:** {fee}"),
            _("**Why:** {reason}"),
            _("If this is not what you wanted, reply to this letter."),
        ),
        ("fee", "reason"),
    ),
    "speaker": Template(
        _("To a speaker"),
        _("You speak at {meeting}: what to know"),
        (
            _HELLO,
            _("Thank you for speaking at **{meeting}**."),
            _("**You speak about:** {item}"),
            _("**When:** {when}"),
            _("**Where:** {place}"),
            _("[Open your page]({link})"),
            _("On your page you see the time you have left, your slides, the question that is on stage and those in line. "
              "The moderator sees the same, and writes to you there."),
            _("Set aside two minutes before the day: open the page, turn a slide, and [try the connection]({check}) where "
              "you will sit."),
            _("If the meeting is recorded: tell us, in a reply to this letter, whether you agree that your talk is "
              "recorded and shown afterwards. Nothing of you is published without your yes."),
            _KEEP,
        ),
        ("link", "item", "when", "check"),
        link=True,
        to_many=True,
    ),
    "thanks": Template(
        _("Thanks afterwards"),
        _("Thank you for taking part in {meeting}"),
        (
            _HELLO,
            _("Thank you for taking part in **{meeting}**."),
            _("[What was said, and the answers to the questions]({address})"),
            _REPLY,
        ),
        to_many=True,
    ),
    "answered": Template(
        _("Answer to a question"),
        _("Your question at {meeting} has an answer"),
        (
            _HELLO,
            _("Your question at **{meeting}** has been answered in writing."),
            _("**You asked:**"),
            "> {question}",
            _("**The answer:**"),
            "> {answer}",
            _("[Read it at the meeting, with the other questions]({address})"),
            _REPLY,
        ),
        ("question", "answer", "item"),
        needs=("answer",),
        sealed=True,
    ),
    "code": Template(
        _("One-time code"),
        _("{code} is your code to {meeting}"),
        (
            _HELLO,
            _("Your code to **{meeting}** is:"),
            "# {code}",
            _("It is good for {minutes} minutes, once. Nobody of ours asks for it. If you did not ask for it, you need do "
              "nothing."),
        ),
        ("code", "minutes"),
        needs=("code",),
    ),
    "free": Template(
        _("Letter of your own"),
        _("About {meeting}"),
        (
            _HELLO,
            _("Write here what you want to say about **{meeting}**."),
            _("[Open the meeting]({link})"),
            _REPLY,
        ),
        ("link",),
        link=True,
        to_many=True,
    ),
}  # fmt: skip

SEALED = frozenset(name for name, one in TEMPLATES.items() if one.sealed)
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def defaults(template: str, language: Callable[[str], str]) -> tuple[str, str]:
    """(subject, body) in the product's own words. `language` translates a sentence."""
    own = TEMPLATES[template]
    return language(own.subject), "\n\n".join(
        p if p.startswith(("{", "#", ">")) else language(p) for p in own.body
    ) + "\n"


def allowed(template: str) -> dict[str, str]:
    """The placeholders of a template, with what each stands for, in English."""
    own = TEMPLATES[template].own
    return {**{name: OWN[name] for name in own}, **COMMON}


def used(*texts: str) -> Iterator[str]:
    """The placeholders of texts, in order."""
    for text in texts:
        yield from _PLACEHOLDER.findall(text)


def unknown(template: str, *texts: str) -> list[str]:
    """Placeholders that the template does not have, each once."""
    return list(dict.fromkeys(name for name in used(*texts) if name not in allowed(template)))


def missing(template: str, *texts: str) -> list[str]:
    """Placeholders without which the letter would be of no use."""
    return [name for name in TEMPLATES[template].needs if name not in used(*texts)]


def filled(text: str, value: Callable[[str], str | None], written: Callable[[str, str], str]) -> str:
    """The text with its placeholders filled in: `written(name, value)` says how. A line in which one has no value is
    left out."""
    lines = []
    for line in text.split("\n"):
        names = _PLACEHOLDER.findall(line)
        if all(value(name) for name in names):
            lines.append(_PLACEHOLDER.sub(lambda found: written(found[1], value(found[1]) or ""), line))
    return "\n".join(lines)
