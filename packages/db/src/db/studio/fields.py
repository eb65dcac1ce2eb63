"""The inputs of the studio's forms.

What can't be read stays the text that was typed: it comes back with the form, and with the reason. An empty input
is NULL.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette_admin.fields import (
    DateField,
    DateTimeField,
    DecimalField,
    EnumField,
    HasOne,
    IntegerField,
    StringField,
    TagsField,
    TextAreaField,
)

Typed = Any
"""What an input was read as: its own type, the text that it could not make sense of, or None."""
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_LARGEST: Final = 2**31 - 1
"""PostgreSQL's integer has 32 bits."""
_NUL = "\0"


def typed(form: FormData, name: str) -> str | None:
    """Return what was typed into an input; None for nothing."""
    value = form.get(name)
    return value.replace("\r\n", "\n") if isinstance(value, str) and value else None


def _check_text(value: object) -> None:
    if isinstance(value, str) and _NUL in value:
        raise ValueError("A text can't hold the character NUL (0).")


class _Storable:
    """Reads a text, and refuses what PostgreSQL can't store: to be mixed into a field.

    It is no field itself: a dataclass takes the defaults of each base, and one that comes first would win with the
    library's plainest.
    """

    id: str

    async def parse_form_data(self, request: Request, form_data: FormData) -> str | None:
        """Return the text; None for none."""
        del request
        return typed(form_data, self.id)

    async def validate(self, request: Request, value: Typed, form_values: dict[str, Any]) -> None:
        """Refuse what the field refuses, and what PostgreSQL can't store."""
        await super().validate(request, value, form_values)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # the field's
        _check_text(value)


@dataclass
class Text(_Storable, StringField):
    """A line of text."""


@dataclass
class LongText(_Storable, TextAreaField):
    """A text of several lines."""

    rows: int = 3


@dataclass
class Whole(IntegerField):
    """A whole number of 32 bits."""

    input_type: str = "text"  # a browser would show no number that it can't read

    async def parse_form_data(self, request: Request, form_data: FormData) -> Typed:
        """Return the number, or the text if it is none; None for nothing."""
        del request
        text = typed(form_data, self.id)
        return int(text) if text is not None and _is(_INTEGER, text) else text

    async def validate(self, request: Request, value: Typed, form_values: dict[str, Any]) -> None:
        """Refuse what is no such number."""
        await super().validate(request, value, form_values)
        if isinstance(value, str):
            raise ValueError(f"“{value}” is no whole number.")  # noqa: TRY004  # what the library takes for refusal
        if value is not None and not -_LARGEST - 1 <= value <= _LARGEST:
            raise ValueError(f"The number must lie between {-_LARGEST - 1} and {_LARGEST}.")


@dataclass
class Amount(DecimalField):
    """A number with a fixed count of digits.

    Attributes:
        digits: how many there may be.
        places: how many of them stand after the point.
    """

    digits: int = 10
    places: int = 2
    input_type: str = "text"  # likewise

    async def parse_form_data(self, request: Request, form_data: FormData) -> Typed:
        """Return the number, or the text if it is none; None for nothing."""
        del request
        text = typed(form_data, self.id)
        return Decimal(text) if text is not None and _is(_NUMBER, text) else text

    async def validate(self, request: Request, value: Typed, form_values: dict[str, Any]) -> None:
        """Refuse what is no such number, instead of rounding it."""
        await super().validate(request, value, form_values)
        if isinstance(value, str):
            raise ValueError(f"“{value}” is no number.")  # noqa: TRY004  # likewise
        if value is None:
            return
        if round(value, self.places) != value:
            raise ValueError(f"At most {self.places} digits may stand after the point.")
        if abs(value) >= 10 ** (self.digits - self.places):
            raise ValueError(f"At most {self.digits - self.places} digits may stand before the point.")


@dataclass
class Day(DateField):
    """A date, in the browser's own input."""

    class_: str = "form-control"

    async def parse_form_data(self, request: Request, form_data: FormData) -> Typed:
        """Return the date, or the text if it is none; None for nothing."""
        del request
        text = typed(form_data, self.id)
        try:
            return date.fromisoformat(text) if text is not None else None
        except ValueError:
            return text

    async def validate(self, request: Request, value: Typed, form_values: dict[str, Any]) -> None:
        """Refuse what is no date."""
        await super().validate(request, value, form_values)
        if isinstance(value, str):
            raise ValueError(f"“{value}” is no date: write it as 2026-01-31.")  # noqa: TRY004  # likewise

    async def serialize_value(self, request: Request, value: date) -> str:
        """Return the date in ISO's form."""
        del request
        return value.isoformat()

    def additional_css_links(self, request: Request) -> list[str]:
        """Return nothing: the browser brings what a date takes."""
        del request
        return []

    additional_js_links = additional_css_links


@dataclass
class Moment(DateTimeField):
    """A time that the database has noted: it is shown, and never typed."""

    exclude_from_create: bool | None = True
    exclude_from_edit: bool | None = True

    async def serialize_value(self, request: Request, value: datetime) -> str:
        """Return the time in UTC, to the second."""
        del request
        return as_moment(value)


def as_moment(value: datetime) -> str:
    """Return a time in UTC, to the second, for a person."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


@dataclass
class Choice(EnumField):
    """One of a few words."""

    async def validate(self, request: Request, value: Typed, form_values: dict[str, Any]) -> None:
        """Refuse any other word."""
        await super().validate(request, value, form_values)
        labels: dict[object, str] = dict(self._get_choices(request))
        if value is not None and value not in labels:
            raise ValueError(f"“{value}” is none of {', '.join(labels.values())}.")


def yes_or_no(name: str) -> Choice:
    """Return the input of a boolean that may also be unknown."""
    known = {"True": True, "False": False}
    return Choice(name, choices=[(True, "yes"), (False, "no")], coerce=lambda text: known.get(text, text))


@dataclass
class Tags(TagsField):
    """A list of words, each typed by itself."""

    async def parse_form_data(self, request: Request, form_data: FormData) -> Typed:
        """Return the words; None for none."""
        del request
        words = [word for word in form_data.getlist(self.id) if isinstance(word, str) and word]
        return list(dict.fromkeys(words)) or None

    async def validate(self, request: Request, value: Typed, form_values: dict[str, Any]) -> None:
        """Refuse what PostgreSQL can't store."""
        await super().validate(request, value, form_values)
        for word in value or ():
            _check_text(word)

    async def serialize_value(self, request: Request, value: object) -> list[str]:
        """Return the words; what someone has put there that is no list of words is shown as JSON."""
        del request
        items = cast("list[object]", value) if isinstance(value, list) else [value]
        return [item if isinstance(item, str) else json.dumps(item) for item in items]


@dataclass
class Picker(HasOne):
    """A row of another table, found by its title.

    Attributes:
        column: the attribute that holds the other row's id.
    """

    column: str = ""

    async def parse_form_data(self, request: Request, form_data: FormData) -> str | None:
        """Return the id of the row as text; None for none."""
        del request
        return typed(form_data, self.id)

    async def validate(self, request: Request, value: Typed, form_values: dict[str, Any]) -> None:
        """Refuse what can't be an id."""
        await super().validate(request, value, form_values)
        if value is not None and as_id(value) is None:
            raise ValueError("Choose one of the list.")


def as_id(text: object) -> UUID | None:
    """Return the id that a text stands for; None if it is none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _is(form: re.Pattern[str], text: str) -> bool:
    return form.fullmatch(text) is not None and len(text) <= _LONGEST


_LONGEST: Final = 100
"""Characters of a number: Python reads none of more than 4300 digits."""
