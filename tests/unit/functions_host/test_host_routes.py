"""Route templates: what they accept, what they hand over, and which of two is taken."""

from __future__ import annotations

import pytest

from local.functions_host.routes import Route, RouteTable, parse_template

GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        pytest.param("health", "health", {}, id="literal"),
        pytest.param("Health", "/hEALTH", {}, id="literals-compare-without-case"),
        pytest.param("health", "health/", {}, id="one-trailing-slash-is-ignored"),
        pytest.param("health", "health//", None, id="two-trailing-slashes-are-not"),
        pytest.param("health", "healthy", None, id="whole-segments-only"),
        pytest.param("health", "health/detail", None, id="too-many-segments"),
        pytest.param("", "", {}, id="root"),
        pytest.param("cv/{id}", "cv/17", {"id": "17"}, id="parameter"),
        pytest.param("cv/{id}", "cv", None, id="parameter-missing"),
        pytest.param("cv/{id}", "cv//", None, id="parameter-empty"),
        pytest.param("cv/{id}", "cv/M%C3%BCller%20x", {"id": "Müller x"}, id="percent-decoded"),
        pytest.param("cv/{id}", "cv/a%2Fb", {"id": "a%2Fb"}, id="an-encoded-slash-stays-encoded"),
        pytest.param("cv/{id?}", "cv", {}, id="optional-absent"),
        pytest.param("cv/{id?}", "cv/3", {"id": "3"}, id="optional-present"),
        pytest.param("cv/{id:int?}", "cv/x", None, id="optional-still-constrained"),
        pytest.param("cv/{page=1}", "cv", {"page": "1"}, id="default"),
        pytest.param("cv/{page:int=1}", "cv/4", {"page": "4"}, id="default-not-needed"),
        pytest.param("files/{*rest}", "files/a/b/c.txt", {"rest": "a/b/c.txt"}, id="catch-all"),
        pytest.param("files/{**rest}", "files/a/b", {"rest": "a/b"}, id="catch-all-two-stars"),
        pytest.param("files/{*rest}", "files", {}, id="catch-all-may-be-empty"),
        pytest.param("{*rest}", "", {}, id="catch-all-at-root"),
        pytest.param("v{major}.{minor}/x", "v1.2/x", {"major": "1", "minor": "2"}, id="mixed-segment"),
        pytest.param(
            "{name}.{ext}", "cv.final.pdf", {"name": "cv.final", "ext": "pdf"}, id="last-dot-divides"
        ),
        pytest.param("{a:int}-{b:alpha}", "12-xy", {"a": "12", "b": "xy"}, id="mixed-constrained"),
        pytest.param("{a:int}-{b:alpha}", "12-x1", None, id="mixed-constrained-refused"),
        pytest.param("a{{b}}", "a{b}", {}, id="escaped-braces"),
        pytest.param("x/{id:int:min(10)}", "x/9", None, id="two-constraints-second-refuses"),
        pytest.param("x/{id:int:min(10)}", "x/10", {"id": "10"}, id="two-constraints"),
        pytest.param(r"x/{id:regex(^\d{{2}}/?$)}", "x/42", {"id": "42"}, id="regex-with-braces-and-slash"),
        pytest.param(r"x/{id:regex(^(a|b)$)?}", "x/B", {"id": "B"}, id="regex-ignores-case"),
        pytest.param("x/{id:regex(b)}", "x/abc", {"id": "abc"}, id="regex-is-not-anchored"),
    ],
)
def test_a_template_accepts_the_paths_aspnet_accepts(
    template: str, path: str, expected: dict[str, str] | None
) -> None:
    """A template accepts these paths and hands over their parameters."""
    assert parse_template(template).match(path) == expected


@pytest.mark.parametrize(
    ("constraint", "accepted", "refused"),
    [
        pytest.param("int", ["0", "-7", "2147483647"], ["2147483648", "1.5", "x"], id="int"),
        pytest.param("long", ["2147483648", "-9223372036854775808"], ["9223372036854775808"], id="long"),
        pytest.param("guid", [GUID, GUID.upper(), GUID.replace("-", "")], [GUID[:-1], "17"], id="guid"),
        pytest.param("bool", ["true", "False"], ["1", "yes"], id="bool"),
        pytest.param("alpha", ["abcXYZ"], ["abc1", "ä"], id="alpha"),
        pytest.param("decimal", ["1.5", "-.5"], ["1e3", "x"], id="decimal"),
        pytest.param("double", ["1.5", "1e3"], ["x"], id="double"),
        pytest.param("datetime", ["2024-02-29", "2024-02-29T10:00:00"], ["2023-02-29", "x"], id="datetime"),
        pytest.param("minlength(3)", ["abc"], ["ab"], id="minlength"),
        pytest.param("maxlength(3)", ["abc"], ["abcd"], id="maxlength"),
        pytest.param("length(2)", ["ab"], ["a", "abc"], id="length"),
        pytest.param("length(2,3)", ["ab", "abc"], ["a", "abcd"], id="length-range"),
        pytest.param("min(5)", ["5"], ["4", "x"], id="min"),
        pytest.param("max(5)", ["5", "-1"], ["6", "x"], id="max"),
        pytest.param("range(1,3)", ["1", "3"], ["0", "4"], id="range"),
        pytest.param("file", ["cv.pdf"], ["cv", "cv."], id="file"),
        pytest.param("nonfile", ["cv"], ["cv.pdf"], id="nonfile"),
        pytest.param("required", ["x"], [], id="required"),
    ],
)
def test_a_constraint_decides_as_aspnet_does(
    constraint: str, accepted: list[str], refused: list[str]
) -> None:
    """Each constraint accepts and refuses these values."""
    template = parse_template(f"{{value:{constraint}}}")
    assert [value for value in accepted if template.match(value) is None] == []
    assert [value for value in refused if template.match(value) is not None] == []


@pytest.mark.parametrize(
    "template",
    [
        *("cv/{id", "cv/id}", "cv//x", "{a}/{a}", "{a}/{A}", "{*rest}/x", "{a?}/x", "{}", "{a:nope}"),
        *("{a:min(x)}", "{a:length(1,2,3)}", "{a:regex(()}", "{a:regex([)}", "x{a?}", "{a b}"),
    ],
)
def test_a_wrong_template_is_refused(template: str) -> None:
    """A template that cannot be meant stops the start."""
    with pytest.raises(ValueError, match=r"."):
        parse_template(template)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("cv/detail", "literal", id="literal-first"),
        pytest.param("cv/17", "int", id="constrained-before-free"),
        pytest.param("cv/x", "free", id="free-before-catch-all"),
        pytest.param("cv/x/y", "rest", id="catch-all-last"),
    ],
)
def test_the_more_specific_route_is_taken_whatever_the_order(path: str, expected: str) -> None:
    """Literals win over constraints, those over free parameters, those over catch-alls."""
    templates = {"rest": "cv/{*rest}", "free": "cv/{id}", "int": "cv/{id:int}", "literal": "cv/detail"}
    table = RouteTable(Route(parse_template(text), frozenset(), name) for name, text in templates.items())
    found = table.find("GET", path)
    assert found is not None
    assert found[0] == expected


def test_the_method_is_part_of_the_route() -> None:
    """Two functions may share a path; a method none of them takes is like an unknown path (404, not 405)."""
    table = RouteTable(
        [
            Route(parse_template("cv/{id}"), frozenset({"GET"}), "read"),
            Route(parse_template("cv/{id}"), frozenset({"DELETE"}), "erase"),
        ]
    )
    assert table.find("get", "cv/1") == ("read", {"id": "1"})
    assert table.find("DELETE", "cv/1") == ("erase", {"id": "1"})
    assert table.find("PUT", "cv/1") is None
    assert table.find("HEAD", "cv/1") is None


def test_no_methods_means_every_method() -> None:
    """A function without methods takes all of them."""
    table = RouteTable([Route(parse_template("any"), frozenset(), "any")])
    assert table.find("PURGE", "any") == ("any", {})
