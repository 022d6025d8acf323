"""A rules file of the user's, as YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from plimsoll.domain.errors import InputError, Place


def read_rules(path: Path) -> tuple[Any, str]:
    """Read what the file holds, with its name; raises InputError with line and column of a fault."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")), str(path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path))
        raise InputError(error.problem or "not YAML", place) from error
