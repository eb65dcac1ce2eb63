"""The diagram in Mermaid's language."""

from sqlalchemy import MetaData

from .entities import Attribute, Reference, entities, references


def entity_diagram(schema: MetaData) -> str:
    """Return the diagram of a schema, as what a block `mermaid` holds."""
    lines = ["erDiagram", "    accTitle: The tables, their columns, and what refers to what"]
    for entity in entities(schema):
        lines += [f"    {entity.name} {{", *(f"        {_attribute(each)}" for each in entity.attributes), "    }"]
    return "\n".join([*lines, *(f"    {_reference(each)}" for each in references(schema))]) + "\n"


def _attribute(attribute: Attribute) -> str:
    remarks = [attribute.size, "null" if attribute.null else "", *attribute.unique]
    remark = "; ".join(filter(None, remarks))
    shown = f'"{remark}"' if remark else ""
    return " ".join(filter(None, (attribute.type, attribute.name, ", ".join(attribute.marks), shown)))


def _reference(reference: Reference) -> str:
    one = "|o" if reference.null else "||"
    return f'{reference.to} {one}--o{{ {reference.table} : "{reference.column}, on delete {reference.on_delete}"'
