"""What several criteria ask of a part: where it lies, which functions the manifest has, what a link says."""

import json
from collections.abc import Sequence

from core import Resources
from functions.manifest import FUNCTIONS
from templates.model import Properties, Resource, Templates
from templates.placement import parties
from templates.routes import subnets

from .finding import Findings


def in_private_subnets(templates: Templates, name: str, blocks: Sequence[str], *, zones: int = 2) -> Findings:
    """Report a part that is not in the private subnets of as many zones as it should be."""
    known = subnets(templates)
    for party in parties(templates):
        if party.name == name:
            homes = sorted(str(known[id_].cidr) for id_ in party.subnets)
            if not set(homes) <= set(blocks) or len(homes) != zones:
                yield f"{name} is in {homes}: {zones} of the private subnets {list(blocks)} were asked for"
            if party.public or (party.public is None and any(known[id_].gives_addresses for id_ in party.subnets)):
                yield f"{name} has a public address"
            return
    yield f"there is no {name}"


def manifest_functions(templates: Templates) -> list[Resource]:
    """Return the functions of the manifest, without the provision function.

    Raises:
        LookupError: one is missing.
    """
    return [function_named(templates, function.name) for function in FUNCTIONS]


def function_named(templates: Templates, name: str) -> Resource:
    """Return a function by its name in the manifest.

    Raises:
        LookupError: it is not there.
    """
    return templates.by_ref(templates.config.named(name), "AWS::Lambda::Function")


def link_of(function: Resource, name: str) -> Properties:
    """Return a link that a function is given, as its kind reads it.

    Raises:
        LookupError: the function is not given it.
        MalformedLinkError: it would be refused at run time.
    """
    link = next(each for each in Resources.declared() if each.name == name)
    text = function["Environment"]["Variables"][link.variable]
    link.kind.decode(name, text)
    return json.loads(text)
