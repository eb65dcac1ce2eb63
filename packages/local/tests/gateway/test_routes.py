"""Routes: which one a request takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.manifest import Function, Method, Route
from local.gateway.routes import Routes

PATHS = ("/", "/pets", "/pets/dog/1", "/pets/dog/{id}", "/pets/{proxy+}", "/{proxy+}", "/a/b/{y}", "/a/{x}/c")


def routes(*paths: str, method: Method = "GET") -> Routes:
    """Return the routes of a manifest with a function for each path, named like it."""
    return Routes(
        Function(name=path, handler="h.h", description="", routes=(Route(method, path),)) for path in reversed(paths)
    )


@pytest.mark.parametrize(
    ("path", "route", "parameters"),
    [
        ("/pets/dog/1", "/pets/dog/1", {}),
        ("/pets/dog/2", "/pets/dog/{id}", {"id": "2"}),
        ("/pets/cat/1", "/pets/{proxy+}", {"proxy": "cat/1"}),
        ("/pets/dog/2/tail", "/pets/{proxy+}", {"proxy": "dog/2/tail"}),
        ("/pets", "/pets", {}),
        ("/pets/", "/pets/{proxy+}", {"proxy": ""}),
        ("/test/5", "/{proxy+}", {"proxy": "test/5"}),
        ("/", "/", {}),
        ("/a/b/c", "/a/b/{y}", {"y": "c"}),
        ("/a/x/c", "/a/{x}/c", {"x": "x"}),
    ],
)
def test_the_most_specific_route_wins(path: str, route: str, parameters: dict[str, str]) -> None:
    """Literal segments come before variables, and these before a greedy one, in whatever order they are declared."""
    for ordered in (PATHS, tuple(reversed(PATHS))):
        match = routes(*ordered).match("GET", path)
        assert match is not None
        assert (match.function, match.route_key, match.parameters) == (route, f"GET {route}", parameters)


@pytest.mark.parametrize("path", ["/Pets", "/pets/", "/pets/1/2", "/pet", "//pets", ""])
def test_what_no_route_fits_is_not_matched(path: str) -> None:
    """A path matches as a whole, by case, and with its trailing slash."""
    assert routes("/pets", "/pets/{id}").match("GET", path) is None


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "get"])
def test_another_method_is_not_matched(method: str) -> None:
    """A route answers its method alone: a GET answers no HEAD, and nothing answers OPTIONS by itself."""
    assert routes("/pets").match(method, "/pets") is None


def test_one_path_may_have_a_function_for_each_method() -> None:
    """The method decides between routes on the same path."""
    functions = [
        Function(name=method, handler="h.h", description="", routes=(Route(method, "/pets/{id}"),))
        for method in ("GET", "PUT", "DELETE")
    ]
    match = Routes(functions).match("PUT", "/pets/1")
    assert match is not None
    assert match.function == "PUT"


@given(st.text(st.characters(exclude_characters="/"), min_size=1))
def test_a_variable_takes_any_segment_whole(value: str) -> None:
    """Whatever a segment holds is the variable's value."""
    match = routes("/mocs/{id}/parts").match("GET", f"/mocs/{value}/parts")
    assert match is not None
    assert match.parameters == {"id": value}
