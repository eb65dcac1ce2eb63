"""What can go wrong with reading a schema, or making one of the models. None tells a value of a row."""

from db.errors import DbError


class ComparingError(DbError):
    """Anything that comparing schemas raises by itself."""


class ModelsError(ComparingError):
    """PostgreSQL, or SQLAlchemy, does not take the models."""

    def __init__(self, said: str) -> None:
        super().__init__(f"the models can't be put into a database: {said}")


class UnreadableError(ComparingError):
    """The schema of a database can't be read, or what makes it another can't be told."""

    def __init__(self, said: str) -> None:
        super().__init__(f"the schema of the database can't be compared: {said}")
