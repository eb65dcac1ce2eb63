"""From a model to the fields that show it: an input for each column, a picker for each reference."""

from collections.abc import Iterator

from sqlalchemy import Boolean, Date, DateTime, Integer, Numeric, inspect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import ColumnProperty, Mapper, RelationshipProperty
from sqlalchemy.orm.interfaces import MANYTOONE
from starlette_admin.fields import BaseField, BooleanField

from .fields import Amount, Choice, Day, LongText, Moment, Picker, Tags, Text, Whole, yes_or_no
from .tables import OF, Table

_LONG = frozenset({"description", "notes", "reason"})
_LABELS = {
    "moc": "MOC",
    "moc_id": "MOC",
    "user_id": "User",
    "id": "Id",
    "image_url": "Image URL",
    "file_url": "File URL",
}


def label(name: str) -> str:
    """Return what an attribute is called."""
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def fields_of(table: Table) -> list[BaseField]:
    """Return the fields of a table: those that its list has, the others in the model's order, the id."""
    made = {field.name: field for field in _fields(table)}
    for name, field in made.items():
        field.label = label(name)
        field.exclude_from_list = name not in table.listed and name != "created_at"
    first, last = [made.pop(name) for name in table.listed], made.pop("id")
    return [*first, *made.values(), last]


def references(model: type) -> dict[str, RelationshipProperty[object]]:
    """Return the relationships of a model to the rows that it refers to, by the name of the column that does."""
    mapper: Mapper[object] = inspect(model)
    found: dict[str, RelationshipProperty[object]] = {}
    for relation in mapper.relationships:
        if relation.direction is MANYTOONE:
            (column,) = relation.local_columns
            found[str(column.key)] = relation
    return found


def _fields(table: Table) -> Iterator[BaseField]:
    mapper = inspect(table.model)
    refers = references(table.model)
    for attribute in mapper.column_attrs:
        relation = refers.get(attribute.key)
        yield _field(attribute, table) if relation is None else _picker(attribute, relation)


def _picker(attribute: ColumnProperty[object], relation: RelationshipProperty[object]) -> Picker:
    required = not attribute.columns[0].nullable
    return Picker(relation.key, key=OF[relation.mapper.local_table].key, column=attribute.key, required=required)


def _field(attribute: ColumnProperty[object], table: Table) -> BaseField:
    name, column = attribute.key, attribute.columns[0]
    field: BaseField
    match column.type:
        case _ if column.primary_key:
            return Text(name, exclude_from_create=True, exclude_from_edit=True)
        case DateTime():
            return Moment(name)
        case Boolean():
            return yes_or_no(name) if column.nullable else BooleanField(name)
        case Date():
            field = Day(name)
        case Integer():
            field = Whole(name)
        case Numeric(precision=int(digits), scale=int(places)):
            field = Amount(name, digits=digits, places=places)
        case JSONB():
            field = Tags(name)
        case _ if name in table.choices:
            field = Choice(name, choices=table.choices[name])
        case _:
            field = LongText(name) if name in _LONG else Text(name)
    field.required = not column.nullable
    return field
