"""The manifest: what it declares exists, and no two declarations collide."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest

from core.manifest import Function
from functions.manifest import FUNCTIONS, PROVISION

PACKAGE = Path(__file__).parents[1]

ALL = (*FUNCTIONS, PROVISION)
each = pytest.mark.parametrize("function", ALL, ids=lambda function: function.name)


def test_names_and_routes_are_unique() -> None:
    """Two functions of one name, or two for one route, could not be deployed."""
    names = [function.name for function in ALL]
    routes = [route for function in ALL for route in function.routes]
    assert (len(set(names)), len(set(routes))) == (len(names), len(routes))


@each
def test_a_name_fits_the_services_it_names_things_in(function: Function) -> None:
    """Names become parts of function, role and log group names."""
    assert re.fullmatch(r"[a-z](-?[a-z0-9]){1,39}", function.name)


@each
def test_the_handler_exists(function: Function) -> None:
    """The dotted path leads to something that can be called."""
    module, _, name = function.handler.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


@each
def test_the_handler_lies_in_a_folder_of_the_functions_name(function: Function) -> None:
    """A function is found by its name."""
    assert function.handler.startswith(f"functions.{function.name.replace('-', '_')}.")


@each
def test_the_extra_is_declared(function: Function) -> None:
    """What a bundle carries is an extra of this package."""
    declared = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert function.extra is None or function.extra in declared


@each
def test_the_limits_are_lambdas(function: Function) -> None:
    """Memory from 128 to 10,240 MB; an HTTP API waits 30 s at most (Lambda's and API Gateway's quotas)."""
    assert 128 <= function.memory <= 10_240
    assert 1 <= function.timeout <= (29 if function.routes else 900)


@each
def test_a_link_is_given_once(function: Function) -> None:
    """A function reaches a resource in one way."""
    links = [access.link.name for access in function.links]
    assert len(set(links)) == len(links)


def test_the_api_leads_to_no_provisioning() -> None:
    """It is none of the application's functions: nobody outside may reach it."""
    assert PROVISION not in FUNCTIONS
    assert PROVISION.routes == ()
