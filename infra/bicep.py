"""One Bicep file as its declarations: parameters, modules, outputs, names, and what does not parse.

Reads with tree-sitter, so it knows the language's grammar and none of Azure's types: enough to see
that files fit together, not that Azure accepts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PARSER = Parser(Language(tree_sitter_bicep.language()))

_KINDS = {
    "parameter_declaration": "param",
    "variable_declaration": "var",
    "resource_declaration": "resource",
    "module_declaration": "module",
    "type_declaration": "type",
    "user_defined_function": "func",
    "output_declaration": "output",
}
# Nodes whose names live only inside one declaration.
_BINDERS = {"for_statement", "for_loop_parameters", "lambda_expression", "parameters"}
# The namespaces every file may name without declaring them.
_NAMESPACES = {"az", "sys"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name and the line it stands on."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declared name; ``default`` is a parameter's literal default, ``None`` where there is none."""

    name: str
    kind: str
    line: int
    required: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """A call of another file: its path as written, and the parameters passed."""

    name: str
    line: int
    path: str
    arguments: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class BicepFile:
    """What one file declares and refers to."""

    path: Path
    syntax_errors: tuple[Name, ...]
    declarations: tuple[Declaration, ...]
    modules: tuple[Module, ...]
    references: tuple[Name, ...]
    output_references: tuple[tuple[str, Name], ...]
    objects: dict[str, tuple[Name, ...]]

    def of_kind(self, kind: str) -> dict[str, Declaration]:
        """Declarations of one kind (param, var, resource, module, type, func, output) by name."""
        return {entry.name: entry for entry in self.declarations if entry.kind == kind}


def read(path: Path) -> BicepFile:
    """Read one file.

    Raises:
        OSError: The file cannot be read.
    """
    root = _PARSER.parse(path.read_bytes()).root_node
    declared = [node for node in root.named_children if node.type in _KINDS]
    return BicepFile(
        path=path,
        syntax_errors=tuple(_syntax_errors(root)),
        declarations=tuple(_declaration(node) for node in declared),
        modules=tuple(_module(node) for node in declared if node.type == "module_declaration"),
        references=tuple(name for node in root.named_children for name in _free_names(node)),
        output_references=tuple(_output_references(root)),
        objects={
            _text(_name_node(node)): _keys(node.named_children[-1])
            for node in declared
            if node.type == "variable_declaration" and node.named_children[-1].type == "object"
        },
    )


def _text(node: Node) -> str:
    return node.text.decode() if node.text is not None else ""


def _line(node: Node) -> int:
    return node.start_point.row + 1


def _descend(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _descend(child)


def _syntax_errors(root: Node) -> Iterator[Name]:
    for node in _descend(root):
        if node.is_missing:
            yield Name(f"{node.type} is missing", _line(node))
        elif node.is_error:
            source = _text(node).strip()
            yield Name(
                f"cannot be parsed: {source.splitlines()[0][:60]}" if source else "ends early", _line(node)
            )


def _name_node(declaration: Node) -> Node:
    """The node that names a declaration; a broken one may lack it and then names itself."""
    return next((child for child in declaration.named_children if child.type == "identifier"), declaration)


def _declaration(node: Node) -> Declaration:
    kind = _KINDS[node.type]
    name = _name_node(node)
    if kind != "param":
        return Declaration(_text(name), kind, _line(node))
    values = [child for child in node.named_children if child.type not in {"identifier", "type", "ERROR"}]
    return Declaration(
        _text(name), kind, _line(node), required=not values, default=_literal(values[0]) if values else None
    )


def _literal(node: Node) -> str | None:
    if node.type in {"number", "boolean"}:
        return _text(node)
    if node.type == "string" and all(child.type == "string_content" for child in node.named_children):
        return "".join(_text(child) for child in node.named_children)
    return None


def _module(node: Node) -> Module:
    path = next((child for child in node.named_children if child.type == "string"), None)
    arguments: tuple[Name, ...] = ()
    for body in _descend(node):
        if (
            body.type == "object_property"
            and body.named_children
            and _text(body.named_children[0]) == "params"
        ):
            arguments = _keys(body.named_children[-1])
            break
    return Module(_text(_name_node(node)), _line(node), (_literal(path) or "") if path else "", arguments)


def _keys(node: Node) -> tuple[Name, ...]:
    properties = [child for child in node.named_children if child.type == "object_property"]
    return tuple(Name(_text(entry.named_children[0]).strip("'"), _line(entry)) for entry in properties)


def _free_names(declaration: Node) -> Iterator[Name]:
    """Names used in a declaration that must be declared elsewhere in the file."""
    # Bound names count for the whole declaration: the grammar ends a lambda's body too early to tell.
    bound = {
        _text(child) for node in _descend(declaration) if node.type in _BINDERS for child in _bound_by(node)
    }
    own = _name_node(declaration).id if declaration.type in _KINDS else None
    for node in _used_names(declaration):
        if node.id != own and _text(node) not in bound | _NAMESPACES:
            yield Name(_text(node), _line(node))


def _bound_by(node: Node) -> Iterator[Node]:
    match node.type:
        case "for_statement":
            initializer = node.child_by_field_name("initializer")
            if initializer is not None:
                yield initializer
        case "for_loop_parameters":
            yield from node.named_children
        case "parameters":
            yield from (parameter.named_children[0] for parameter in node.named_children)
        case _:
            first = node.named_children[0]
            yield from first.named_children if first.type == "parenthesized_expression" else [first]


def _used_names(node: Node) -> Iterator[Node]:
    if node.type == "identifier":
        yield node
        return
    skipped: Node | None = None
    if node.type == "object_property" and node.named_children[0].type == "identifier":
        skipped = node.named_children[0]
    elif node.type == "call_expression":
        function = node.child_by_field_name("function")
        skipped = function if function is not None and function.type == "identifier" else None
    elif node.type in {"metadata_declaration", "assert_statement"}:
        skipped = node.named_children[0]
    for child in node.named_children:
        if skipped is None or child.id != skipped.id:
            yield from _used_names(child)


def _output_references(root: Node) -> Iterator[tuple[str, Name]]:
    """Every ``module.outputs.name`` as the module's name and the output's."""
    for node in _descend(root):
        if node.type != "member_expression":
            continue
        inner = node.child_by_field_name("object")
        prop = node.child_by_field_name("property")
        if inner is None or prop is None or inner.type != "member_expression":
            continue
        owner, middle = inner.child_by_field_name("object"), inner.child_by_field_name("property")
        if owner is not None and middle is not None and _text(middle) == "outputs":
            yield _text(owner), Name(_text(prop), _line(node))
