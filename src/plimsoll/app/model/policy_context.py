"""In which context is a policy translated? Its component, the places of its keys in the file, and the faults so far."""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.app.model.yaml_reader import FieldPath, Tree
from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.system import Component


@dataclass(frozen=True)
class Context:
    """The surroundings of one policy; `path` is where it stands in the file."""

    component: Component
    tree: Tree
    faults: list[InputError]
    path: FieldPath = ()

    def place(self, *inside: str | int) -> Place:
        """Where something inside the policy stands."""
        return self.tree.place((*self.path, *inside))

    def fault(self, message: str, *inside: str | int) -> None:
        """Note a fault at something inside the policy."""
        self.faults.append(InputError(message, self.place(*inside)))
