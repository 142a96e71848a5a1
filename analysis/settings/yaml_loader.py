"""Turns YAML text into plain values, and nothing else: each key once, no tags, and a bound on depth and on size.

YAML 1.1 has more than a reader sees: ``NO`` is false, ``0114`` is 76, ``1:30`` is 90, and ten lines of aliases stand
for more values than memory holds. What can be read in two ways is refused here, with its line.
"""

import math
import re
from collections.abc import Hashable
from typing import Any, Final

import yaml

DEEPEST: Final = 40
"""Levels of lists and maps inside each other, aliases followed."""
MOST_LETTERS: Final = 1_000_000
"""Letters of all values, with every alias written out."""
LARGEST_WHOLE_NUMBER: Final = 2**63
_TWO_READINGS: Final = re.compile(
    r"[-+]?0[0-7_]+|[-+]?0[xb][0-9a-fA-F_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
)


class PlainLoader(yaml.SafeLoader):
    """Safe loader that names what is given twice, what has two readings and what grows beyond bounds."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._level = 0
        self._sizes: dict[int, tuple[int, int]] = {}

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Read one node; count its letters and levels as they are when every alias is written out."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it without types
        if isinstance(event, yaml.AliasEvent):
            node = super().compose_node(parent, index)
            if id(node) not in self._sizes:
                raise _refused(f"the alias *{event.anchor} inside what it stands for", event.start_mark)
            return node
        if getattr(event, "tag", None) is not None:
            raise _refused(f"the tag {event.tag}", event.start_mark)
        self._level += 1
        if self._level > DEEPEST:
            raise _refused(f"more than {DEEPEST} levels inside each other", event.start_mark)
        node = super().compose_node(parent, index)
        self._level -= 1
        if node is not None:
            self._measure(node)
        return node

    def _measure(self, node: yaml.Node) -> None:
        held = node.value if isinstance(node, yaml.SequenceNode) else []
        if isinstance(node, yaml.MappingNode):
            held = [each for pair in node.value for each in pair]
        sizes = [self._sizes[id(each)] for each in held]
        own = 1 + (len(node.value) if isinstance(node, yaml.ScalarNode) else 0)
        letters, levels = own + sum(size for size, _ in sizes), 1 + max((level for _, level in sizes), default=0)
        if letters > MOST_LETTERS or levels > DEEPEST:
            found = f"aliases that stand for more than {MOST_LETTERS} letters or {DEEPEST} levels"
            raise _refused(found, node.start_mark)
        self._sizes[id(node)] = letters, levels

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Build one value; a text that only looks like a number, a day or a truth value is named."""
        if isinstance(node, yaml.ScalarNode):
            _refuse_two_readings(node)
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError, KeyError, TypeError, AttributeError) as error:
            raise _refused(f"{_short(node)}, which is no value ({error})", node.start_mark) from None


def _construct_mapping(loader: PlainLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Hashable, int] = {}
    built: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise _refused("a key that is a list or a map", key_node.start_mark)
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise _refused(f"key {key!r} is given twice, on lines {seen[key]} and {line}", key_node.start_mark)
        seen[key] = line
        built[key] = loader.construct_object(value_node, deep=True)
    return built


PlainLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_mapping)


def _refuse_two_readings(node: yaml.ScalarNode) -> None:
    kind, text = node.tag.rpartition(":")[2], node.value
    if kind == "merge":
        raise _refused("the merge key <<", node.start_mark)
    if kind == "bool" and text.lower() not in {"true", "false"}:
        raise _refused(f"{text}, which YAML reads as true or false: write that, or put quotes", node.start_mark)
    if kind in {"int", "float"} and _TWO_READINGS.fullmatch(text):
        raise _refused(f"{text}, which YAML reads in another base: write it plainly, or put quotes", node.start_mark)
    if kind == "int" and (len(text) > 40 or not abs(int(text.replace("_", ""))) < LARGEST_WHOLE_NUMBER):
        raise _refused(f"{_short(node)}, a whole number of more than 64 bits", node.start_mark)
    if kind == "float" and not text.lstrip("+-").startswith(".") and math.isinf(float(text.replace("_", ""))):
        raise _refused(f"{_short(node)}, a number beyond all measure", node.start_mark)


def _short(node: yaml.Node) -> str:
    return repr(node.value)[:60]


def _refused(problem: str, mark: Any) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, problem, mark)


def plain_value(text: str) -> Any:
    """Build the one value of a YAML text.

    Raises
    ------
    yaml.YAMLError
        With the first problem and, where it has one, its line.
    """
    return yaml.load(text, Loader=PlainLoader)
