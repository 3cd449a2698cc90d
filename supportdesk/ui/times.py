"""Times in the reader's own zone, worded by nearness; the exact moment is in the title."""

from typing import Any

import reflex as rx

_DATE = "dddd D MMMM YYYY"
_EXACT = f"{_DATE}, HH:mm"
_AN_HOUR = 3_600_000


def _calendar(today: str, yesterday: str, week: str, other: str) -> dict[str, str]:
    return {
        "sameDay": today,
        "lastDay": yesterday,
        "lastWeek": week,
        "sameElse": other,
        # A clock that is a little slow makes a fresh message come from the future.
        "nextDay": other,
        "nextWeek": other,
    }


_IN_LIST = _calendar("HH:mm", "[Yesterday]", "ddd", "D MMM")
_OF_DAY = _calendar("[Today]", "[Yesterday]", "dddd D MMMM", "D MMMM YYYY")
_IN_FACTS = _calendar(
    "[Today,] HH:mm", "[Yesterday,] HH:mm", "ddd D MMM, HH:mm", "D MMM YYYY, HH:mm"
)


def list_time(at: rx.Var[str]) -> rx.Component:
    """`5 minutes ago` within the hour, then `12:04`, `Yesterday`, `Wed`, `3 Nov`."""
    return rx.moment(
        at,
        from_now_during=_AN_HOUR,
        calendar=_IN_LIST,
        with_title=True,
        title_format=_EXACT,
    )


def since(at: rx.Var[str]) -> rx.Component:
    """`5 minutes ago`, `3 days ago`."""
    return rx.moment(at, from_now=True, with_title=True, title_format=_EXACT)


def day(date: rx.Var[str]) -> rx.Component:
    """`Today`, `Yesterday`, `Tuesday 3 November`."""
    return rx.moment(date, calendar=_OF_DAY, with_title=True, title_format=_DATE)


def fact_time(at: rx.Var[str]) -> rx.Component:
    """`Today, 11:41`, or the date and the time."""
    return rx.moment(at, calendar=_IN_FACTS, with_title=True, title_format=_EXACT)


def date(day_: rx.Var[str]) -> rx.Component:
    """`3 Nov 2026`, of a date without a time."""
    return rx.moment(day_, format="D MMM YYYY")


def time_between(start: rx.Var[str], end: rx.Var[str]) -> rx.Component:
    """`11 minutes`."""
    return rx.moment(end, from_=start, ago=True, with_title=True, title_format=_EXACT)


def clock(at: rx.Var[str], hours_and_minutes: rx.Var[str], exact: rx.Var[str]) -> rx.Component:
    """A time of day that the server has already put in the reader's zone."""
    return rx.el.time(hours_and_minutes, date_time=at, title=exact)


def each_second(do: Any) -> rx.Component:
    """What is done while this is on the page, from the beginning; nothing is seen of it."""
    unseen = rx.moment(interval=1000, on_change=do, custom_attrs={"hidden": True})
    return rx.moment_provider(unseen, pool=False)


def one_timer(*children: rx.Component) -> rx.Component:
    """Around a page: all its times are brought up to date together, once a minute."""
    return rx.moment_provider(*children, pool=True, interval=60_000)
