"""Who lacks the tags of its stage, of all that can carry tags by CloudFormation's schemas."""

from collections.abc import Iterator
from typing import Final

from .model import Json, Resource, Templates, is_object
from .schemas import stack_tags_reach, tag_property

NAMES: Final = ("project", "environment")


def untagged(templates: Templates) -> Iterator[str]:
    """Report each resource that can carry tags and would not carry `project` and `environment` as they should be.

    The tags of the stack count where CloudFormation puts them on by itself, but no tag of the resource may say
    otherwise. What an Auto Scaling group starts is tagged by what the group says alone.
    """
    expected = {"project": "mocstack", "environment": templates.config.name}
    for resource in templates.all():
        property_ = tag_property(resource.type)
        if property_ is None:
            continue
        own = _read(resource.get(property_, []))
        carried = {**(templates.written.tags[resource.part] if stack_tags_reach(resource.type) else {}), **own}
        for name, value in expected.items():
            if carried.get(name) != value:
                yield f"{resource} has the tag {name}={carried.get(name)}, and should have {value}"
    yield from _launched(templates, expected)


def _launched(templates: Templates, expected: dict[str, str]) -> Iterator[str]:
    for group in templates.of("AWS::AutoScaling::AutoScalingGroup"):
        passed_on = _read([tag for tag in group.get("Tags", []) if tag.get("PropagateAtLaunch")])
        for name, value in expected.items():
            if passed_on.get(name) != value:
                yield f"the instances of {group} get no tag {name}"
    for template in templates.of("AWS::EC2::LaunchTemplate"):
        yield from _volumes(template, expected)


def _volumes(template: Resource, expected: dict[str, str]) -> Iterator[str]:
    given = template["LaunchTemplateData"].get("TagSpecifications", [])
    volumes = {
        name: value for each in given if each["ResourceType"] == "volume" for name, value in _read(each["Tags"]).items()
    }
    for name, value in expected.items():
        if volumes.get(name) != value:
            yield f"the volumes of {template} get no tag {name}"


def _read(tags: Json) -> dict[str, str]:
    """Return tags, which some types take as a list and others as an object."""
    if is_object(tags):
        return dict(tags)
    return {tag["Key"]: tag["Value"] for tag in tags}
