"""The user's rules file, in YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from plimsoll.domain.errors import InputError, Place

_MAX_BYTES = 2**18


class _KeysOnce(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping, of which YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        names = [key.value for key in keys]
        for place, key in enumerate(keys):
            if key.value in names[:place]:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
        return super().construct_mapping(node, deep)


def read_rules(path: Path) -> tuple[Any, str]:
    """Read what the file holds, with its name; raises InputError with line and column of a fault."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
        if len(raw) > _MAX_BYTES:
            raise InputError(f"is larger than {_MAX_BYTES // 2**10} KiB, which no rules file is", Place(str(path)))
        return yaml.load(raw.decode("utf-8-sig"), Loader=_KeysOnce), str(path)  # noqa: S506 a safe loader
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path))
        raise InputError(error.problem or "not YAML", place) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # characters that YAML does not allow, numbers that are too long, lists that nest too deep
        raise InputError(f"is not YAML that can be read: {str(error)[:120]}", Place(str(path))) from error
