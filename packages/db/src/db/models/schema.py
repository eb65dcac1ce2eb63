"""What every table has in common: the base class, the names of constraints, the types of columns."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import DateTime, FetchedValue, Integer, MetaData, Numeric, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""The names of constraints and indexes: what a migration drops, and what an error says was violated."""


class Base(DeclarativeBase):
    """The base of the models; `Base.metadata` is the schema."""

    metadata = MetaData(naming_convention=NAMING)
    # What the database fills in comes back with the statement that wrote the row, not by another one.
    __mapper_args__: Any = {"eager_defaults": True}  # noqa: RUF012  # SQLAlchemy's own name and form
    type_annotation_map = {  # noqa: RUF012  # likewise
        str: Text(),
        int: Integer(),
        datetime: DateTime(timezone=True),
        list[str]: JSONB(none_as_null=True),
    }


Id = Annotated[UUID, mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))]
"""A row's own number, made by the database."""
CreatedAt = Annotated[datetime, mapped_column(server_default=func.now())]
"""When the row was written."""
UpdatedAt = Annotated[datetime, mapped_column(server_default=func.now(), server_onupdate=FetchedValue())]
"""When the row was last changed: a trigger keeps it, whoever writes (see `triggers`)."""
Flag = Annotated[bool, mapped_column(server_default=text("false"))]
"""A yes or no that is no until someone says otherwise."""
Percentage = Annotated[Decimal, mapped_column(Numeric(5, 2))]
"""From 0 to 100, to the hundredth."""
Cost = Annotated[Decimal, mapped_column(Numeric(10, 2))]
"""An amount of money, to the cent."""
