"""CVs that are written as JSON or YAML: their keys and values as a tree whose characters can be traced."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAX_DEPTH = 24
_JSON_KEY = re.compile(r'"[\w$@ .\-]{1,40}"\s{0,20}:')
_JSON_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}\[\],:])|([^\s{}\[\],:"]+)', re.DOTALL)
_JSON_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": " ", "r": "", "b": "", "f": "\n"}
_YAML_KEY = re.compile(r"""^(["']?)([A-Za-z_$][\w .\-]{0,39})\1:(?:[ \t]+(.*))?$""")
_YAML_ITEM = re.compile(r"^(?:-[ \t]+)+")
_YAML_BLOCK = frozenset({"", "|", ">", "|-", ">-", "|+", ">+"})
_MIN_KEYS = 4
_SECTION_KEY = re.compile(
    r"(?:^|[\"'\s])(?:basics|sections|\w*experiences?|work\w*|\w*education|\w*skills|employment\w*"
    r"|candidate\w*)[\"']?\s{0,20}:",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: its text, and for each character where it stands in the document."""

    text: str
    origins: Sequence[int]


@dataclass(slots=True)
class Block:
    """A mapping or a list; the items of a list have no key."""

    items: list[tuple[str | None, Scalar | Block]] = field(default_factory=list)

    def scalars(self) -> Iterator[tuple[str | None, Scalar]]:
        """The items that are plain values, with their keys."""
        for key, item in self.items:
            if isinstance(item, Scalar):
                yield key, item

    def blocks(self) -> Iterator[tuple[str | None, Block]]:
        """The items that hold more items, with their keys."""
        for key, item in self.items:
            if isinstance(item, Block):
                yield key, item


def parse(text: str) -> Block | None:
    """The tree of a CV in JSON or YAML, broken off where the text is; None for any other text."""
    bare = text.lstrip("\ufeff \t\r\n`")
    if bare.startswith(("json\n", "yaml\n")):
        bare = bare[5:]
    if bare.startswith("{") and (body := _body_of(text, len(text) - len(bare))) is not None:
        return body
    if bare[:1] in {"{", "["} and len(_JSON_KEY.findall(bare)) >= _MIN_KEYS and _SECTION_KEY.search(bare):
        return _json(text, len(text) - len(bare))
    return _yaml(text) if _is_yaml(text) else None


def _body_of(text: str, begin: int) -> Block | None:
    """The whole text of a CV that stands in one value, as in collections that were labelled by hand."""
    for token in _JSON_TOKEN.finditer(text, begin):
        if token[1] is not None and 2 * len(token[1]) > len(text) and "\\n" in token[1]:
            return Block([(None, _json_value(token))])
    return None


def _json(text: str, begin: int) -> Block | None:
    root = Block()
    stack = [root]
    key: str | None = None
    expects_key = [False]
    for token in _JSON_TOKEN.finditer(text, begin):
        mark = token[2]
        if mark in {"{", "["}:
            if len(stack) > _MAX_DEPTH:
                return None
            opened = Block()
            stack[-1].items.append((key, opened))
            stack.append(opened)
            expects_key.append(mark == "{")
            key = None
        elif mark in {"}", "]"}:
            if len(stack) > 1:
                stack.pop()
                expects_key.pop()
            key = None
        elif mark == ",":
            key = None
        elif mark is None:
            value = _json_value(token)
            if expects_key[-1] and key is None:
                key = value.text
            else:
                if value.text not in {"", "null", "true", "false"}:
                    stack[-1].items.append((key, value))
                key = None
    return root


def _json_value(token: re.Match[str]) -> Scalar:
    if token[1] is None:
        return Scalar(token[3], range(token.start(3), token.end(3)))
    raw, offset = token[1], token.start(1)
    if "\\" not in raw:
        return Scalar(raw, range(offset, offset + len(raw)))
    pieces: list[str] = []
    origins: list[int] = []
    done = 0
    for escape in _JSON_ESCAPE.finditer(raw):
        plain = chr(int(escape[1], 16)) if escape[1] else _ESCAPED.get(escape[2], escape[2])
        pieces += [raw[done : escape.start()], plain]
        origins.extend(range(offset + done, offset + escape.start()))
        origins.extend([offset + escape.end() - 1] * len(plain))
        done = escape.end()
    pieces.append(raw[done:])
    origins.extend(range(offset + done, offset + len(raw)))
    return Scalar("".join(pieces), origins)


def _is_yaml(text: str) -> bool:
    """Whether nearly every line is a key in lower case or an item of a list, some of them indented."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 * _MIN_KEYS or not _SECTION_KEY.search(text):
        return False
    bodies = [_YAML_ITEM.sub("", line.strip()) for line in lines]
    keys = [found[2] for body in bodies if (found := _YAML_KEY.match(body))]
    items = sum(line.lstrip().startswith("- ") for line in lines)
    indented = sum(line[0] in " \t" and bool(_YAML_KEY.match(line.strip())) for line in lines)
    lower = sum(key[0].islower() for key in keys)
    return (
        len(keys) >= _MIN_KEYS
        and indented >= 2
        and len(keys) + items >= 0.7 * len(lines)
        and lower >= 0.8 * len(keys)
    )


def _yaml(text: str) -> Block | None:
    root = Block()
    stack: list[tuple[int, Block, bool]] = [(-1, root, True)]
    position = 0
    for line in text.splitlines(keepends=True):
        body = line.strip()
        indent = len(line) - len(line.lstrip())
        start = position + indent
        position += len(line)
        if not body or body.startswith(("#", "---", "```")):
            continue
        is_item = body.startswith("- ")
        while stack[-1][0] > indent or (stack[-1][0] == indent and not (is_item and stack[-1][2])):
            stack.pop()
        if len(stack) > _MAX_DEPTH:
            return None
        if is_item:
            size = len(body) - len(body[1:].lstrip())
            body, start = body[size:], start + size
            if _YAML_KEY.match(body) is None:
                stack[-1][1].items.append((None, _yaml_value(body, start)))
                continue
            entry = Block()
            stack[-1][1].items.append((None, entry))
            stack.append((indent, entry, False))
            indent += size
        _yaml_line(stack, body, start, indent)
    return root


def _yaml_line(stack: list[tuple[int, Block, bool]], body: str, start: int, indent: int) -> None:
    found = _YAML_KEY.match(body)
    if found is None:
        stack[-1][1].items.append((None, _yaml_value(body, start)))
    elif (found[3] or "").strip() in _YAML_BLOCK:
        opened = Block()
        stack[-1][1].items.append((found[2], opened))
        stack.append((indent, opened, True))
    elif found[3].startswith("["):
        inner = Block()
        for piece in re.finditer(r"[^\[\],]+", found[3]):
            if piece[0].strip():
                inner.items.append((None, _yaml_value(piece[0], start + found.start(3) + piece.start())))
        stack[-1][1].items.append((found[2], inner))
    elif found[3].strip() not in {"null", "~", '""', "''"}:
        stack[-1][1].items.append((found[2], _yaml_value(found[3], start + found.start(3))))


def _yaml_value(text: str, start: int) -> Scalar:
    bare = text.strip().strip("\"'").strip()
    offset = start + max(text.find(bare), 0)
    return Scalar(bare, range(offset, offset + len(bare)))
