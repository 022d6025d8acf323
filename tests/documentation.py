"""Documentation that is executed: the console blocks of README and docs are run in order and compared or rewritten.

A block is

    ```console
    $ plimsoll catalog disk
    ...what it prints, as far as it is shown; a line of only `...` stands for any lines...
    ```

Blocks of one page run in one empty folder, in their order. A comment before a block changes how it is treated:

    <!-- exit: 3 -->      the last command of the block ends with this code instead of 0
    <!-- shown only -->   the block is not run (it needs what a test machine has not got); the reason follows the words
    <!-- output varies -->   it is run, its exit code counts, what it prints is not compared

`examples/` in a command is the folder of that name in the checkout.

    python -m tests.documentation --write     puts what the commands print into the pages
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"(?P<notes>(?:<!--[^>]*-->\n)*)```console\n(?P<body>.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """One command of a page: what is typed, what is shown below it, and how it is treated."""

    line: str
    shown: tuple[str, ...]
    exit_code: int
    compared: bool


@dataclass(frozen=True)
class Block:
    """One console block of a page, its position in the text, and its commands; none if it is shown only."""

    span: tuple[int, int]
    commands: tuple[Command, ...]


def pages() -> list[Path]:
    """List the pages that hold commands to run."""
    candidates = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
    return [page for page in candidates if any(block.commands for block in blocks(page.read_text()))]


def blocks(text: str) -> Iterator[Block]:
    """Find the console blocks of a page."""
    for match in _BLOCK.finditer(text):
        notes = match["notes"]
        if "shown only" in notes:
            continue
        code = re.search(r"exit: (\d+)", notes)
        yield Block(
            match.span("body"),
            tuple(_commands(match["body"], int(code[1]) if code else 0, "output varies" not in notes)),
        )


def run(command: Command, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one command of a page in `folder`, as a user with the checkout's programs on the path would."""
    words = shlex.split(command.line)
    if words[0] != "plimsoll":
        raise ValueError(f"only plimsoll is run from a page, not {words[0]!r}")
    environment = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "plimsoll", *words[1:]],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def prepare(folder: Path) -> None:
    """Copy the examples into a page's folder."""
    (folder / "examples").symlink_to(REPOSITORY / "examples")


def agrees(shown: tuple[str, ...], printed: str) -> bool:
    """Whether what a page shows is what was printed; `...` alone on a line stands for any lines."""
    parts = [re.escape(line.rstrip()) + r"[ ]*\n" if line.strip() != "..." else r"(?:.*\n)*?" for line in shown]
    return (
        re.fullmatch("".join(parts), printed if printed.endswith("\n") or not printed else printed + "\n") is not None
    )


def _commands(body: str, last_exit: int, compared: bool) -> Iterator[Command]:
    found: list[Command] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:], (), 0, compared))
        elif found:
            found[-1] = replace(found[-1], shown=(*found[-1].shown, line))
    if found:
        found[-1] = replace(found[-1], exit_code=last_exit)
    yield from found


def _rewritten(page: Path) -> str:
    """Return the text of a page with the current output of its commands; output cut by `...` is left as it is."""
    text = page.read_text()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        os.environ["PLIMSOLL_HOME"] = str(folder / "home")
        pieces, end = [], 0
        for block in blocks(text):
            lines: list[str] = []
            for command in block.commands:
                ran = run(command, folder)
                if ran.returncode != command.exit_code:
                    raise SystemExit(f"{page.name}: {command.line}\nexit {ran.returncode}: {ran.stderr}")
                cut = any(line.strip() == "..." for line in command.shown) or not command.compared
                printed = list(command.shown) if cut else (ran.stdout + ran.stderr).rstrip("\n").splitlines()
                lines += ["$ " + command.line, *(line.rstrip() for line in printed)]
            pieces += [text[end : block.span[0]], "\n".join(lines) + "\n"]
            end = block.span[1]
    return "".join(pieces) + text[end:]


if __name__ == "__main__":
    for found in pages():
        fresh = _rewritten(found)
        if "--write" in sys.argv:
            found.write_text(fresh)
        print(found.relative_to(REPOSITORY))
