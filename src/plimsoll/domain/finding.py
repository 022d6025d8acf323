"""What is odd about an input that is nevertheless usable? A finding: a rule, what was found, where, what was done.

An error says that an input cannot be understood. A finding says that the input was understood, but contradicts itself
or good practice, and how it was resolved; a finding never stops a command.
"""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.domain.errors import Place


@dataclass(frozen=True)
class Finding:
    """One contradiction or gap: the rule, what was found, what is done about it, and the places that disagree."""

    rule: str
    message: str
    taken: str = ""
    places: tuple[Place, ...] = ()

    def __str__(self) -> str:
        lead = f"{self.places[0]}: " if self.places else ""
        others = "".join(f" (see also {place})" for place in self.places[1:])
        return f"{lead}{self.message}{'; ' + self.taken if self.taken else ''}{others} [{self.rule}]"
