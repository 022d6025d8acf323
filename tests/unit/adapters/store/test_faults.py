"""Faults of disks and files: one clear line that names the place, and no stored data are lost."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.domain.errors import StoreError
from plimsoll.domain.series import Gap, Harvest, Series, SeriesId, Window
from plimsoll.domain.stored import EVER, Selector

DAY = 86_400_000
START = 1_753_833_600_000
CPU = SeriesId.of("cpu", {"host": "a"})


def day(number: int, n: int = 1000) -> Harvest:
    times = START + number * DAY + 60_000 * np.arange(n)
    return Harvest("t", (Series(CPU, times, np.round(np.sin(times / 7.0), 3)),))


@pytest.fixture
def filled(tmp_path: Path) -> ParquetStore:
    """A store of three days with one file each, written and closed."""
    with ParquetStore(tmp_path / "store") as store:
        for number in range(3):
            store.append(day(number))
    return ParquetStore(tmp_path / "store")


def second_day(store: ParquetStore) -> Path:
    (path,) = (Path(store.name.removeprefix("store ")) / "days").glob("2025-07-31.*")
    return path


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


DAMAGE = {
    "flipped_byte": flip,
    "truncated": lambda path: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path: os.truncate(path, 0),
    "not_parquet": lambda path: path.write_bytes(b"x" * path.stat().st_size),
    "deleted": Path.unlink,
    "folder_instead": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_day_is_a_gap_that_names_its_file_and_other_days_are_read(filled: ParquetStore, damage: str) -> None:
    path = second_day(filled)
    DAMAGE[damage](path)
    found = filled.read(Selector(), EVER)
    assert np.unique(found.series[0].times_ms // DAY).tolist() == [START // DAY, START // DAY + 2]
    (gap,) = found.gaps
    assert gap.id == CPU
    assert gap.window == Window(START + DAY, START + 2 * DAY)
    assert "2025-07-31 are damaged" in gap.reason
    assert str(path) in gap.reason
    assert [str(path) in fault for fault in filled.verify()] == [True]
    assert filled.mean(Selector(), Window(START, START + 3 * DAY), 3600).gaps == (gap,)
    untouched = filled.read(Selector(), Window(START, START + DAY))
    assert (len(untouched.series[0]), untouched.gaps, untouched.notes) == (1000, (), ())


def test_damage_is_not_merged_into_what_is_sound(filled: ParquetStore) -> None:
    path = second_day(filled)
    flip(path)
    broken = path.read_bytes()
    with filled:
        for minute in range(30):
            late = Series(CPU, np.array([START + DAY + minute * 60_000 + 1]), np.array([float(minute)]))
            filled.append(Harvest("t", (late,)))
    assert path.read_bytes() == broken
    (found,) = filled.read(Selector(), Window(START + DAY, START + 2 * DAY)).series
    assert found.values.tolist() == [float(minute) for minute in range(30)]


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("manifest.json", b"", "manifest"),
        ("manifest.json", b"{", "manifest"),
        ("manifest.json", b"[]", "manifest"),
        ("manifest.json", b"\xff\xfe", "manifest"),
        (
            "manifest.json",
            b'{"format": "plimsoll-series-store/99"}',
            "the store has the form plimsoll-series-store/99, this",
        ),
        ("manifest.json", None, "manifest.json is missing although days/ holds samples"),
        ("series.jsonl", b"", "series.jsonl: 0 bytes where"),
        ("series.jsonl", None, "series.jsonl: the file is missing"),
        ("series.jsonl", b"{" * 500, "series.jsonl: damaged"),
    ],
)
def test_a_damaged_record_is_said_in_one_line_and_never_taken_for_an_empty_store(
    filled: ParquetStore, file: str, content: bytes | None, words: str
) -> None:
    path = Path(filled.name.removeprefix("store ")) / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    before = {item: item.stat().st_size for item in path.parent.rglob("*.parquet")}
    for ask in (lambda: filled.read(Selector(), EVER), lambda: filled.append(day(9))):
        with pytest.raises(StoreError) as told:
            ask()
        assert words in str(told.value)
        assert str(path.parent) in str(told.value)
        assert "\n" not in str(told.value)
    assert {item: item.stat().st_size for item in path.parent.rglob("*.parquet")} == before


@pytest.mark.parametrize(
    ("file", "written", "changed"),
    [
        ("manifest.json", f'"{START // DAY}"', f'"{START // DAY + 9}"'),
        ("manifest.json", f"{START + DAY}", f"{START + 6 * DAY}"),
        ("manifest.json", '"generation": 4', '"generation": 3'),
        ("series.jsonl", '{"host":"a"}', '{"host":"b"}'),
        ("series.jsonl", '"labels"', '"label5"'),
        ("gaps.jsonl", "no answer", "an answer"),
        ("gaps.jsonl", f"{START}", f"{START + 1}"),
    ],
    ids=["day", "first_time", "generation", "label", "key", "reason", "start_of_a_gap"],
)
def test_a_changed_letter_of_a_record_is_said_and_never_read(
    filled: ParquetStore, file: str, written: str, changed: str
) -> None:
    folder = Path(filled.name.removeprefix("store "))
    with filled:
        filled.append(Harvest("t", gaps=(Gap(CPU, Window(START, START + DAY), "no answer"),)))
    assert written in (folder / file).read_text()
    (folder / file).write_text((folder / file).read_text().replace(written, changed, 1))
    files = sorted((folder / "days").iterdir())
    with pytest.raises(StoreError, match=rf"{file}: .*damaged.*; restore it from a backup") as told:
        ParquetStore(folder).read(Selector(), EVER)
    assert "\n" not in str(told.value)
    assert sorted((folder / "days").iterdir()) == files


def turned_to_form_1(folder: Path) -> None:
    """Write the manifest as version 1 had it: no checksums of the logs and of itself."""
    content = json.loads((folder / "manifest.json").read_text())
    del content["crc32"]
    content |= {name: content[name][:2] for name in ("series", "gaps")} | {"format": "plimsoll-series-store/1"}
    (folder / "manifest.json").write_text(json.dumps(content))


def test_a_store_of_the_form_before_is_read_and_gets_its_checksums_with_the_next_change(filled: ParquetStore) -> None:
    folder = Path(filled.name.removeprefix("store "))
    gap = Gap(SeriesId("disk"), Window(START, START + DAY), "no answer")
    with filled:
        filled.append(Harvest("t", gaps=(gap,)))
    turned_to_form_1(folder)
    found = ParquetStore(folder).read(Selector(), EVER)
    assert (len(found.series[0]), found.gaps) == (3000, (gap,))
    with ParquetStore(folder) as store:
        store.append(day(3))
    assert json.loads((folder / "manifest.json").read_text())["format"] == "plimsoll-series-store/2"
    found = ParquetStore(folder).read(Selector(), EVER)
    assert (len(found.series[0]), found.gaps) == (4000, (gap,))


def test_a_log_of_the_form_before_with_a_line_that_is_no_entry_is_said_so(filled: ParquetStore) -> None:
    folder = Path(filled.name.removeprefix("store "))
    turned_to_form_1(folder)
    (folder / "series.jsonl").write_text((folder / "series.jsonl").read_text().replace('"source"', '"s0urce"'))
    with pytest.raises(StoreError, match=r"series.jsonl: damaged, a line is no entry of it"):
        ParquetStore(folder).read(Selector(), EVER)


def test_a_log_of_the_form_before_in_which_two_series_became_one_is_said_so(tmp_path: Path) -> None:
    of = [SeriesId.of("cpu", {"host": host}) for host in ("a", "b")]
    with ParquetStore(tmp_path) as store:
        store.append(Harvest("t", tuple(Series(one, np.array([START]), np.ones(1)) for one in of)))
    turned_to_form_1(tmp_path)
    (tmp_path / "series.jsonl").write_text((tmp_path / "series.jsonl").read_text().replace('"a"', '"b"'))
    for ask in (ParquetStore(tmp_path).catalog, ParquetStore(tmp_path).read):
        with pytest.raises(StoreError, match=r"series.jsonl: damaged, it does not name every series"):
            ask(Selector(), EVER)


def test_another_store_in_the_folder_gets_none_of_the_names_of_the_one_before(tmp_path: Path) -> None:
    for host in ("a", "b"):
        with ParquetStore(tmp_path / host) as store:
            store.append(Harvest("t", (Series(SeriesId.of("cpu", {"host": host}), np.array([START]), np.ones(1)),)))
    reader = ParquetStore(tmp_path / "a")
    assert [str(one.id) for one in reader.read(Selector(), EVER).series] == ['cpu{host="a"}']
    (tmp_path / "a").rename(tmp_path / "old")
    (tmp_path / "b").rename(tmp_path / "a")
    assert [str(one.id) for one in reader.read(Selector(), EVER).series] == ['cpu{host="b"}']


def test_a_manifest_cannot_lead_out_of_its_folder(filled: ParquetStore, tmp_path: Path) -> None:
    treasure = tmp_path / "treasure"
    treasure.write_text("keep")
    manifest = tmp_path / "store" / "manifest.json"
    turned_to_form_1(manifest.parent)
    manifest.write_text(manifest.read_text().replace('"garbage": []', '"garbage": ["../treasure"]'))
    with pytest.raises(StoreError, match="manifest"):
        filled.append(day(3))
    assert treasure.read_text() == "keep"


def test_a_file_in_place_of_the_folder_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=f"{tmp_path}/file"):
        ParquetStore(tmp_path / "file").append(day(0))


def in_a_process(code: str, *arguments: object, **limits: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **limits)  # type: ignore[call-overload]


APPEND = """
import sys, numpy as np
from pathlib import Path
from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.domain.errors import StoreError
from plimsoll.domain.series import Gap, Harvest, Series, SeriesId
store, start, n = ParquetStore(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
values = np.random.default_rng(1).normal(size=n)
try:
    store.append(Harvest("t", (Series(SeriesId.of("big"), start + np.arange(n), values),)))
except StoreError as error:
    print(error)
    if n > 10:
        print(store.append(Harvest("t", (Series(SeriesId.of("small"), start + np.arange(3), values[:3]),))))
        store.close()
"""
READ = """
import sys
from pathlib import Path
from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.domain.errors import StoreError
from plimsoll.domain.stored import EVER, Selector
try:
    found = ParquetStore(Path(sys.argv[1])).read(Selector(), EVER)
    print(sum(len(one) for one in found.series), *found.notes)
except StoreError as error:
    print(error)
"""


def test_a_full_disk_refuses_the_append_and_leaves_the_store_as_it_was(filled: ParquetStore) -> None:
    folder = Path(filled.name.removeprefix("store "))
    before = filled.read(Selector(), EVER)
    done = in_a_process(
        APPEND, folder, START, 50_000, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    )
    error, later = done.stdout.splitlines()
    assert f"series store {folder}" in error
    assert "File too large" in error
    assert "what was written before is kept" in error
    assert later == "3"
    after = filled.read(Selector(), EVER)
    assert [str(one.id) for one in after.series] == [str(CPU), "small"]
    assert np.array_equal(after.series[0].values, before.series[0].values)
    assert filled.verify() == ()
    assert len(list((folder / "days").iterdir())) == filled.size().files


def without_the_right_to_override() -> None:
    """Enforce file modes for root, too: drop CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (prctl(2), PR_CAPBSET_DROP)."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


def test_a_folder_that_may_not_be_written_is_said_in_one_line_and_can_be_read(filled: ParquetStore) -> None:
    folder = Path(filled.name.removeprefix("store "))
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    append = in_a_process(APPEND, folder, START, 10, preexec_fn=without_the_right_to_override)
    assert append.stdout.splitlines() == [
        f"series store {folder}/lock: Permission denied; what was written before is kept"
    ]
    read = in_a_process(READ, folder, preexec_fn=without_the_right_to_override)
    assert read.stdout.splitlines() == ["3000"], read.stderr


@pytest.mark.parametrize("file", ["manifest.json", "series.jsonl", "days"])
def test_what_may_not_be_read_is_said_so(filled: ParquetStore, file: str) -> None:
    folder = Path(filled.name.removeprefix("store "))
    (folder / file).chmod(0)
    read = in_a_process(READ, folder, preexec_fn=without_the_right_to_override)
    (folder / file).chmod(0o755)
    assert "Permission denied" in read.stdout, read.stderr
