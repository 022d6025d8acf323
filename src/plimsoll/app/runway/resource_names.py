"""What is the name of a resource, and what is its component?

    component/what:rest       pg-main/disk:/var/lib, web/cpu, redis-1/memory

The component is the part of a series' name before a slash, otherwise the first of its labels that names a place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from plimsoll.domain.saturation import SaturationPoint
from plimsoll.domain.series import SeriesId

_HOST_PORT = re.compile(r"^[^/]*:\d+/")
_PLACES = ("instance", "host", "hostname", "node", "pod", "service", "component", "app", "container", "database")


@dataclass(frozen=True, slots=True)
class ResourceName:
    """The name of a resource and its component (empty where none is known)."""

    name: str
    component: str = ""


def of_series(series: SeriesId) -> ResourceName:
    """Name the resource of a series from a file.

    >>> of_series(SeriesId.of("disk_percent", {"host": "db1", "mount": "/var"}))
    ResourceName(name='db1/disk_percent:/var', component='db1')
    """
    labels = series.label_map
    place = next((label for label in _PLACES if labels.get(label)), None)
    component = labels.pop(place) if place else series.name.rpartition("/")[0]
    what = f"{component}/{series.name}" if place else series.name
    return ResourceName(_with(what, labels.values()), component)


def of_point(point: SaturationPoint, labels: Mapping[str, str], component: str) -> ResourceName:
    """Name the resource of a catalog point's series, by the labels that the point lists.

    With a `component` (the host, a database) the labels only distinguish its parts.
    """
    if component:
        return ResourceName(_with(f"{component}/{point.resource}", sorted(labels.values())), component)
    known = [labels[label] for label in point.labels if labels.get(label)]
    if not known:
        return ResourceName(point.resource, labels.get("cluster", ""))
    return ResourceName(_with(f"{known[0]}/{point.resource}", known[1:]), known[0])


def names_of(series: SeriesId) -> tuple[str, ...]:
    """Every name that a series goes by: that of its resource, its own, and its own with all labels.

    >>> names_of(SeriesId.of("disk_percent", {"host": "db1"}))
    ('db1/disk_percent', 'disk_percent', 'disk_percent{host="db1"}')
    """
    return (of_series(series).name, series.name, str(series))


def bare_name(name: str) -> str:
    """The name of a series without its component and its labels, in whichever way they are written.

    >>> bare_name("db1:9187/disk_percent:/var"), bare_name('disk_percent{mount="/var"}')
    ('disk_percent', 'disk_percent')
    """
    return _HOST_PORT.sub("", name.partition("{")[0]).partition(":")[0].rpartition("/")[2]


def unique_names(names: Sequence[ResourceName], ids: Sequence[SeriesId]) -> list[ResourceName]:
    """Make resource names unique: equal names get all labels of their series, then a number."""
    counts = Counter(name.name for name in names)
    shared = {name for name, count in counts.items() if count > 1}
    taken: dict[str, int] = {}
    unique: list[ResourceName] = []
    for name, series in zip(names, ids, strict=True):
        labels = ",".join(f"{key}={value}" for key, value in series.labels)
        text = f"{name.name}{{{labels}}}" if name.name in shared and labels else name.name
        taken[text] = taken.get(text, 0) + 1
        unique.append(ResourceName(text if taken[text] == 1 else f"{text}#{taken[text]}", name.component))
    return unique


def _with(name: str, rest: Iterable[str]) -> str:
    return ":".join([name, *(part for part in rest if part)])
