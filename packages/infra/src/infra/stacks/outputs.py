"""What the application stack tells of itself: its address, and what a person's commands need.

The commands find outputs by their names, which are in `core.names`.
"""

from aws_cdk import CfnOutput, Stack

from core.names import API_URL_OUTPUT, PROVISION_FUNCTION_OUTPUT, link_output
from infra.api import Api
from infra.links import CLIENT, Links
from infra.provisioning import Provisioning


def give_outputs(stack: Stack, *, api: Api, provisioning: Provisioning, links: Links) -> None:
    """Add the outputs of the application stack: none of them is secret."""
    _output(stack, API_URL_OUTPUT, api.url, "Where the HTTP API is")
    _output(stack, PROVISION_FUNCTION_OUTPUT, provisioning.function.function_name, "The function that migrates")
    for access in CLIENT:
        link = access.link
        _output(stack, link_output(link.name), links.environment(access)[link.variable], f"The link {link.name}")


def _output(stack: Stack, name: str, value: str, description: str) -> None:
    CfnOutput(stack, name, value=value, description=description)
