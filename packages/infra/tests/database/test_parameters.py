"""The parameter group, held against PostgreSQL 15 itself."""

import dataclasses
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from core import Resources
from core.connections.sign_in import password
from infra.database.parameters import PARAMETERS, Parameter
from local.stage import Stage

pytestmark = pytest.mark.engines

AT_START = {"max_connections", "shared_preload_libraries"}
"""What PostgreSQL reads when it starts, and no session can set."""
ENGINES_OWN = [parameter for parameter in PARAMETERS if not parameter.name.startswith("rds.")]

Row = dict[str, Any]


@pytest.fixture
def connection(stage: Stage) -> Iterator[psycopg.Connection[Row]]:
    """Return a connection as the superuser, who sees every parameter."""
    link = dataclasses.replace(stage.postgres(Resources.MyPostgres, "admin"), database="postgres")
    with closing(
        psycopg.Connection[Row].connect(
            host=link.host,
            port=link.port,
            dbname=link.database,
            user=link.user,
            password=password(link),
            autocommit=True,
            row_factory=dict_row,
        )
    ) as opened:
        yield opened


def setting(connection: psycopg.Connection[Row], name: str) -> Row:
    """Return what PostgreSQL says of one of its parameters."""
    found = connection.execute("SELECT * FROM pg_settings WHERE name = %s", [name]).fetchone()
    assert found is not None, f"PostgreSQL 15 has no parameter {name}"
    return found


@pytest.mark.parametrize("parameter", ENGINES_OWN, ids=lambda parameter: parameter.name)
def test_a_value_is_one_that_the_engine_takes(connection: psycopg.Connection[Row], parameter: Parameter) -> None:
    """PostgreSQL has the parameter, counts it in that unit, and takes the value: with another it would not start."""
    known = setting(connection, parameter.name)
    assert known["unit"] == parameter.unit
    match known["vartype"]:
        case "bool":
            assert parameter.value in {"0", "1"}
        case "enum":
            assert parameter.value in known["enumvals"]
        case "integer" | "real":
            assert float(known["min_val"]) <= float(parameter.value) <= float(known["max_val"])
        case _:
            assert known["name"] == "shared_preload_libraries"


@pytest.mark.parametrize("parameter", ENGINES_OWN, ids=lambda parameter: parameter.name)
def test_a_value_is_not_the_default(connection: psycopg.Connection[Row], parameter: Parameter) -> None:
    """A row that changes nothing would only look like tuning."""
    spelled = {"0": "off", "1": "on"} if setting(connection, parameter.name)["vartype"] == "bool" else {}
    default = setting(connection, parameter.name)["boot_val"]
    assert spelled.get(parameter.value, parameter.value) != default


@pytest.mark.parametrize(
    "parameter", [each for each in ENGINES_OWN if each.name not in AT_START], ids=lambda parameter: parameter.name
)
def test_a_value_can_be_set(connection: psycopg.Connection[Row], parameter: Parameter) -> None:
    """The engine's own parser reads the value as what is meant."""
    connection.execute("SELECT set_config(%s, %s, false)", [parameter.name, parameter.value])
    shown = setting(connection, parameter.name)["setting"]
    assert {"on": "1", "off": "0"}.get(shown, shown) == parameter.value


def test_the_library_is_there(connection: psycopg.Connection[Row]) -> None:
    """What is loaded at the start is a library of PostgreSQL 15, or it would not start."""
    (library,) = (each.value for each in PARAMETERS if each.name == "shared_preload_libraries")
    assert connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = %s", [library]).fetchone()


def test_the_pool_of_the_proxy_is_left_in_peace() -> None:
    """Nothing ends idle sessions or long statements for everybody: the proxy keeps idle ones, migrations take long."""
    names = {parameter.name for parameter in PARAMETERS}
    assert not names & {"idle_session_timeout", "statement_timeout", "lock_timeout", "log_statement"}
