"""Put the demo meeting into the database, and let its people in."""

import secrets
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..db import transaction, utc_now
from ..meetings.model import join_code, languages_of
from ..meetings.store import Meeting, MeetingText, TextStep, all_meetings, by_slug, text_id
from ..participants.store import SCREENS, Participant, mint, new_id
from ..programme import model
from ..programme.store import Cue, Item, Speaker, items_of
from ..questions.model import FINAL
from ..questions.store import Question, Receipt, Upvote
from ..registration.store import Batch, Fee, Line, Needs, Registration, Rules, Tally
from .content import WORDS, Demo, DemoPerson, Language, build
from .places import places

Links = dict[str, Any]
LANGUAGES: tuple[Language, ...] = ("sv", "en")


def only_demo() -> bool:
    """Whether the database holds nothing but demo meetings."""
    with transaction() as session:
        return all(m.demo for m in all_meetings(session))


def seed(language: Literal["sv", "en"]) -> str:
    """Make the demo meeting unless it is there. Returns its slug."""
    now = utc_now()
    demo = build(language, now)
    with transaction() as session:
        there = next((m for m in all_meetings(session) if m.demo), None)
        if there is not None:
            return there.slug
        _Seeding(session, demo).run(now)
    return demo.meeting.slug


class _Seeding:
    def __init__(self, session: Session, demo: Demo) -> None:
        self.session, self.demo = session, demo
        self.meeting_id = new_id()
        self.people = {p.key: new_id() for p in demo.people}
        self.items = {i.key: new_id() for i in demo.items}

    def run(self, now: Any) -> None:
        m = self.demo.meeting
        self.session.add(
            Meeting(
                id=self.meeting_id,
                slug=m.slug,
                title=m.title,
                tagline=m.tagline,
                language=m.language,
                timezone=m.timezone,
                place=m.place,
                starts=m.starts,
                ends=m.ends,
                join_code=join_code(secrets.randbelow),
                now_on={},
                demo=True,
            )
        )
        self.session.flush()
        self._texts(now)
        self._people()
        self._programme(now)
        self._questions()
        self._places(now)

    def _texts(self, now: Any) -> None:
        """The invitation in both languages; the contact as the meeting's own has it."""
        own = WORDS[self.demo.meeting.language].texts
        for language in LANGUAGES:
            for field, text in WORDS[language].texts.items():
                both = languages_of(field) == ("both",)
                if both and text != own[field]:
                    continue
                said_in = "both" if both else language
                row = MeetingText(
                    id=text_id(self.meeting_id, field, said_in),
                    meeting_id=self.meeting_id,
                    field=field,
                    language=said_in,
                    text=text,
                    at=now,
                )
                self.session.add(row)
                self.session.flush()
                self.session.add(
                    TextStep(text_id=row.id, number=0, meeting_id=self.meeting_id, text=text, by=None, at=now)
                )

    def _people(self) -> None:
        self.session.add_all(map(self._person, self.demo.people))
        self.session.flush()

    def _person(self, p: DemoPerson) -> Participant:
        """Their address is nobody's: example.org takes no mail."""
        is_thing = SCREENS.intersection(p.roles)
        return Participant(
            id=self.people[p.key],
            meeting_id=self.meeting_id,
            name=p.name,
            organisation=p.organisation,
            roles=" ".join(p.roles),
            attendance=p.attendance,
            email="" if is_thing else f"{p.key.replace('_', '.')}@example.org",
        )

    def _programme(self, now: Any) -> None:
        for i in self.demo.items:  # parents stand before their parts
            self.session.add(
                Item(
                    id=self.items[i.key],
                    meeting_id=self.meeting_id,
                    parent_id=self.items[i.parent] if i.parent else None,
                    day=i.day,
                    track=i.track,
                    position=i.position,
                    kind=i.kind,
                    title=i.title,
                    description=i.description,
                    attendance=i.attendance,
                    promised=i.promised,
                    minimum=None if i.minimum is None else int(i.minimum.total_seconds() // 60),
                    planned_start=i.planned_start,
                    planned_end=i.planned_end,
                    actual_start=i.actual_start,
                    actual_end=i.actual_end,
                )
            )
            self.session.flush()
            for position, s in enumerate(i.speakers):
                self.session.add(
                    Speaker(
                        id=new_id(),
                        meeting_id=self.meeting_id,
                        item_id=self.items[i.key],
                        position=position,
                        name=s.name,
                        role=s.role,
                        organisation=s.organisation,
                        participant_id=self.people.get(s.person),
                    )
                )
            for kind, at in (("on", i.actual_start), ("off", i.actual_end)):
                if at is not None:
                    self.session.add(
                        Cue(id=new_id(), meeting_id=self.meeting_id, item_id=self.items[i.key], kind=kind, at=at)
                    )
        self.session.flush()
        rows = items_of(self.session, self.meeting_id)
        rules = [row.rule() for row in rows]
        expected = model.expected(rules, now)
        for row in rows:
            row.expected_start, row.expected_end = expected.get(row.id, (None, None))
        meeting = self.session.get_one(Meeting, self.meeting_id)
        meeting.now_on = dict(model.now_on(rules))

    def _questions(self) -> None:
        for q in self.demo.questions:
            question_id = new_id()
            self.session.add(
                Question(
                    id=question_id,
                    meeting_id=self.meeting_id,
                    item_id=self.items[q.item],
                    author_id=self.people[q.author],
                    text=q.text,
                    state=q.state,
                    name_hidden=q.hide_name,
                    reason=q.reason or "",
                    support=len(q.supporters),
                    asked_at=q.asked_at,
                    staged_at=q.changed_at if q.state == "on_stage" else None,
                    ended_at=q.changed_at if q.state in FINAL else None,
                )
            )
            self.session.flush()
            self.session.add_all(
                Upvote(question_id=question_id, participant_id=self.people[who]) for who in q.supporters
            )
            if q.state in ("answered", "rejected"):
                self.session.add(
                    Receipt(
                        id=new_id(),
                        meeting_id=self.meeting_id,
                        participant_id=self.people[q.author],
                        question_id=question_id,
                        end=q.state,
                        text=q.text,
                        reason=q.reason or "",
                        at=q.changed_at,
                    )
                )

    def _places(self, now: Any) -> None:
        """Fees, who has a place, and a first export for invoicing, of most of them."""
        demo = places(self.demo)
        m = self.meeting_id
        deadline = demo.deadline
        self.session.add(
            Rules(
                id=m,
                meeting_id=m,
                opens=demo.opens,
                deadline=deadline,
                switch_until=self.demo.meeting.ends,
                cancel_until=deadline,
                binding=demo.binding,
                walk_ins="ask",
                challenge=True,
            )
        )
        fees = {f.key: new_id() for f in demo.fees}
        self.session.add_all(
            Fee(
                id=fees[f.key],
                meeting_id=m,
                position=position,
                name=f.name,
                includes=f.includes,
                price=f.price,
                place=f.place,
                capacity=f.capacity,
                items=[self.items[key] for key in f.items],
            )
            for position, f in enumerate(demo.fees)
        )
        waiting = {p.key: p for p in demo.waiting}
        for p in demo.waiting:
            self.people[p.key] = new_id()
            self.session.add(self._person(p))
        batch = Batch(id=new_id(), meeting_id=m, number=1, at=deadline)
        self.session.add(batch)
        self.session.add(
            Tally(id=m, meeting_id=m, stamp=1, number=len(demo.places), place_in_line=len(demo.places), batch=1)
        )
        self.session.flush()
        named = {p.key: p.name for p in (*self.demo.people, *demo.waiting)}
        titles = {f.key: f.name for f in demo.fees}
        for number, place in enumerate(demo.places, start=1):
            r = Registration(
                id=new_id(),
                meeting_id=m,
                number=number,
                fee_id=fees[place.fee],
                state=place.state,
                participant_id=self.people[place.person],
                challenge=place.challenge,
                payer_name=place.payer.name,
                orgnr=place.payer.orgnr,
                municipality=place.payer.municipality,
                price=place.price,
                order=number,
                by=place.by,
                made_at=place.made_at,
                arrived_at=place.arrived_at,
            )
            self.session.add(r)
            self.session.flush()
            if place.diet or place.access:
                self.session.add(Needs(registration_id=r.id, meeting_id=m, diet=place.diet, access=place.access))
            if place.price and place.invoiced and place.person not in waiting:
                self.session.add(
                    Line(
                        id=new_id(),
                        meeting_id=m,
                        batch_id=batch.id,
                        registration_id=r.id,
                        number=number,
                        holder=named[place.person],
                        text=titles[place.fee][self.demo.meeting.language],
                        payer=[place.payer.name, place.payer.orgnr, place.payer.municipality, "", "", "", "", ""],
                        net=place.price,
                        vat=25,
                        currency="SEK",
                        sign=1,
                    )
                )


def let_in(slug: str, base_url: str, attendees: int = 4) -> Links:
    """New links for one of each role.

    {base_url, meeting, attendee: […], moderator: […], speaker, organiser, screen, lectern}
    """
    with transaction() as session:
        meeting = by_slug(session, slug)
        if meeting is None:
            raise LookupError(slug)
        people = list(session.scalars(select(Participant).where(Participant.meeting_id == meeting.id)))
        now = utc_now()

        def way_in(person: Participant) -> Links:
            token = mint(session, person, now)
            return {
                "name": ", ".join(filter(None, (person.name, person.organisation))),
                "attendance": person.attendance,
                "link": f"{base_url}/j/{token}",
                "token": token,
            }

        def having(role: str, place: str | None = None) -> list[Participant]:
            found = [p for p in people if p.roles == role and (place is None or p.attendance == place)]
            return sorted(found, key=lambda p: (p.organisation, p.name))

        half = attendees // 2
        return {
            "base_url": base_url,
            "meeting": slug,
            "attendee": [way_in(p) for p in having("participant", "web")[:half] + having("participant", "hall")[:half]],
            "moderator": [way_in(p) for p in having("moderator")[:2]],
            "speaker": way_in(next(p for p in people if "speaker" in p.role_set and _speaks_now(session, meeting, p))),
            "organiser": way_in(having("organiser")[0]),
            "screen": way_in(having("screen")[0]),
            "lectern": way_in(having("lectern")[0]),
        }


def _speaks_now(session: Session, meeting: Meeting, person: Participant) -> bool:
    """A speaker of what is on, or any speaker when nothing with speakers is."""
    on = [i for i in meeting.now_on.values() if i]
    speaking = set(session.scalars(select(Speaker.participant_id).where(Speaker.item_id.in_(on))))
    return person.id in speaking or not speaking - {None}
