"""What the lists can be filtered by: starlette-admin's filters, except where they would mislead.

Its text filters take `%` and `_` for wildcards, its times have no zone, and it knows nothing of tags and titles.
"""

from datetime import UTC, datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, not_
from sqlalchemy.orm import InstrumentedAttribute, RelationshipProperty
from starlette_admin.contrib.sqla import filters as library
from starlette_admin.fields import BaseField, DateTimeField, RelationField, StringField, TextAreaField
from starlette_admin.filters import FilterApplyContext, filters
from starlette_admin.filters.base import BaseFilter, FilterDataType, FilterValidationError

from .fields import Choice, Tags, as_id
from .queries import title_of

Filters = list[type[BaseFilter]]
_NULLS: Filters = [library.IsNullFilter, library.IsNotNullFilter]


def _column(ctx: FilterApplyContext) -> InstrumentedAttribute[Any]:
    model = getattr(ctx.view, "model")  # noqa: B009  # the library's base class does not declare it
    return getattr(model, ctx.field_name)


class Contains(library.ContainsFilter):
    """The text holds another, whatever the case."""

    def apply(self, ctx: FilterApplyContext) -> ColumnElement[bool]:
        """Return the condition."""
        return _column(ctx).icontains(ctx.value, autoescape=True)


class ContainsNot(library.NotContainsFilter):
    """The text does not hold another."""

    def apply(self, ctx: FilterApplyContext) -> ColumnElement[bool]:
        """Return the condition."""
        return not_(_column(ctx).icontains(ctx.value, autoescape=True))


class StartsWith(library.StartsWithFilter):
    """The text starts with another."""

    def apply(self, ctx: FilterApplyContext) -> ColumnElement[bool]:
        """Return the condition."""
        return _column(ctx).istartswith(ctx.value, autoescape=True)


class EndsWith(library.EndsWithFilter):
    """The text ends with another."""

    def apply(self, ctx: FilterApplyContext) -> ColumnElement[bool]:
        """Return the condition."""
        return _column(ctx).iendswith(ctx.value, autoescape=True)


class HasTag(BaseFilter):
    """The list holds a word."""

    name: ClassVar[str] = "has"
    label: ClassVar[str] = "Has"
    data_type: ClassVar[FilterDataType] = FilterDataType.STRING

    def apply(self, ctx: FilterApplyContext) -> ColumnElement[bool]:
        """Return the condition."""
        return _column(ctx).contains([ctx.value])


class TitleContains(BaseFilter):
    """The other row's title holds a text."""

    name: ClassVar[str] = "title"
    label: ClassVar[str] = "Title contains"
    data_type: ClassVar[FilterDataType] = FilterDataType.STRING

    def apply(self, ctx: FilterApplyContext) -> ColumnElement[bool]:
        """Return the condition."""
        relation = _column(ctx)
        return relation.has(
            title_of(cast("RelationshipProperty[object]", relation.property)).icontains(ctx.value, autoescape=True)
        )


class IsRow(BaseFilter):
    """The other row is that of an id."""

    name: ClassVar[str] = "is"
    label: ClassVar[str] = "Has the id"
    data_type: ClassVar[FilterDataType] = FilterDataType.STRING

    def parse_value(self, raw: str) -> UUID:
        """Return the id."""
        found = as_id(raw)
        if found is None:
            raise FilterValidationError(f"{raw!r} is no id")
        return found

    def apply(self, ctx: FilterApplyContext) -> ColumnElement[bool]:
        """Return the condition."""
        (column,) = _column(ctx).property.local_columns
        return column == ctx.value


class MomentBetween(library.DateTimeBetweenFilter):
    """The time lies between two of UTC."""

    def apply(self, ctx: FilterApplyContext) -> ColumnElement[bool]:
        """Return the condition."""
        return _column(ctx).between(_utc(ctx.value), _utc(ctx.value2))


def _utc(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


class Registry(library.SqlaFilterRegistry):
    """Which filters there are for which kind of field."""

    @filters(StringField)
    def string_filters(self, field: BaseField) -> Filters:
        """Return those of a line of text."""
        del field
        return [Contains, ContainsNot, StartsWith, EndsWith, library.EqualFilter, library.NotEqualFilter, *_NULLS]

    @filters(TextAreaField)
    def textarea_filters(self, field: BaseField) -> Filters:
        """Return those of a text of several lines."""
        del field
        return [Contains, ContainsNot, StartsWith, EndsWith, *_NULLS]

    @filters(Choice)
    def choice_filters(self, field: BaseField) -> Filters:
        """Return those of a few words, or of yes and no."""
        if isinstance(field, Choice) and field.coerce is not str:
            return [library.IsTrueFilter, library.IsFalseFilter, *_NULLS]
        return [library.EqualFilter, library.NotEqualFilter, library.InFilter, library.NotInFilter, *_NULLS]

    @filters(DateTimeField)
    def datetime_filters(self, field: BaseField) -> Filters:
        """Return those of a time; nobody looks for one to the microsecond."""
        del field
        return [MomentBetween]

    @filters(Tags)
    def tag_filters(self, field: BaseField) -> Filters:
        """Return those of a list of words."""
        del field
        return [HasTag, *_NULLS]

    @filters(RelationField)
    def relation_filters(self, field: BaseField) -> Filters:
        """Return those of another row."""
        del field
        return [TitleContains, IsRow, *_NULLS]
