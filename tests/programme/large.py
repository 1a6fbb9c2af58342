"""A large programme, made by rule: four days, four tracks, some 150 items with plausible Swedish titles."""

from itertools import count, product

SUBJECTS = (
    "Dagvatten",
    "Våtmarker",
    "Solceller",
    "Cykelvägar",
    "Matsvinn",
    "Klimatbudget",
    "Biologisk mångfald",
    "Byggavfall",
)
ANGLES = (
    "i praktiken",
    "utan egen budget",
    "som nämnden förstår",
    "när ingen äger frågan",
    "efter fem år",
    "i liten kommun",
)
PLACES = ("Gävle", "Sala", "Tranemo", "Vara", "Kiruna", "Ystad", "Hjo")
ROLES = ("Klimatstrateg", "Miljösamordnare", "Kommunekolog", "Avfallsplanerare")
TRACKS = ("Stora salen", "Aulan", "Biblioteket", "Verkstaden")
DAYS = ("2026-05-04", "2026-05-05", "2026-05-06", "2026-05-07")
#: from, to, kind: a day of each track; coffee and lunch are promised
SLOTS = (
    ("09:00", "09:45", "talk"),
    ("09:45", "10:15", "break"),
    ("10:15", "11:00", "talk"),
    ("11:10", "11:55", "talk"),
    ("12:00", "13:00", "break"),
    ("13:00", "13:45", "talk"),
    ("13:55", "14:40", "group_work"),
    ("14:40", "15:10", "break"),
    ("15:10", "16:00", "plenary"),
)
NAMES = {("09:45", "break"): "Kaffe", ("12:00", "break"): "Lunch", ("14:40", "break"): "Kaffe och frukt"}


def large(slug: str = "stora-konferensen") -> str:
    """As a file that can be imported."""
    lines = [
        "hybridmote: 1",
        f"meeting: {{slug: {slug}, title: Stora konferensen, starts: 2026-05-04 09:00, ends: 2026-05-07 16:00}}",
        "programme:",
    ]
    number = count()
    for day, track in product(DAYS, TRACKS):
        for start, end, kind in SLOTS:
            n = next(number)
            title = NAMES.get((start, kind)) or f"{SUBJECTS[n % 8]} {ANGLES[n // 8 % 6]}"
            lines.append(f"  - {{key: p{n}, day: {day}, track: {track}, start: '{start}', end: '{end}', kind: {kind},")
            if kind == "break":
                lines.append(f"     title: {title}, promised: true, by_clock: true}}")
            else:
                who = f"{{name: {ROLES[n % 4]}, organisation: {PLACES[n % 7]} kommun}}"
                lines.append(f"     title: {title}, minimum: 30, speakers: [{who}],")
                lines.append(f"     parts: [{{key: q{n}, title: Frågor}}]}}" if n % 9 == 0 else "    }")
    return "\n".join(lines) + "\n"
