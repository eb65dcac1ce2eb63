"""That OpenSearch may write to the log groups of the stages: one policy for all of them.

CloudWatch Logs allows ten resource policies in a region, and the limit is fixed: one for each stage would soon be one
too many. It is not of any stage's template, so that no stage's removal takes it from the others.
"""

import json
from typing import Final

from botocore.exceptions import ClientError

from core.names import PROJECT
from core.sdk import Clients, error_code
from infra.log_group_names import VENDED

from .errors import TooManyLogsPoliciesError

LOGS_POLICY: Final = f"{PROJECT}-opensearch-logs"
"""Its name."""
GROUPS: Final = f"{VENDED}/{PROJECT}-*"
"""The log groups that it is for: those of every stage."""
_ACTIONS: Final = ("logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch")
"""What OpenSearch asks for before it makes a domain that logs (its documentation, Monitoring logs)."""


def put_logs_policy(account: str, clients: Clients) -> None:
    """Make the policy, or bring it to what it should be.

    Raises:
        TooManyLogsPoliciesError: the region has ten of others.
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    region = clients.logs.meta.region_name
    try:
        clients.logs.put_resource_policy(
            policyName=LOGS_POLICY, policyDocument=json.dumps(document(clients.logs.meta.partition, region, account))
        )
    except ClientError as error:
        if error_code(error) != "LimitExceededException":
            raise
        raise TooManyLogsPoliciesError(region) from error


def has_logs_policy(clients: Clients) -> bool:
    """Return whether the policy is there.

    Raises:
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    pages = clients.logs.get_paginator("describe_resource_policies").paginate()
    return any(policy.get("policyName") == LOGS_POLICY for page in pages for policy in page["resourcePolicies"])


def document(partition: str, region: str, account: str) -> dict[str, object]:
    """Return the policy: OpenSearch, on behalf of a domain of this account alone, and nobody else."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "es.amazonaws.com"},
                "Action": list(_ACTIONS),
                "Resource": f"arn:{partition}:logs:{region}:{account}:log-group:{GROUPS}:*",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account},
                    "ArnLike": {"aws:SourceArn": f"arn:{partition}:es:{region}:{account}:domain/*"},
                },
            }
        ],
    }
