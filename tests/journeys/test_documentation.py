"""The documentation shows what the commands print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.documentation import REPOSITORY, agrees, blocks, pages, prepare, run

FRONT, *PAGES = pages()


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(REPOSITORY)) for page in PAGES])
def test_the_commands_of_a_page_do_what_it_shows(page: Path, tmp_path: Path) -> None:
    prepare(tmp_path)
    for block in blocks(page.read_text()):
        for command in block.commands:
            ran = run(command, tmp_path)
            printed = ran.stdout + ran.stderr
            assert ran.returncode == command.exit_code, f"$ {command.line}\n{printed}"
            if command.compared and command.shown:
                assert agrees(command.shown, printed), f"$ {command.line}\n{printed}"


def test_the_front_page_shows_what_the_pages_behind_it_show(tmp_path: Path) -> None:
    """A command that another page shows in full is run there; any other is run here."""
    prepare(tmp_path)
    commands = [one for page in PAGES for block in blocks(page.read_text()) for one in block.commands]
    full = {one.line: one for one in commands if one.compared and "..." not in one.shown}
    for block in blocks(FRONT.read_text()):
        for command in block.commands:
            if (same := full.get(command.line)) is not None:
                exit_code, printed = same.exit_code, "\n".join(same.shown)
            else:
                ran = run(command, tmp_path)
                exit_code, printed = ran.returncode, ran.stdout + ran.stderr
            assert exit_code == command.exit_code, f"$ {command.line}\n{printed}"
            assert not command.compared or not command.shown or agrees(command.shown, printed), f"$ {command.line}"


def test_every_link_between_the_pages_leads_somewhere() -> None:
    broken = []
    for page in [REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *(REPOSITORY / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(REPOSITORY)} -> {target}")
    assert broken == []


@pytest.mark.parametrize(
    ("shown", "printed", "answer"),
    [
        (("a", "b"), "a\nb\n", True),
        (("a", "..."), "a\nb\nc\n", True),
        (("a", "...", "c"), "a\nb\nd\n", False),
        (("a",), "a\nb\n", False),
    ],
    ids=["same", "cut", "other_end", "more_was_printed"],
)
def test_the_comparison_itself_can_fail(shown: tuple[str, ...], printed: str, answer: bool) -> None:
    assert agrees(shown, printed) is answer
