"""Route templates as ASP.NET reads them, and the table that finds the function for a method and a path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import unquote

from local.functions_host.route_constraints import Constraint, constraint

T = TypeVar("T")

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ENCODED_SLASH = re.compile("%2f", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One `{…}` of a template."""

    name: str
    constraints: tuple[Constraint, ...] = ()
    default: str | None = None
    is_optional: bool = False
    is_catch_all: bool = False

    @property
    def may_be_absent(self) -> bool:
        """Whether a path may end before it."""
        return self.is_optional or self.is_catch_all or self.default is not None

    def accepts(self, value: str) -> bool:
        """Tell whether every constraint holds for a value."""
        return all(holds(value) for holds in self.constraints)


@dataclass(frozen=True, slots=True)
class Segment:
    """What stands between two slashes: a literal, one parameter, or both mixed (`v{major}.{minor}`)."""

    expression: re.Pattern[str]
    parameters: tuple[Parameter, ...]
    is_whole_parameter: bool

    @property
    def whole(self) -> Parameter | None:
        """The parameter, where the segment is nothing but one."""
        return self.parameters[0] if self.is_whole_parameter else None

    @property
    def rank(self) -> int:
        """ASP.NET's precedence: literals first, then constrained and mixed, then free, then catch-all."""
        whole = self.whole
        if whole is None:
            return 2 if self.parameters else 1
        return (4 if whole.is_catch_all else 2) if whole.constraints else (5 if whole.is_catch_all else 3)

    def match(self, text: str) -> dict[str, str] | None:
        """Return the parameters of one decoded path segment, None where it does not fit."""
        found = self.expression.fullmatch(text)
        if found is None:
            return None
        values = dict(zip((parameter.name for parameter in self.parameters), found.groups(), strict=True))
        return values if all(p.accepts(values[p.name]) for p in self.parameters) else None


@dataclass(frozen=True, slots=True)
class RouteTemplate:
    """A parsed template; literals compare without case."""

    text: str
    segments: tuple[Segment, ...]

    @property
    def rank(self) -> tuple[int, ...]:
        """Templates with the smaller rank are tried first."""
        return tuple(segment.rank for segment in self.segments)

    def match(self, path: str) -> dict[str, str] | None:
        """Return the route parameters of a percent-encoded path, None where it does not fit.

        Parameters that are absent from the path are absent from the answer unless they have a default.
        """
        parts = [] if path in {"", "/"} else path.removeprefix("/").removesuffix("/").split("/")
        values: dict[str, str] = {}
        for index, segment in enumerate(self.segments):
            whole = segment.whole
            if whole is not None and whole.is_catch_all:
                return self._with_rest(values, whole, parts[index:])
            if index >= len(parts):
                return self._without_rest(values, index)
            found = segment.match(_decoded(parts[index]))
            if found is None:
                return None
            values.update(found)
        return values if len(parts) <= len(self.segments) else None

    @staticmethod
    def _with_rest(values: dict[str, str], parameter: Parameter, parts: list[str]) -> dict[str, str] | None:
        rest = "/".join(_decoded(part) for part in parts) or parameter.default
        if rest is None:
            return values
        return {**values, parameter.name: rest} if parameter.accepts(rest) else None

    def _without_rest(self, values: dict[str, str], index: int) -> dict[str, str] | None:
        for segment in self.segments[index:]:
            whole = segment.whole
            if whole is None or not whole.may_be_absent:
                return None
            if whole.default is not None:
                values[whole.name] = whole.default
        return values


def parse_template(text: str) -> RouteTemplate:
    """Parse a route template such as ``cv/{documentId:guid}/{page:int?}``.

    Raises:
        ValueError: Braces, names or constraints are wrong, or a form is used that is not supported
            (an optional parameter mixed with literals).
    """
    segments = tuple(_parse_segment(part) for part in _split(text.strip().strip("/")))
    names = [parameter.name.lower() for segment in segments for parameter in segment.parameters]
    if len(names) != len(set(names)):
        raise ValueError(f"route '{text}' uses a parameter's name twice")
    for segment in segments[:-1]:
        whole = segment.whole
        if whole is not None and (whole.is_catch_all or whole.is_optional):
            raise ValueError(f"route '{text}': '{whole.name}' can only stand at the end")
    return RouteTemplate(text, segments)


def _split(text: str) -> list[str]:
    """Split at slashes outside braces: a regex constraint may hold one."""
    if not text:
        return []
    parts, depth = [""], 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "/" and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    if depth != 0 or not all(parts):
        raise ValueError(f"route '{text}' has unpaired braces or an empty segment")
    return parts


def _parse_segment(text: str) -> Segment:
    expression, parameters = "", list[Parameter]()
    position = 0
    while position < len(text):
        character = text[position]
        if text[position : position + 2] in {"{{", "}}"}:
            expression += re.escape(character)
            position += 2
        elif character == "{":
            end = _closing_brace(text, position)
            parameters.append(_parse_parameter(text[position + 1 : end]))
            expression += "(.+)"
            position = end + 1
        else:
            expression += re.escape(character)
            position += 1
    is_whole = expression == "(.+)" and len(parameters) == 1
    if not is_whole and any(p.is_catch_all or p.is_optional or p.default is not None for p in parameters):
        raise ValueError(f"route segment '{text}': an optional parameter must be the whole segment")
    return Segment(re.compile(expression, re.IGNORECASE | re.DOTALL), tuple(parameters), is_whole)


def _closing_brace(text: str, opening: int) -> int:
    position = opening + 1
    while position < len(text):
        if text[position : position + 2] in {"{{", "}}"}:
            position += 2
        elif text[position] == "}":
            return position
        else:
            position += 1
    raise ValueError(f"route segment '{text}' has an unclosed parameter")


def _parse_parameter(text: str) -> Parameter:
    body = text.replace("{{", "{").replace("}}", "}")
    stars = len(body) - len(body.lstrip("*"))
    head, constraints, tail = _split_constraints(body[stars:])
    default = None
    if tail.endswith("?"):
        tail, is_optional = tail[:-1], True
    else:
        is_optional = False
    if tail.startswith("="):
        default = tail[1:]
    if stars > 2 or _IDENTIFIER.fullmatch(head) is None or (tail and default is None):
        raise ValueError(f"'{{{text}}}' is no route parameter")
    return Parameter(head, constraints, default, is_optional, is_catch_all=stars > 0)


def _split_constraints(text: str) -> tuple[str, tuple[Constraint, ...], str]:
    """Return the name, the constraints, and what follows them (`=default`, `?`)."""
    end = next((index for index, character in enumerate(text) if character in ":=?"), len(text))
    head, rest = text[:end], text[end:]
    found = list[Constraint]()
    while rest.startswith(":"):
        name_end = next((i for i, character in enumerate(rest[1:], 1) if character in ":=?("), len(rest))
        name, rest = rest[1:name_end], rest[name_end:]
        argument = None
        if rest.startswith("("):
            closing = _closing_bracket(rest)
            argument, rest = rest[1:closing], rest[closing + 1 :]
        found.append(constraint(name, argument))
    return head, tuple(found), rest


def _closing_bracket(text: str) -> int:
    """Return where the bracket at the start is closed: before the next constraint, the default or the end."""
    for index, character in enumerate(text):
        if character == ")" and (index + 1 == len(text) or text[index + 1] in ":=?"):
            return index
    raise ValueError(f"'{text}' has an unclosed bracket")


def _decoded(segment: str) -> str:
    # Kestrel decodes everything but an encoded slash, which would otherwise change the path's shape.
    return "%2F".join(unquote(part) for part in _ENCODED_SLASH.split(segment))


@dataclass(frozen=True, slots=True)
class Route(Generic[T]):
    """A template with its methods (upper case; empty means every method) and what it leads to."""

    template: RouteTemplate
    methods: frozenset[str]
    target: T


class RouteTable(Generic[T]):
    """Finds the route for a request; more specific templates come first, whatever their order in the app."""

    def __init__(self, routes: Iterable[Route[T]]) -> None:
        self._routes = sorted(routes, key=lambda route: (route.template.rank, route.template.text))

    def find(self, method: str, path: str) -> tuple[T, Mapping[str, str]] | None:
        """Return the target and its route parameters, or None.

        A known path with another method is None too: the Functions host treats the method as part of the
        route and answers 404, never 405.
        """
        for route in self._routes:
            if route.methods and method.upper() not in route.methods:
                continue
            values = route.template.match(path)
            if values is not None:
                return route.target, values
        return None
