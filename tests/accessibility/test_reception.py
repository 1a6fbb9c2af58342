"""The organiser's desk of places: fees, people, one of them, by hand, lists, invoices and needs. Every state, by eye, by
keyboard, in narrow windows, and with two at once."""

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from hybridmote.participants.store import new_id
from hybridmote.registration.store import Fee, Registration
from tests.accessibility.axe import check
from tests.accessibility.house import House, Look, Person
from tests.accessibility.test_keyboard import OUGHT, all_is_well, walk
from tests.accessibility.test_reflow import CUT, SPACED, WEAR

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

HEAD = "Namn;E-post;Organisation;Avgift"
# What an option says is wider than its select leaves room for.
CLIPPED = """() => [...document.querySelectorAll("select")].filter((one) => one.checkVisibility()).flatMap((one) => {
  const brush = document.createElement("canvas").getContext("2d");
  const style = getComputedStyle(one);
  brush.font = style.font;
  const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 20; // and its arrow
  return [...one.selectedOptions].filter((o) => brush.measureText(o.text).width > room).map((o) => o.text);
})"""


@pytest.fixture(autouse=True)
def eve(house: House) -> None:
    house.stand("eve")


@pytest.fixture(scope="module")
def bare(house: House) -> tuple[str, Person]:
    """A meeting in which nothing has been set up yet: its slug and its organiser."""
    made = subprocess.run(
        [
            *(sys.executable, "-m", "hybridmote", "meeting", "create", "--slug", "tomt", "--title", "Ett tomt möte"),
            *("--starts", "2127-03-10 17:00", "--ends", "2127-03-11 15:30", "--data", str(house.demo.data)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    token = re.search(r"/j/([\w-]+)", made.stdout)
    assert token, made.stdout
    return "tomt", Person("bare", token[1])


@pytest.fixture
def kim(house: House) -> Iterator[str]:
    """Somebody with a place, whose life is full: the id of their registration."""
    with house.rows() as session:
        fee = session.scalars(select(Fee.id).where(Fee.removed.is_(False)).order_by(Fee.position)).first()
    made = house.say(
        house.organiser,
        "registration.enrol",
        fee=fee,
        over=True,
        name="Kim Exempel",
        email=f"{new_id().lower()}@example.org",
        organisation="Örebro kommun",
        title="Klimatanpassningssamordnare",
        phone="08-123 45 67",
        orgnr="212000-1967",
        reference="Projekt 12",
        challenge="Att få tiden att räcka till\nför det som ingen har beställt",
        diet="Inga nötter",
        access="Plats nära dörren",
    )
    yield made["registration"]
    house.say(house.organiser, "registration.cancel", id=made["registration"], letter=False)


def desk(house: House, look: Look, path: str = "people", name: str = "") -> Page:
    return house.show(house.reader(look, house.organiser, f"reception {name}"), f"desk/{path}", live=False)


def unfold(page: Page) -> Page:
    page.locator("main details:not([open]) > summary").evaluate_all("all => all.forEach((one) => one.click())")
    return page


def row(page: Page, id: str) -> Locator:
    return page.locator(f"[id='{id}']")


# ---- before anything is there ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("fees", (".rec__none", ".btn--main")),
        ("people", (".rec__none",)),
        ("people?see=owed", (".rec__none",)),
        ("people?see=from", (".rec__none",)),
        ("enrol", (".rec__none a",)),
        ("import", ("#file",)),
        ("invoices", (".rec__none",)),
        ("needs", (".rec__none",)),
        ("ready", (".ways__after, .ready__one",)),
        ("mail", (".mail__none",)),
    ],
)
def test_nothing_is_there_yet(
    house: House, look: Look, bare: tuple[str, Person], path: str, there: tuple[str, ...]
) -> None:
    slug, organiser = bare
    page = house.show(house.reader(look, organiser, "bare"), f"/m/{slug}/desk/{path}", live=False)
    check(page, *there, ".desk-nav [aria-current=page]")
    assert page.evaluate(CUT) == []


# ---- fees ------------------------------------------------------------------------------------------------------------


def test_fees_one_opened_wrong_and_saved(house: House, look: Look) -> None:
    page = desk(house, look, "fees")
    check(page, ".rec__fees li", "#r-deadline", "#r-zone")
    page.locator(".rec__add a").click()
    check(page, "#new #fee-name_sv", "#fee-currency")
    name = f"Halvdag {look.width}"
    page.locator("#fee-name_sv").fill(name)
    page.locator("#fee-kronor").fill("nio hundra")
    page.locator("#new .btn--main").click()
    check(page, "#fee-kronor-wrong", "#fee-kronor[aria-invalid=true]", ".note--refused")
    expect(page.locator("#fee-name_sv")).to_have_value(name)
    page.locator("#fee-kronor").fill("1 450,50")
    page.locator("#fee-currency").select_option("EUR")
    page.locator("#new .btn--main").click()
    made = page.locator(".rec__fees > li", has_text=name)
    expect(made.locator(".rec__n")).to_contain_text("450")
    check(page, made)
    made.locator("h3 a").click()
    expect(page.locator("#fee-currency")).to_have_value("EUR")  # saving a fee leaves its currency as it is
    page.locator(".is-open .btn--main").click()
    with house.rows() as session:
        fee = session.scalars(select(Fee).where(Fee.removed.is_(False)).order_by(Fee.position.desc())).first()
    assert fee and (fee.price, fee.currency) == (145_050, "EUR")


def test_a_fee_removed_and_put_back(house: House, look: Look) -> None:
    added = {"name_sv": "Enbart lunch", "name_en": "Lunch only", "price": 15_000, "vat": 12}
    id = house.say(house.organiser, "fee.add", **added)["id"]
    page = desk(house, look, "fees")
    row(page, id).locator("button").last.click()
    expect(row(page, id)).to_have_count(0)
    back = page.locator(".notes form button")
    check(page, back)
    back.click()
    check(page, row(page, id))
    house.say(house.organiser, "fee.remove", id=id)


def test_an_instant_that_is_none_says_what_to_write(house: House, look: Look) -> None:
    page = desk(house, look, "fees")
    deadline = page.locator("#r-deadline")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d\.\d\d", deadline.input_value()), "as people write it"
    told = [page.locator(f"#{id}").inner_text() for id in (deadline.get_attribute("aria-describedby") or "").split()]
    with house.rows() as session:
        zone = house.meeting(session).timezone
    assert "2026-03-10 17.00" in told[0] and zone in told[1], "how to write it, and by which clock"
    kept = deadline.input_value()
    deadline.fill("på torsdag")
    page.locator("#rules .btn--main").click()
    check(page, "#r-deadline-wrong", "#r-deadline[aria-invalid=true]")
    expect(page.locator("#r-deadline-wrong")).to_contain_text("2026-03-10 17.00")
    expect(page.locator("#r-deadline")).to_have_value("på torsdag")
    page.locator("#r-deadline").fill(kept.replace(".", ":"))
    page.locator("#rules .btn--main").click()
    expect(page.locator("#r-deadline")).to_have_value(kept)


# ---- people ----------------------------------------------------------------------------------------------------------


def test_the_list_whole_sought_in_filtered_and_in_vain(house: House, look: Look, kim: str) -> None:
    page = desk(house, look)
    check(page, ".rec__people > li", ".rec__search", ".rec__turn")
    assert page.evaluate(CLIPPED) == []
    page.locator("#q").fill("kim exempel")
    page.locator("#q").press("Enter")
    check(page, row(page, kim))
    expect(page.locator(".rec__people > li").filter(has_text="Kim Exempel").first).to_be_visible()
    for name in ("state", "only"):
        for value in page.locator(f"#{name} option").evaluate_all("all => all.map((one) => one.value)"):
            page.locator(f"#{name}").select_option(value)
            assert page.evaluate(CLIPPED) == [], "cut off in its filter"
    page.locator("#q").fill("nobody is called this")
    page.locator("#state").select_option("waiting")
    page.locator("#only").select_option("")
    page.locator(".rec__go button").click()
    check(page, ".rec__none", ".rec__go a")
    expect(page.locator("#state")).to_have_value("waiting")
    page.locator(".rec__go a").click()
    check(page, ".rec__people > li")


def test_every_state_of_a_row(house: House, look: Look) -> None:
    """Waiting, offered, cancelled, here, and without a fee; on one page, and each on its own."""
    with house.rows() as session:
        ids = list(session.scalars(select(Registration.id).order_by(Registration.number).limit(5)))
        kept = {r.id: (r.state, r.arrived_at, r.fee_id) for r in session.scalars(select(Registration))}
        now = dt.datetime.now(dt.UTC)
        became: list[dict[str, Any]] = [
            {"state": "waiting"},
            {"state": "offered", "offered_until": now + dt.timedelta(hours=3)},
            {"state": "cancelled"},
            {"state": "confirmed", "arrived_at": now},
            {"fee_id": None, "by": "walk_in", "arrived_at": None},
        ]
        for id, values in zip(ids, became, strict=True):
            session.execute(update(Registration).where(Registration.id == id).values(**values))
        session.commit()
    try:
        page = desk(house, look, "people?state=all")
        check(page, row(page, ids[0]), ".is-cancelled", ".rec__here")
        for id in ids:
            unfold(desk(house, look, f"people/{id}"))
            check(page, ".rec__facts", "h1")
    finally:
        with house.rows() as session:
            for id, (state, arrived, fee) in kept.items():
                session.execute(
                    update(Registration)
                    .where(Registration.id == id)
                    .values(state=state, arrived_at=arrived, fee_id=fee, offered_until=None)
                )
            session.commit()


@pytest.mark.parametrize("see", ["owed", "from"])
def test_sums(house: House, look: Look, kim: str, see: str) -> None:
    """On a phone each row says what its sums are; it is a table all the same to who hears it."""
    page = desk(house, look, f"people?see={see}")
    check(page, "#sums table", "#sums tbody tr")
    assert page.evaluate(CUT) == []
    table = page.get_by_role("table").first
    heads = table.get_by_role("columnheader")
    first = table.get_by_role("row").nth(1)
    assert first.get_by_role("rowheader").count() == 1
    assert first.get_by_role("cell").count() == heads.count() - 1
    expect(first.get_by_role("cell").last).to_be_visible()


def test_one_person_changed_refused_and_saved(house: House, look: Look, kim: str) -> None:
    page = desk(house, look, f"people/{kim}")
    check(page, ".rec__facts", "#h-letters", ".rec__more")
    check(unfold(page), "#e-name", "#p-orgnr", "#c-reason")
    page.locator("#e-phone").fill("ring mig")
    page.locator("#e-kronor").fill("många")
    page.locator("form:has(#e-name) .btn--main").click()
    check(page, "#e-kronor-wrong, #e-phone-wrong", ".note--refused")
    expect(page.locator("#e-phone")).to_have_value("ring mig")
    page.locator("#e-phone").fill("08 222")
    page.locator("#e-kronor").fill("450,50")
    page.locator("form:has(#e-name) .btn--main").click()
    check(page, "#done [role=status]")
    unfold(page)
    page.locator("#p-orgnr").fill("212000-1968")
    page.locator("form:has(#p-orgnr) .btn--main").click()
    check(page, "#p-orgnr-wrong")


def test_two_organisers_save_the_same_person(house: House, look: Look, kim: str) -> None:
    """Side by side: what only one of them changed is saved, and where both wrote the second sees both texts."""
    one, other = desk(house, look, f"people/{kim}", "one"), desk(house, look, f"people/{kim}", "other")
    for page in (one, other):
        unfold(page)
    one.locator("#e-name").fill("Kim Ek Exempel")
    one.locator("#e-challenge").fill("Hennes\nutmaning")
    one.locator("form:has(#e-name) .btn--main").click()
    expect(one.locator("#done")).to_be_visible()

    other.locator("#e-organisation").fill("Region Örebro län")
    other.locator("#e-challenge").fill("Hans utmaning")
    other.locator("form:has(#e-name) .btn--main").click()
    now = other.locator("#e-challenge-now")
    check(other, now, ".note--refused")
    expect(now).to_contain_text("Hennes")
    expect(other.locator("#e-challenge")).to_have_value("Hans utmaning")
    assert "e-challenge-now" in (other.locator("#e-challenge").get_attribute("aria-describedby") or "")
    expect(other.locator(".rec__now")).to_have_count(1)
    expect(other.locator("#e-name")).to_have_value("Kim Ek Exempel")
    expect(other.locator("#e-organisation")).to_have_value("Region Örebro län")
    assert other.evaluate(CUT) == []

    other.locator("form:has(#e-name) .btn--main").click()
    expect(other.locator("#done")).to_be_visible()
    facts = other.locator(".rec__facts")
    for words in ("Region Örebro län", "Hans utmaning"):
        expect(facts).to_contain_text(words)
    expect(other.locator("h1")).to_have_text("Kim Ek Exempel")


def test_by_hand(house: House, look: Look) -> None:
    page = desk(house, look, "enrol")
    check(page, "#n-name", "[name=fee]")
    page.locator("[name=fee]").nth(1).check()
    page.locator("#n-name").fill("Bo Exempel")
    page.locator("#n-orgnr").fill("12")
    page.locator("#n-letter").uncheck()
    page.locator("main .btn--main").click()
    check(page, "#n-orgnr-wrong", ".note--refused")
    expect(page.locator("#n-name")).to_have_value("Bo Exempel")
    page.locator("#n-orgnr").fill("")
    page.locator("main .btn--main").click()
    check(page, "#done", ".rec__facts")


# ---- lists and invoices ----------------------------------------------------------------------------------------------


def test_a_list_looked_through_brought_and_taken_back(house: House, look: Look) -> None:
    mark = new_id().lower()
    with house.rows() as session:
        fee = session.scalars(select(Fee).where(Fee.place == "web", Fee.removed.is_(False))).first()
        assert fee
        name = fee.name["sv"]
    lines = [
        HEAD,
        f"Åsa Exempel;asa{mark}@example.org;Ale kommun;{name}",
        f"Bo Exempel;bo{mark}@example.org;Ett mycket långt namn på en organisation i flera led;{name}",
        f";utan{mark}@example.org;;{name}",
        f"C Exempel;ingen adress;;{name}",
        "D Exempel;d@example.org;;En avgift som inte finns",
    ]
    page = desk(house, look, "import")
    check(page, "#file", "#i-fee")
    page.locator("#file").set_input_files({"name": "fel.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.locator("[value=read]").click()
    check(page, "#file-wrong", "#file[aria-invalid=true]")
    content = "\r\n".join(lines).encode("latin-1")
    page.locator("#file").set_input_files({"name": "lista.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("[value=read]").click()
    check(page, "#look", "#faults .rec__bad", "[value=take]")
    expect(page.locator("#faults > li")).to_have_count(3)
    assert page.evaluate(CUT) == []
    page.locator("[value=take]").click()
    check(page, "#done", "#faults", "#h-earlier")
    undo = page.locator("section[aria-labelledby=h-earlier] li").first.locator("form button")
    undo.click()
    expect(page.locator("section[aria-labelledby=h-earlier] li").first.locator("form")).to_have_count(0)
    check(page, "#h-earlier")
    expect(desk(house, look, f"people?q={mark}").locator(".rec__none")).to_be_visible()


def test_what_is_to_be_invoiced_and_what_was(house: House, look: Look, kim: str) -> None:
    page = desk(house, look, "invoices")
    check(page, ".rec__payers", "main .btn--main")
    page.locator("main .btn--main").click()
    check(page, ".rec__none", "#h-exports")
    unfold(page)
    check(page, ".rec__bill")
    house.say(house.organiser, "registration.edit", id=kim, price=50_000)
    check(desk(house, look, "invoices"), ".rec__payers", "main .btn--main")


def test_needs(house: House, look: Look, kim: str) -> None:
    page = desk(house, look, "needs")
    check(page, "#h-diets", "#h-access", ".rec__lines")
    expect(page.locator("section[aria-labelledby=h-access]")).to_contain_text("Plats nära dörren")


# ---- every way of reading --------------------------------------------------------------------------------------------

PATHS = [
    "fees?fee=new",
    "people",
    "people?see=owed",
    "people?see=from",
    "PERSON",
    "enrol",
    "import",
    "invoices",
    "needs",
]


@pytest.mark.parametrize("path", [p for p in PATHS if p not in ("people", "people?see=owed", "invoices")])
def test_every_control_is_reached_and_seen(house: House, look: Look, kim: str, path: str) -> None:
    page = unfold(desk(house, look, path.replace("PERSON", f"people/{kim}"), "keys"))
    stops = walk(page)
    missed = [one for one in page.evaluate(OUGHT) if 'type="radio"' not in one]  # of a group, arrows reach the others
    assert missed == [], "what the keyboard did not reach"
    all_is_well(page, stops)


def test_the_list_by_keyboard(house: House, look: Look, kim: str) -> None:
    """As it is when somebody has been sought: the whole list is fifty rows that are alike."""
    page = desk(house, look, "people?q=kim+exempel", "keys")
    stops = walk(page)
    assert page.evaluate(OUGHT) == [], "what the keyboard did not reach"
    all_is_well(page, stops)


@pytest.mark.parametrize("worn", ["", SPACED], ids=["320 px", "spaced"])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_cut_off(house: House, look: Look, kim: str, path: str, worn: str) -> None:
    page = house.reader(look, house.organiser, "reception narrow")
    page.set_viewport_size({"width": 320 if not worn else look.width, "height": 640})
    house.show(page, "desk/" + path.replace("PERSON", f"people/{kim}"), live=False)
    unfold(page)
    if worn:
        page.evaluate(WEAR, worn)
    assert page.evaluate(CUT) == []
    if not worn:
        check(page, "h1")


def test_the_list_follows_without_taking_the_keyboard(house: House, look: Look, kim: str) -> None:
    """Somebody is registered meanwhile: the row is there, and where one was is where one is."""
    page = desk(house, look, "people?q=exempel", "follows")
    expect(page.locator("#line:not(.line--waiting):not(.line--lost)")).to_be_visible(timeout=30_000)
    link = row(page, kim).locator("a")
    link.focus()
    with house.rows() as session:
        fee = session.scalars(select(Fee.id).where(Fee.place == "web", Fee.removed.is_(False))).first()
    made = house.say(house.organiser, "registration.enrol", fee=fee, name="Lo Exempel", over=True, letter=False)
    expect(row(page, made["registration"])).to_be_visible(timeout=30_000)
    expect(row(page, kim).locator("a")).to_be_focused()
    check(page, row(page, made["registration"]))
