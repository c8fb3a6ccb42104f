"""TOML files that people write, lessons and texts, and the line in which one is wrong."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dae_core.errors import UserError


class TextError(UserError):
    """A file that cannot be used; the message names it and the line, and says what is wrong."""


@dataclass(frozen=True)
class Source:
    """A file or a part of one: what to call it, its lines, and the number of the first one."""

    file: str
    lines: Sequence[str]
    first: int = 1

    def error(self, sentence: str, key: str = "", quote: str = "") -> TextError:
        """The sentence with the line of the quote, or else of the key, or else of the first line."""
        patterns = [re.escape(quote)] * bool(quote) + [rf"^\s*\[?(step\.)?{re.escape(key)}\s*[\]=]"] * bool(key)
        places = (
            number
            for pattern in patterns
            for number, line in enumerate(self.lines, start=self.first)
            if re.search(pattern, line)
        )
        return TextError(f"{self.file}, line {next(places, self.first)}: {sentence}")

    def below(self, key: str) -> "Source":
        """What stands from the line of a key on."""
        start = next((i for i, line in enumerate(self.lines) if re.match(rf"\s*{re.escape(key)}\s*=", line)), 0)
        return Source(self.file, self.lines[start:], self.first + start)


def parse_toml(text: str, file: str) -> dict[str, Any]:
    """What stands in a TOML file.

    Raises:
        TextError: It is no TOML.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise TextError(f"{file}, line 1: brackets are nested too deeply.") from error
    except ValueError as error:  # It is a TOMLDecodeError, or a number has thousands of digits.
        found = re.search(r"line (\d+)", str(error))
        what = re.sub(r"\s*\(at .*\)", "", str(error))
        raise TextError(f"{file}, line {found[1] if found else len(text.splitlines())}: {what}.") from error


def decode(content: bytes, file: str) -> str:
    """The text of a file.

    Raises:
        TextError: It is not UTF-8.
    """
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TextError(f"{file}, line {line}: this is not UTF-8, save the file as such.") from error
