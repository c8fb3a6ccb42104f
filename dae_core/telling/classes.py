"""What classes of pictures are called: cats and dogs, or whatever somebody prepared."""

from collections.abc import Iterable

KINDS = {
    "cat": "cats",
    "dog": "dogs",
    "thing": "things",
}  # Of other names nobody knows the plural: they may be people's.


def one_of_class(name: str) -> str:
    """`a cat`, or the name itself.

    >>> one_of_class("cat"), one_of_class("anna")
    ('a cat', 'anna')
    """
    return f"a {name}" if name in KINDS else name


def all_of_class(name: str) -> str:
    """`cats`, or the name itself."""
    return KINDS.get(name, name)


def list_classes(names: Iterable[str]) -> str:
    """`cats and dogs`.

    >>> list_classes(["anna", "ben", "cat"])
    'anna, ben and cats'
    """
    *first, last = map(all_of_class, names)
    return f"{', '.join(first)} and {last}" if first else last


def capital(words: str) -> str:
    """The words with a capital letter at the beginning, the others as they are."""
    return words[:1].upper() + words[1:]
