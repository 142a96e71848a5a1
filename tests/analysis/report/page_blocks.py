"""Reads a built page into its blocks of text: what each says, and the tables that it or a view around it names."""

from dataclasses import dataclass
from html.parser import HTMLParser

BLOCKS = {"p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "caption", "summary", "td", "th", "label"}
ALONE = {"meta", "link", "br", "input", "img", "hr", "rect", "path", "circle"}
UNREAD = {"script", "style", "svg", "option", "title"}


@dataclass(frozen=True)
class Block:
    """One block of text as printed, and the tables it is said to come from."""

    text: str
    origin: tuple[str, ...]


class Blocks(HTMLParser):
    """Gathers the blocks; text of a block inside another counts to the inner one."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, tuple[str, ...], list[str]]] = []
        self.found: list[Block] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ALONE:
            above = self.open[-1][1] if self.open else ()
            own = dict(attrs).get("data-origin")
            self.open.append((tag, tuple(own.split()) if own else above, []))

    def handle_startendtag(self, tag, attrs):
        """A drawn shape holds no text."""

    def handle_endtag(self, tag):
        while self.open:
            name, origin, words = self.open.pop()
            text = " ".join("".join(words).split())
            if name in BLOCKS and text:
                self.found.append(Block(text, origin))
            elif name not in BLOCKS | UNREAD and self.open:
                self.open[-1][2].append("".join(words))
            if name == tag:
                return

    def handle_data(self, data):
        if self.open:
            self.open[-1][2].append(data)


def blocks_of(page: str) -> list[Block]:
    reader = Blocks()
    reader.feed(page)
    return reader.found
