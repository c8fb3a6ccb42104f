"""What the pages say, as data in `texts/*.toml`, a file for each page or subject; `texts/README.md` says how."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from dae_core.telling.conditions import Comparison, ConditionError, parse_condition, phrases_of
from dae_core.telling.placeholders import (
    NOTHING,
    PLACEHOLDER,
    QUANTITIES,
    FactError,
    Facts,
    Shown,
    complaint_about,
    fill,
)
from dae_core.telling.sources import Source, decode, parse_toml

TEXTS_FOLDER = Path(__file__).parent / "texts"
OTHERWISE = "otherwise"


@dataclass(frozen=True)
class Part:
    """A sentence or more, and when it is said.

    Attributes:
        text: Markdown with placeholders.
        when: What has to hold.
        otherwise: Whether it is said only where the part before it is not.
    """

    text: str
    when: tuple[Comparison, ...] = ()
    otherwise: bool = False

    def phrases(self) -> set[str]:
        """The insides of its placeholders and of those in its condition."""
        return {*PLACEHOLDER.findall(self.text), *phrases_of(self.when)}

    def said(self, facts: Facts, values: Mapping[str, Shown], forms: Mapping[str, str]) -> str | None:
        """The filled text; None where its condition does not hold, or one of its numbers is not there."""
        try:
            holds = all(one.holds(facts, values) for one in self.when)
            return fill(self.text, facts, values, forms) if holds else None
        except FactError:
            return None


@dataclass(frozen=True)
class Texts:
    """A file.

    Attributes:
        forms: How the values that a page hands over are written, by name.
        entries: The parts of each text, by its key.
    """

    forms: Mapping[str, str]
    entries: Mapping[str, tuple[Part, ...]]

    def values_of(self, key: str) -> set[str]:
        """Names of the values that a text needs from its page."""
        return set().union(*(part.phrases() for part in self.entries[key])) & self.forms.keys()

    def cites(self, key: str) -> bool:
        """Whether a text needs something that was measured."""
        return any(phrase not in self.forms for part in self.entries[key] for phrase in part.phrases())


def text_names(folder: Path = TEXTS_FOLDER) -> list[str]:
    """The names of the files."""
    return sorted(file.stem for file in folder.glob("*.toml"))


def read_texts(name: str, folder: Path = TEXTS_FOLDER) -> Texts:
    """The texts of a file, read again when it was changed.

    Raises:
        TextError: It is wrong; the message names file and line.
    """
    file = folder / f"{name}.toml"
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(file: Path, _: int) -> Texts:
    return parse_texts(decode(file.read_bytes(), f"texts/{file.name}"), file.stem)


def tell(name: str, key: str, facts: Callable[[], Facts] = lambda: NOTHING, /, **values: Shown) -> str:
    """A text, filled: of its parts those that hold, with a space between them; empty if none does.

    Args:
        name: Of the file.
        key: Of the text.
        facts: Gives what was measured; called only if the text cites some of it.
        values: What the text needs from its page. Where one is None, the parts that need it are not said.

    Raises:
        TextError: The file is wrong.
        TypeError: The values are not those that the text needs.
    """
    texts = read_texts(name)
    if (needed := texts.values_of(key)) != values.keys():
        raise TypeError(f"texts/{name}.toml, {key} needs {sorted(needed)} and was handed {sorted(values)}.")
    known = facts() if texts.cites(key) else NOTHING
    said: list[str | None] = []
    for part in texts.entries[key]:
        silent = part.otherwise and said[-1] is not None
        said.append(None if silent else part.said(known, values, texts.forms))
    return " ".join(words for words in said if words is not None)


def parse_texts(content: str, name: str) -> Texts:
    """The texts that stand in a file.

    Raises:
        TextError: It is wrong; the message says in which line.
    """
    source = Source(f"texts/{name}.toml", content.splitlines())
    tables = parse_toml(content, source.file)
    if not isinstance(tables.get("texts"), dict):
        raise source.error("the texts stand below a line `[texts]`.")
    for key in tables:
        if key not in ("values", "texts"):
            raise source.error(f"`{key}` is not known here. There is: texts, values.", key)
    forms = _forms(tables.get("values", {}), source)
    entries = {key: _parts(key, entry, forms, source) for key, entry in tables["texts"].items()}
    texts = Texts(forms, entries)
    used = set().union(*(texts.values_of(key) for key in entries))
    for unused in forms.keys() - used:
        raise source.error(f"no text needs the value `{unused}`.", unused)
    return texts


def _forms(forms: Any, source: Source) -> Mapping[str, str]:
    if not isinstance(forms, dict):
        raise source.error("`[values]` says how each value is written.", "values")
    for name, form in forms.items():
        if not re.fullmatch("[a-z][a-z0-9_]*", name) or (name in QUANTITIES and not QUANTITIES[name].arguments):
            raise source.error(f"no value can be called `{name}`.", name)
        try:
            written = form.format(2)
        except (ValueError, IndexError, KeyError, AttributeError):
            written = None
        if written in (None, form):
            raise source.error(f'`{name}` needs a form, such as "{{:,}}", or "{{}}" for words.', name)
    return forms


def _parts(key: str, entry: Any, forms: Mapping[str, str], source: Source) -> tuple[Part, ...]:
    """One text, or a list of texts, some of them with a condition: `{ when = "...", text = "..." }`."""
    source, listed = source.below(key), entry if isinstance(entry, list) else [entry]
    parts = tuple(_part(key, one, forms, source) for one in listed)
    if not parts or parts[0].otherwise:
        raise source.error(f"`{key}` has no first part.", key)
    return parts


def _part(key: str, entry: Any, forms: Mapping[str, str], source: Source) -> Part:
    fields = entry if isinstance(entry, dict) else {"text": entry}
    text, when = fields.get("text"), fields.get("when", "")
    known = fields.keys() <= {"text", "when"} and isinstance(when, str)
    if not known or not isinstance(text, str) or not text.strip():
        raise source.error(f"a part of `{key}` is a text, or has `text` and `when`.", key)
    if wrong := complaint_about(text, forms):
        raise source.error(f"in `{key}`, {wrong[0]}", key, wrong[1])
    if when in ("", OTHERWISE):
        return Part(_joined(text), otherwise=when == OTHERWISE)
    try:
        return Part(_joined(text), parse_condition(" ".join(when.split()), forms))
    except ConditionError as error:
        raise source.error(f"in the condition of `{key}`, {error}", key, when) from error


def _joined(text: str) -> str:
    """A line break is a space; an empty line begins a paragraph, and a line that begins with a hyphen an item."""
    joined = re.sub(r"(?<!\n) *\n(?![\n-]) *", " ", text.strip())
    return re.sub(r"(?<=\d) (?=%)", "\u00a0", joined)  # No line breaks within 5 %.
