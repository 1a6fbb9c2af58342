"""What letters say, and that nobody can make them say anything else."""

import datetime as dt
import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from hybridmote.mail.model import (
    LANGUAGES,
    TEMPLATES,
    Attachment,
    NoAddress,
    address,
    allowed,
    defaults,
    digest,
    invitee_of,
    mailbox,
    message,
    missing,
    octets,
    token_of,
    translator,
    unknown,
    wire,
    write,
)
from hybridmote.mail.model.letters import COMMON, LINES, OWN

AT = dt.datetime(2026, 3, 11, 9, 57, tzinfo=dt.UTC)
HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "](javascript:alert(1)) [here",
    "[click](https://evil.example)",
    "![](https://evil.example/pixel.png)",
    "<https://evil.example>",
    "# A heading\n\n- a list\n\n> said\n\n---",
    "**loud** _low_ `code` \\ & &amp; {link} {name}",
    "Åsa\r\nBcc: victim@example.org\r\n\r\nAnother letter",
    "\u202eEvil\u202c \x00 \x1b[31m",
]


def sent(subject: str = "S", body: str = "B", **values: str) -> EmailMessage:
    letter = write(subject, body, values, "sv")
    mail = message(
        letter,
        sender=(values.get("meeting", "M"), "letters@example.org"),
        to=(values.get("name", "N"), "åsa@räksmörgås.example".replace("å", "a", 1)),
        message_id="b-1@example.org",
        at=AT,
    )
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(octets(mail))


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


# ---- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept", "on_the_wire"),
    [
        (" Anna.Svensson@Kommun.SE ", "anna.svensson@kommun.se", "anna.svensson@kommun.se"),
        ("asa@RÄKSMÖRGÅS.example", "asa@räksmörgås.example", "asa@xn--rksmrgs-5wao1o.example"),
        ("asa@xn--rksmrgs-5wao1o.example", "asa@räksmörgås.example", "asa@xn--rksmrgs-5wao1o.example"),
        ("a\u030asa@example.org", "åsa@example.org", "åsa@example.org"),
        ('"Anna Svensson"@example.org', '"anna svensson"@example.org', '"anna svensson"@example.org'),
        ("anna+mote@example.org", "anna+mote@example.org", "anna+mote@example.org"),
    ],
)
def test_an_address_is_written_in_one_way(typed: str, kept: str, on_the_wire: str) -> None:
    assert address(typed) == kept
    assert address(kept) == kept and wire(kept) == on_the_wire


NO_ADDRESS = ["", "anna", "@example.org", "anna@", "a@@example.org", "a b@example.org", "a@b", "a@exam ple.org"]
NO_ADDRESS += ["a@-x.example", "a@[127.0.0.1]", "a@example.org, b@example.org", "<a@example.org>", "a@.org"]
NO_ADDRESS += [
    "a@example.org\r\nBcc: b@c.se",
    "a@example.org\nRCPT TO:<b@c.se>",
    "a\x00@example.org",
    "x" * 300 + "@example.org",
]


@pytest.mark.parametrize("typed", NO_ADDRESS)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(NoAddress):
        address(typed)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("asa@example.org", ""),
        ("Åsa Öberg <Asa@Example.org>", "Åsa Öberg"),
        ('"Öberg, Åsa" <asa@example.org>', "Öberg, Åsa"),
        ("Öberg, Åsa <asa@example.org>", "Öberg, Åsa"),
        ("<asa@example.org>", ""),
    ],
)
def test_a_name_before_an_address_is_read(line: str, name: str) -> None:
    assert mailbox(line) == (name, "asa@example.org")


def test_of_who_says_no_only_a_digest_is_kept() -> None:
    assert digest(address("A@Example.org")) == digest("a@example.org") != digest("b@example.org")
    assert "example" not in digest("a@example.org")


def test_a_token_of_no_more_invitations_cannot_be_made_up() -> None:
    token = token_of("key", "e-new")
    assert invitee_of("key", token) == "e-new"
    for other in (token[:-1], token + "x", token_of("another key", "e-new"), "", "e-new", "ImUtbmV3Ig.x", "\x00"):
        assert invitee_of("key", other) is None


# ---- nothing but words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "template", ["Hello {name},\n\n{name}", "[{name}](https://good.example/)", "- {name}\n- b", "# {name}"]
)
def test_what_fills_a_placeholder_is_only_words(template: str, value: str) -> None:
    letter = write("To {name}", template, {"name": value}, "en")
    body = letter.html.partition("<main>")[2]
    assert set(re.findall(r"<\w+", body)) <= {"<p", "<a", "<ul", "<li", "<h1", "<br"}
    assert set(re.findall(r'href="([^"]*)"', body)) <= {"https://good.example/"}
    assert (
        "\n" not in letter.subject
        and "\r" not in letter.subject
        and not re.search(r"[\x00-\x1f\u202e]", letter.subject)
    )
    plain = " ".join(re.sub(r"[\x00-\x1f\u202a-\u202e]", " ", value).split())
    assert plain in " ".join(letter.text.split())


@pytest.mark.parametrize("value", HOSTILE)
def test_no_header_can_be_put_in(value: str) -> None:
    mail = sent("To {name}", "Hello {name}", name=value, meeting=value)
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Language",
        "MIME-Version",
    }  # fmt: skip
    assert [a.addr_spec for a in mail["To"].addresses] == ["asa@xn--rksmrgs-5wao1o.example"]
    assert [a.addr_spec for a in mail["From"].addresses] == ["letters@example.org"]


def test_markup_written_by_staff_is_cleaned_too() -> None:
    body = (
        '<script>x</script> [a](javascript:x) [b](data:text/html,x) ![i](https://e.example/i.png) <b onclick="x">b</b>'
    )
    html = write("S", body, {}, "en").html.partition("<main>")[2]
    assert "<script" not in html and "<img" not in html and "<b" not in html
    assert re.findall(r'href="([^"]*)"', html) == ["https://e.example/i.png"], "a picture is only a link"


def test_swedish_in_subject_and_names_arrives_as_written() -> None:
    mail = sent(
        "Välkommen till {meeting}, Åsa",
        "Hej {name}! Öppna åtta ärtor.",
        name="Åsa Öberg-Ärlig",
        meeting="Miljö & klimat",
    )
    assert mail["Subject"] == "Välkommen till Miljö & klimat, Åsa"
    assert mail["To"].addresses[0].display_name == "Åsa Öberg-Ärlig"
    assert mail["From"].addresses[0].display_name == "Miljö & klimat"
    assert "Öppna åtta ärtor" in part(mail, "plain") and "Öppna åtta ärtor" in part(mail, "html")
    assert '<html lang="sv">' in part(mail, "html") and mail["Content-Language"] == "sv"


def test_no_line_is_longer_than_mail_may_have() -> None:
    long = "https://example.org/" + "a" * 300
    raw = octets(message(
        write("Å" * 300, "word " * 2000 + "\n\n{link}", {"link": long}, "sv"),
        sender=("M" * 200, "a@example.org"), to=("Åsa " * 60, "b@example.org"), message_id="x@example.org", at=AT,
        unsubscribe=long,
    ))  # fmt: skip
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.count(b"\r\n") == raw.count(b"\n")
    mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)
    assert mail["List-Unsubscribe"] == f"<{long}>"


# ---- text beside HTML -------------------------------------------------------------------------------------------------


def test_text_says_the_same_as_html() -> None:
    body = "# Hej\n\n**När:** onsdag\n\n1. ett\n2. [två](https://example.org/2)\n\n[Öppna]({link})\n\n> sagt\n\n---\n\nslut"
    letter = write("S", body, {"link": "https://example.org/j/a_b-c"}, "sv")
    assert letter.text == (
        "Hej\n\nNär: onsdag\n\n1. ett\n2. två: https://example.org/2\n\nÖppna: https://example.org/j/a_b-c\n\nsagt\n\n---\n\nslut\n"
    )
    assert '<a href="https://example.org/j/a_b-c" class="button">Öppna</a>' in letter.html


def test_an_address_alone_becomes_a_link() -> None:
    letter = write("S", "See {link}.", {"link": "https://example.org/j/a_b-c"}, "en")
    assert letter.text == "See https://example.org/j/a_b-c.\n"
    assert '<a href="https://example.org/j/a_b-c">https://example.org/j/a_b-c</a>' in letter.html


def test_a_line_with_nothing_to_say_is_left_out() -> None:
    letter = write(
        "About {reason}", "Hello {name},\n\n**Price:** {price}\n\n- a {fee}\n- b\n", {"name": "N", "meeting": "M"}, "en"
    )
    assert letter.subject == "M" and letter.text == "Hello N,\n\n- b\n"


def test_what_has_changed_keeps_its_lines() -> None:
    assert {"changes", "question", "answer"} == LINES
    letter = write("S", "{changes}", {"changes": "Lunch 12.15\n- Coffee"}, "en")
    assert letter.text == "Lunch 12.15\n- Coffee\n" and "Lunch 12.15<br>" in letter.html


# ---- the product's own words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_is_whole_in_both_languages(template: str, language: str) -> None:
    subject, body = defaults(template, translator(language))
    assert not unknown(template, subject, body) and not missing(template, subject, body)
    if language == "sv":
        in_english = defaults(template, translator("en"))
        assert subject != in_english[0] and body != in_english[1]
        assert sorted(re.findall(r"\{\w+\}", subject + body)) == sorted(re.findall(r"\{\w+\}", "".join(in_english)))
    letter = write(subject, body, dict.fromkeys(allowed(template), "https://example.org/x"), language)
    assert "{" not in letter.subject + letter.text and f'lang="{language}"' in letter.html
    for name in TEMPLATES[template].needs:
        assert name in OWN


def test_what_can_be_filled_in_is_told() -> None:
    for template in TEMPLATES:
        assert set(COMMON) <= set(allowed(template))
        assert all(allowed(template).values())
    assert unknown("thanks", "Hi {name}", "{link} {nme} {nme} { name } {}") == ["link", "nme"]


def test_a_calendar_goes_along() -> None:
    mail = message(
        write("S", "B", {}, "en"),
        sender=("M", "a@example.org"),
        to=("N", "b@example.org"),
        message_id="x@example.org",
        at=AT,
        attachments=[
            Attachment(
                "m.ics", "text/calendar", "BEGIN:VCALENDAR\r\nX:å\r\nEND:VCALENDAR\r\n".encode(), {"method": "PUBLISH"}
            )
        ],
    )
    got = BytesParser(EmailMessage, policy=policy.default).parsebytes(octets(mail))
    (file,) = got.iter_attachments()
    assert file.get_content_type() == "text/calendar" and file.get_param("method") == "PUBLISH"
    assert file.get_filename() == "m.ics" and "X:å" in str(file.get_content())
