"""Which days are public holidays, and where? Asked of the library `holidays`, which computes them; no network.

Places are ISO 3166 codes: `ES`, or `ES-MD`, which adds the holidays of a part of a country. A substitute day for a
holiday on a weekend has that holiday's name, and so does a holiday whose date is only estimated, so that it counts as
the same holiday each year.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from plimsoll.domain.errors import UsageError
from plimsoll.domain.holidays import Holiday

if TYPE_CHECKING:
    from holidays import HolidayBase

_NOT_OF_THE_NAME = (" (observed, estimated)", " (observed)", " (estimated)")
_SHOWN = 8
_DAYS_OF_A_WEEK = 7


class PublicHolidays:
    """The calendar of all countries that the library knows."""

    def check(self, place: str) -> None:
        """Raise UsageError for a place that is not known, naming near ones."""
        _known(place)

    def rest_days(self, place: str, on: date) -> frozenset[int]:
        """Name the weekdays of rest of a place (Monday is 0) as they are in the week that ends on a day."""
        from holidays import country_holidays

        country, part = _known(place)
        calendar = country_holidays(country, subdiv=part)
        last = max(on.toordinal(), _DAYS_OF_A_WEEK)  # before the year 1 there are no days
        week = (date.fromordinal(last - back) for back in range(_DAYS_OF_A_WEEK))
        return frozenset(day.weekday() for day in week if calendar.is_weekend(day))

    def holidays(self, places: Sequence[str], first: date, last: date) -> tuple[Holiday, ...]:
        """List the holidays of any of the places from `first` to `last`, sorted, one a day."""
        found: dict[date, str] = {}
        for place in places:
            for day, name in _of_place(place, first, last):
                found.setdefault(day, name)
        return tuple(Holiday(day, found[day]) for day in sorted(found))


def _of_place(place: str, first: date, last: date) -> Iterator[tuple[date, str]]:
    from holidays import country_holidays

    country, part = _known(place)
    plain = country_holidays(country, subdiv=part)
    years = range(max(first.year, plain.start_year), min(last.year, plain.end_year) + 1)
    calendar = country_holidays(country, subdiv=part, years=years, language=_language(plain))
    for day, name in calendar.items():
        if first <= day <= last:
            yield day, _plain(name.split("; ")[0])


def _plain(name: str) -> str:
    """Strip from a name that the day is a substitute, or that its date is estimated."""
    return next((name.removesuffix(end) for end in _NOT_OF_THE_NAME if name.endswith(end)), name)


def _known(place: str) -> tuple[str, str | None]:
    """Split a place into country and part as the library spells them."""
    from holidays import country_holidays, list_supported_countries

    country, dash, part = place.strip().partition("-")
    countries = list_supported_countries(include_aliases=False)
    code = country.upper()
    if code not in countries:
        raise UsageError(f"holidays of {place[:40]!r} are not known; {_near_country(country)}")
    parts = country_holidays(code)
    names = {name.upper(): name for name in (*parts.subdivisions, *parts.subdivisions_aliases)}
    if dash and part.upper() not in names:
        raise UsageError(f"holidays of {place[:40]!r} are not known; {_near_part(code, part, parts)}")
    return code, names[part.upper()] if dash else None


def _near_country(text: str) -> str:
    from holidays import list_supported_countries
    from holidays.registry import COUNTRIES

    codes = list_supported_countries(include_aliases=False)
    by_name = {module.replace("_", " "): names[1] for module, names in COUNTRIES.items()}
    by_name |= {alias.lower(): names[1] for names in COUNTRIES.values() for alias in names[2:]}
    near = [by_name[name] for name in get_close_matches(text.strip().lower(), by_name, 3, 0.75)]
    near += [code for code in codes if text and code[0] == text.strip()[:1].upper() and not near]
    return f"near are {', '.join(near[:_SHOWN])}" if near else "write a country as in ES, or a part of one as in ES-MD"


def _near_part(country: str, part: str, parts: HolidayBase) -> str:
    if not parts.subdivisions:
        return f"{country} is not divided: write {country}"
    near = get_close_matches(part.upper(), parts.subdivisions, _SHOWN, 0.4) or list(parts.subdivisions)
    more = ", ..." if len(near) > _SHOWN else ""
    return f"parts of {country} are {', '.join(near[:_SHOWN])}{more}"


def _language(calendar: HolidayBase) -> str | None:
    """English names where the calendar has them, so that answers read alike everywhere; else its own."""
    known = calendar.supported_languages
    return next(
        (one for one in ("en_US", "en_GB") if one in known), next((o for o in known if o.startswith("en")), None)
    )
