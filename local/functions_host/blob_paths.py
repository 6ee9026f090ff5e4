"""Blob trigger paths such as `cv-inbox/{name}.{ext}`: which blobs they mean and what the parts are called."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[{}]|[^{}]+")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class BlobPath:
    """A parsed path pattern.

    Attributes:
        container: The container to watch; always literal.
        prefix: What every matching name starts with, so that a listing can be narrowed.
        expression: The pattern of whole blob names, one group per parameter.
    """

    container: str
    prefix: str
    expression: re.Pattern[str]

    def match(self, blob_name: str) -> dict[str, str] | None:
        """Return the parameters of a blob's name, or None where the pattern does not mean this blob."""
        found = self.expression.fullmatch(blob_name)
        return None if found is None else found.groupdict()


def parse_blob_path(text: str) -> BlobPath:
    """Parse a trigger's path; a bare container name means every blob in it.

    A parameter takes as much as it can, slashes included, so that in ``{name}.{ext}`` the last dot divides.
    ``{{`` and ``}}`` stand for literal braces.

    Raises:
        ValueError: The container is missing or a pattern, a parameter has no usable name or occurs twice.
    """
    container, _, name_pattern = text.strip().strip("/").partition("/")
    if not container or "{" in container or "}" in container:
        raise ValueError(f"'{text}' must begin with the name of one container")
    if not name_pattern:
        return BlobPath(container, "", re.compile(".*", re.DOTALL))
    literal_so_far, prefix, names = "", None, set[str]()
    expression = ""
    for token in _TOKEN.finditer(name_pattern):
        name = token["name"]
        if name is None:
            if token[0] in {"{", "}"}:
                raise ValueError(f"'{text}' has an unpaired brace")
            literal = token[0].replace("{{", "{").replace("}}", "}")
            literal_so_far += literal
            expression += re.escape(literal)
            continue
        if _IDENTIFIER.fullmatch(name) is None or name in names:
            raise ValueError(f"'{text}': every parameter needs a name of its own, not '{name}'")
        prefix = literal_so_far if prefix is None else prefix
        names.add(name)
        expression += f"(?P<{name}>.*)"
    return BlobPath(
        container, literal_so_far if prefix is None else prefix, re.compile(expression, re.DOTALL)
    )
