"""Random calendars, instants and pauses for the properties of the time rules, and a slow, obvious way to count."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from core.rules.worktime import WorkCalendar

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")

# Days on or around which these zones change their offset, and a turn of the year.
TURNS = (
    date(2025, 3, 9),
    date(2025, 3, 30),
    date(2025, 4, 5),
    date(2025, 10, 4),
    date(2025, 10, 26),
    date(2025, 11, 2),
    date(2025, 12, 31),
    date(2026, 10, 1),
)


def _clock(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def windows(draw, *, empty=True):
    """Windows of one day: apart, overlapping, to midnight or into the next night."""
    pairs = []
    for _ in range(draw(st.integers(0 if empty else 1, 3))):
        opens = draw(st.integers(0, 1439))
        closes = draw(st.integers(0, 1440).filter(lambda at, opens=opens: at != opens))
        pairs.append([_clock(opens), _clock(closes)])
    return pairs


@st.composite
def calendars(draw):
    """A calendar with a few special days in the days around a turn of its zone's offset."""
    around = draw(st.sampled_from(TURNS))
    near = st.integers(-2, 5).map(lambda days: (around + timedelta(days=days)).isoformat())
    week = {str(day): draw(windows()) for day in range(7)}
    week[str(draw(st.integers(0, 6)))] = draw(windows(empty=False))
    return WorkCalendar.from_dict(
        {
            "tz": draw(st.sampled_from(ZONES)),
            "week": week,
            "holidays": draw(st.lists(near, max_size=2)),
            "date_overrides": draw(st.dictionaries(near, windows(), max_size=2)),
        }
    ), around


@st.composite
def calendars_and_starts(draw):
    """A calendar and an instant within three days of the turn that it has special days around."""
    calendar, around = draw(calendars())
    midnight = datetime(around.year, around.month, around.day, tzinfo=UTC)
    return calendar, midnight + timedelta(seconds=draw(st.integers(-3 * 86_400, 3 * 86_400)))


@st.composite
def pauses_from(draw, start, *, most=4):
    """Pauses around and after an instant: overlapping, empty, before it, in any order."""
    spans = []
    for _ in range(draw(st.integers(0, most))):
        begin = start + timedelta(seconds=draw(st.integers(-86_400, 6 * 86_400)))
        spans.append((begin, begin + timedelta(seconds=draw(st.integers(0, 3 * 86_400)))))
    return spans


def is_working(calendar: WorkCalendar, at: datetime) -> bool:
    """Whether the wall clock shows a time inside a window of its day, or of the night that began the day before."""
    wall = at.astimezone(ZoneInfo(calendar.tz.key))
    second = wall.hour * 3600 + wall.minute * 60 + wall.second
    today = any(opens <= second < closes for opens, closes in calendar.windows_of(wall.date()))
    before = calendar.windows_of(wall.date() - timedelta(days=1))
    return today or any(opens <= second + 86_400 < closes for opens, closes in before)
