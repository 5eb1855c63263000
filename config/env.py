"""Typed readers of environment variables.

Every reader notes what is wrong instead of raising at once, so that a start that must fail names
every problem of the environment together (`Environment.refuse`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


class BadEnvironment(RuntimeError):
    """The environment can't be used to start; the text lists every problem."""

    code = "BAD_ENVIRONMENT"

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"Quayside can't start with this environment:\n{listed}")


class Environment:
    """Variables of the process, over those of an optional `.env` file."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: list[str] = []

    @classmethod
    def read(cls, dotenv: Path) -> Environment:
        """Return the environment of this process; its variables win over the file's."""
        return cls({**read_dotenv(dotenv), **os.environ})

    def text(self, name: str, default: str = "") -> str:
        """Return the variable without surrounding blanks, or `default` when unset or empty."""
        return self._values.get(name, "").strip() or default

    def flag(self, name: str, default: bool) -> bool:
        """Return the variable as a boolean: 1/true/yes/on or 0/false/no/off."""
        word = self.text(name).lower()
        if not word:
            return default
        if word not in TRUE_WORDS | FALSE_WORDS:
            self.problems.append(f"{name} is {word!r}: write true or false.")
        return word in TRUE_WORDS

    def number(self, name: str, default: int) -> int:
        """Return the variable as an integer."""
        word = self.text(name)
        if not word:
            return default
        try:
            return int(word)
        except ValueError:
            self.problems.append(f"{name} is {word!r}: write a whole number.")
            return default

    def words(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """Return a comma separated variable as a list without empty entries."""
        found = [word.strip() for word in self.text(name).split(",")]
        return [word for word in found if word] or list(default)

    def path(self, name: str, default: Path) -> Path:
        """Return the variable as an absolute path."""
        return Path(self.text(name, str(default))).expanduser().resolve()

    def demand(self, holds: bool, problem: str) -> None:
        """Note `problem` unless the condition holds."""
        if not holds:
            self.problems.append(problem)

    def refuse(self) -> None:
        """Raise when anything was noted.

        Raises:
            BadEnvironment: naming every problem at once.

        """
        if self.problems:
            raise BadEnvironment(self.problems)


def read_dotenv(path: Path) -> dict[str, str]:
    """Return NAME=value lines of a file, empty if it is missing; `#` begins a comment line."""
    if not path.is_file():
        return {}
    pairs = (
        line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines() if "=" in line
    )
    return {
        name.strip(): value.strip().strip("\"'")
        for name, value in pairs
        if not name.lstrip().startswith("#")
    }
