"""Invalid files by the edge case they represent; each is written anew for a test.

`ANY` are invalid for every command. `SERIES`, `TRACES`, `MODELS`, `LOAD_TESTS`, `CASES` and `PANELS` are almost valid,
and wrong in one respect.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

Content = bytes | Callable[[Path], None]

_MEGABYTE = 1 << 20
_BOMB = b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n".encode() for n in range(1, 12)
)


def put(content: Content, path: Path) -> Path:
    """Write one of these files at `path`."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        content(path)
    return path


def _nothing(path: Path) -> None:
    pass


def _folder(path: Path) -> None:
    path.mkdir()


def _folder_with_files(path: Path) -> None:
    path.mkdir()
    (path / "one.yaml").write_text("components: []\n")
    (path / "two.csv").write_text("time,x\n1,2\n")


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _circle(path: Path) -> None:
    path.symlink_to(path.name)


def _noise() -> bytes:
    return random.Random(1).randbytes(20_000)


ANY: dict[str, Content] = {
    "missing": _nothing,
    "folder": _folder,
    "folder_with_files": _folder_with_files,
    "dangling_link": _dangling,
    "link_to_itself": _circle,
    "empty": b"",
    "one_line_end": b"\n",
    "spaces": b"  \t \n   \n",
    "byte_order_mark_alone": b"\xef\xbb\xbf",
    "zero_bytes": b"\0" * 1000,
    "noise": _noise(),
    "picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x02\0\0\0",
    "gzip": bytes.fromhex("1f8b0800000000000003") + b"\x4b\x4c\x4a\x06\x00\xc2\x41\x24\x35\x03\0\0\0",
    "web_page": b"<!doctype html>\n<html><head><title>Sign in</title></head>\n<body>no</body></html>\n",
    "json_list": b"[1, 2, 3]\n",
    "json_lists": b'[{"a": 1}, {"a": null}, []]\n',
    "json_number": b"42\n",
    "json_text": b'"text"\n',
    "json_null": b"null\n",
    "json_broken_off": b'{"cases": [{"name": "a", "spe',
    "json_deep": b"[" * 50_000 + b"]" * 50_000,
    "json_not_a_number": b'{"a": NaN, "b": Infinity, "metrics": {"x": NaN}}',
    "json_long_number": b'{"a": ' + b"9" * 6000 + b"}",
    "latin_1": "zeit,größe\n2026-01-01,1\n".encode("latin-1"),
    "utf_16": "time,value\n2026-01-01,1\n".encode("utf-16"),
    "cut_within_a_letter": "time,größ".encode()[:-1],
    "surrogates": b"time,x\n\xed\xa0\x80,1\n",
    "long_key": b"k" * (10 * _MEGABYTE) + b": 1\n",
    "long_cell": b"timestamp,value\n2026-01-01T00:00:00Z," + b"9" * (10 * _MEGABYTE) + b"\n",
    "long_line_without_end": b"a," * (5 * _MEGABYTE),
    "open_quote": b'timestamp,value\n"2026-01-01T00:00:00Z,1\n' + b"2026-01-01T01:00:00Z,2\n" * 1000,
    "yaml_bomb": _BOMB,
    "yaml_own_alias": b"a: &a [*a]\n",
    "yaml_unknown_alias": b"a: *nowhere\n",
    "yaml_deep": b"a: " + b"[" * 20_000 + b"]" * 20_000 + b"\n",
    "yaml_deep_blocks": b"".join(b" " * n + b"a:\n" for n in range(2_000)),
    "yaml_key_twice": b"apiVersion: plimsoll/v1\napiVersion: plimsoll/v1\nkind: System\nkind: System\n",
    "yaml_tag": b"!!python/object/apply:os.system ['true']\n",
    "yaml_list_key": b"? [a, b]\n: 1\n",
    "yaml_tab": b"a:\n\t- b\n",
    "yaml_two_documents": b"a: 1\n---\nb: 2\n",
    "yaml_odd_numbers": b"a: .nan\nb: .inf\nc: 0x_1\nd: 2026-99-99\ne: 1:99:99\n",
    "control_letters": b"\x1b[2Jtime,\x1b]0;title\x07value\n1,2\n",
}

_HOURS = [f"2026-01-{1 + n // 24:02d}T{n % 24:02d}:00:00Z" for n in range(24 * 12)]


def table(rows: list[str], header: str = "timestamp,value", end: str = "\n") -> bytes:
    """Write rows under a header."""
    return (end.join([header, *rows]) + end).encode()


def hourly(values: dict[int, str] | None = None) -> list[str]:
    """Hourly rows of twelve days, with some values replaced."""
    return [f"{time},{(values or {}).get(n, str(10 + n % 24))}" for n, time in enumerate(_HOURS)]


_BERLIN_AUTUMN = [f"2026-10-25 {hour:02d}:{minute}" for hour in (0, 1, 2, 2, 3, 4) for minute in ("00", "30")]
_MIXED_ZONES = [f"2026-01-01T{hour:02d}:00:00{zone},{hour}" for hour in range(20) for zone in ("Z", "+01:00", "")]

SERIES: dict[str, Content] = {
    "header_alone": b"timestamp,value\n",
    "no_header": table(hourly()[1:], header=hourly()[0]),
    "one_row": table(hourly()[:1]),
    "two_rows": table(hourly()[:2]),
    "mixed_line_ends": b"timestamp,value\r\n"
    + b"".join(row.encode() + (b"\n", b"\r\n", b"\r")[n % 3] for n, row in enumerate(hourly())),
    "old_mac_line_ends": table(hourly(), end="\r"),
    "rows_too_long": table([row + ",9,9" if n == 3 else row for n, row in enumerate(hourly())]),
    "rows_too_short": table([row.split(",")[0] if n == 3 else row for n, row in enumerate(hourly())]),
    "semicolons": table(hourly()).replace(b",", b";"),
    "decimal_commas": table([row.replace(",1", ',"1,5') + '"' if n % 2 else row for n, row in enumerate(hourly())]),
    "column_twice": table([f"{row},1" for row in hourly()], header="timestamp,value,value"),
    "column_without_name": table([f"{row},1" for row in hourly()], header="timestamp,value,"),
    "no_time_column": table(["a,1", "b,2"], header="name,value"),
    "two_time_columns": table([f"{row.split(',')[0]},{row}" for row in hourly()], header="time,timestamp,value"),
    "time_alone": table([row.split(",")[0] for row in hourly()], header="timestamp"),
    "word_for_a_value": table(hourly({5: "many"})),
    "word_for_a_time": table(["yesterday,1" if n == 5 else row for n, row in enumerate(hourly())]),
    "time_left_out": table([",1" if n == 5 else row for n, row in enumerate(hourly())]),
    "times_of_two_kinds": table(["1767225600,1" if n == 5 else row for n, row in enumerate(hourly())]),
    "seconds_then_milliseconds": table(["1767225600,1", "1767229200000,2", "1767232800,3"]),
    "far_times": table(["0001-01-01T00:00:00Z,1", "9999-12-31T23:59:59Z,2"]),
    "number_among_dates": table(["99999-01-01T00:00:00Z,1", "1e300,2"]),
    "times_past_all_years": table(
        [*hourly()[:100], "99999-01-01T00:00:00Z,1", *hourly()[100:], "-0044-03-15,2", "+12026-01-01 06:00,3"],
        "timestamp,cpu_percent",
    ),
    "epochs_past_all_years": table(
        ["-5,1", *(f"{1_767_225_600 + 3600 * n},{10 + n % 24}" for n in range(288)), "0,2", "1e300,3"],
        "timestamp,cpu_percent",
    ),
    "negative_times": table(["-5,1", "-4,2"]),
    "zones_mixed": table(_MIXED_ZONES),
    "clocks_go_back": table([f"{time},{n}" for n, time in enumerate(_BERLIN_AUTUMN)]),
    "clocks_go_forward": table([f"2026-03-29 {hour:02d}:30,{hour}" for hour in range(6)]),
    "not_a_number": table(hourly(dict.fromkeys(range(100, 140), "NaN"))),
    "nothing_but_nan": table(hourly(dict.fromkeys(range(288), "NaN"))),
    "infinities": table(hourly({7: "inf", 9: "-Infinity", 11: "+Inf"})),
    "huge_values": table(hourly(dict.fromkeys(range(288), "1e308"))),
    "tiny_values": table(hourly(dict.fromkeys(range(288), "5e-324"))),
    "overflowing_values": table(hourly({7: "1e400"})),
    "negative_counter": table([f"{row.split(',')[0]},{-n}" for n, row in enumerate(hourly())], "timestamp,x_total"),
    "counter_resets": table([f"{row.split(',')[0]},{n % 7}" for n, row in enumerate(hourly())], "timestamp,x_total"),
    "constant": table(hourly(dict.fromkeys(range(288), "5"))),
    "zeros": table(hourly(dict.fromkeys(range(288), "0"))),
    "same_times": table([f"{_HOURS[0]},{n}" for n in range(50)]),
    "times_twice": table([row for row in hourly() for _ in range(2)]),
    "times_backward": table(hourly()[::-1]),
    "times_shuffled": table(random.Random(1).sample(hourly(), 288)),
    "one_far_time": table([*hourly(), "2036-01-01T00:00:00Z,1"]),
    "percent_past_all": table(
        [f"{row.split(',')[0]},{n * 1000}" for n, row in enumerate(hourly())], "timestamp,disk_percent"
    ),
    "formula_as_name": table(hourly(), header="timestamp,=cmd|' /C calc'!A0"),
    "markup_as_name": table(hourly(), header="timestamp,<script>alert(1)</script>"),
    "control_letters_as_name": table(hourly(), header="timestamp,\x1b[2J\x1b]0;owned\x07disk_percent"),
    "long_name": table(hourly(), header="timestamp," + "n" * 100_000),
    "many_columns": table(
        [f"{time}{',1' * 3000}" for time in _HOURS[:3]], "timestamp" + "".join(f",c{n}" for n in range(3000))
    ),
    "quoted_line_ends": table([f'{row.split(",")[0]},"1\n2"' for row in hourly()[:5]]),
    "thousands": table(hourly({3: '"1,000"'})),
    "hexadecimal": table(hourly({3: "0x10"})),
    "underscores": table(hourly({3: "1_000"})),
    "other_digits": table(hourly({3: "١٢"})),
    "last_row_cut": table(hourly())[:-5],
}
