"""What the studio changes of starlette-admin's looks: denser lists, and no red button but for deleting."""

from typing import ClassVar

from starlette_admin.theme import ClassMap, DefaultTheme


class _Classes(ClassMap):
    classes: ClassVar[dict[str, str]] = {
        "form.cancel_button": "btn",
        "list.table": "table table-sm table-vcenter card-table studio-list",
    }


class Theme(DefaultTheme):
    """The library's own theme, with classes of ours."""

    def get_class_map(self) -> ClassMap:
        """Return the classes that differ."""
        return _Classes()
