"""1.5 OpenSearch."""

import re
from typing import Final

from templates.model import Templates
from templates.policies import Call, possibly, read_policy, surely
from templates.reachability import connections
from templates.roles import roles

from .finding import Findings, differs
from .network import PRIVATE
from .parts import function_named, in_private_subnets, link_of, manifest_functions

_DOMAIN: Final = "AWS::OpenSearchService::Domain"
_CLASSES: Final = {"dev": "t3.small.search", "staging": "t3.small.search", "production": "r6g.large.search"}
_SHA256: Final = re.compile("[0-9a-f]{64}")
_MAY_REACH: Final = ("function ", "bastion")


def domain(templates: Templates) -> Findings:
    """1.5.1: OpenSearch 2 in the private subnets, of one zone for one node and of both for two; encrypted, TLS only."""
    made = templates.only(_DOMAIN)
    if not made["EngineVersion"].startswith("OpenSearch_2."):
        yield f"the version is {made['EngineVersion']}"
    two = templates.config.sizing == "production"
    yield from in_private_subnets(templates, "opensearch", PRIVATE, zones=2 if two else 1)
    cluster = made["ClusterConfig"]
    yield from differs("the number of data nodes", cluster["InstanceCount"], 2 if two else 1)
    yield from differs("zone awareness", cluster.get("ZoneAwarenessEnabled", False), two)
    if two:
        yield from differs("the zones", cluster["ZoneAwarenessConfig"], {"AvailabilityZoneCount": 2})
    yield from differs("a standby", cluster.get("MultiAZWithStandbyEnabled", False), expected=False)
    yield from differs("encryption at rest", made["EncryptionAtRestOptions"].get("Enabled"), expected=True)
    yield from differs("encryption between nodes", made["NodeToNodeEncryptionOptions"].get("Enabled"), expected=True)
    yield from differs("HTTPS only", made["DomainEndpointOptions"].get("EnforceHTTPS"), expected=True)
    if not made["DomainEndpointOptions"]["TLSSecurityPolicy"].startswith("Policy-Min-TLS-1-2"):
        yield f"TLS is {made['DomainEndpointOptions']['TLSSecurityPolicy']}"


def sizes(templates: Templates) -> Findings:
    """1.5.2: the data nodes' type by stage."""
    yield from differs(
        "the type", templates.only(_DOMAIN)["ClusterConfig"]["InstanceType"], _CLASSES[templates.config.sizing]
    )


def functions_only(templates: Templates) -> Findings:
    """1.5.3: reachable from the functions' group only; from the bastion by its switch."""
    for connection in sorted(connections(templates)):
        if connection.target == "opensearch" and not connection.origin.startswith(_MAY_REACH):
            yield f"possible, and should not be: {connection}"


def access(templates: Templates) -> Findings:
    """1.5.4: IAM and fine-grained access control: the provision role is master, no passwords, nothing unsigned."""
    made = templates.only(_DOMAIN)
    options = made["AdvancedSecurityOptions"]
    yield from differs("fine-grained access control", options.get("Enabled"), expected=True)
    yield from differs("users of its own", options.get("InternalUserDatabaseEnabled", False), expected=False)
    provision = function_named(templates, "provision")
    yield from differs("the master", options["MasterUserOptions"], {"MasterUserARN": provision["Role"]})
    if options.get("AnonymousAuthEnabled"):
        yield "anonymous requests are let in"
    policy = read_policy(made["AccessPolicies"])
    url = f"{made.attribute('Arn')}/_cluster/health"
    if possibly(policy, Call("es:ESHttpGet", url, principal="*")) or any("*" in (s.principals or ()) for s in policy):
        yield "the access policy lets everybody in"
    account = made.attribute("Arn").split(":")[4]
    if not surely(policy, Call("es:ESHttpGet", url, principal=f"arn:aws:iam::{account}:root")):
        yield "the access policy does not let the account in"


def templates_applied(templates: Templates) -> Findings:
    """1.5.5, here: the deployment provisions before anything uses the engines, and again with new code."""
    resource = templates.only("Custom::Provision")
    provision, stack = function_named(templates, "provision"), templates.application.resources
    for function in manifest_functions(templates):
        if resource.id not in function.body.get("DependsOn", []):
            yield f"{function} does not wait for provisioning"
    handlers = [each for each in stack.values() if each.type == "AWS::Lambda::Function"]
    token = next((each for each in handlers if each.attribute("Arn") == resource["ServiceToken"]), None)
    if token is None:
        yield f"nothing answers to the custom resource's token {resource['ServiceToken']}"
    elif not surely(
        roles(templates)[token["Role"]].statements, Call("lambda:InvokeFunction", provision.attribute("Arn"))
    ):
        yield "the framework may not invoke the provision function"
    if not _SHA256.fullmatch(resource.get("Bundle", "")):
        yield "the custom resource does not name the provision bundle's hash: new code would not run"
    if int(resource.get("ServiceTimeout", 3600)) > 900:
        yield "CloudFormation waits an hour for provisioning that died"
    if provision["Timeout"] >= int(token["Timeout"] if token else 0):
        yield "the provision function runs as long as the framework that waits for it"


def link(templates: Templates) -> Findings:
    """1.5.6: `Resource.MyOpenSearch` gives the endpoint, by IAM over verified TLS."""
    for function in manifest_functions(templates):
        given = link_of(function, "MyOpenSearch")
        yield from differs("the link's host", given["host"], templates.only(_DOMAIN).attribute("DomainEndpoint"))
        yield from differs("the link's port", given["port"], 443)
        yield from differs("the link's auth", given["auth"], "iam")
        if not given["ca_file"]:
            yield "the link asks for no TLS"


def masters(templates: Templates) -> Findings:
    """1.5.7: dedicated master nodes in production: three, of the data nodes' architecture."""
    cluster = templates.only(_DOMAIN)["ClusterConfig"]
    production = templates.config.sizing == "production"
    yield from differs("dedicated masters", cluster.get("DedicatedMasterEnabled", False), production)
    if production:
        yield from differs("the number of masters", cluster.get("DedicatedMasterCount"), 3)
        yield from differs("the masters' type", cluster.get("DedicatedMasterType"), "m6g.large.search")


def updates(templates: Templates) -> Findings:
    """1.5 beyond its numbers: updates come by themselves, in quiet hours, and a new version keeps the data."""
    made = templates.only(_DOMAIN)
    window, software = made.get("OffPeakWindowOptions", {}), made.get("SoftwareUpdateOptions", {})
    yield from differs("the quiet hours", window.get("Enabled", False), expected=True)
    hour = window.get("OffPeakWindow", {}).get("WindowStartTime", {}).get("Hours")
    if hour is None or not 0 <= hour <= 6:
        yield f"the quiet hours begin at {hour} UTC"
    yield from differs("updates of the service", software.get("AutoSoftwareUpdateEnabled", False), expected=True)
    policy = made.body.get("UpdatePolicy", {})
    yield from differs("an upgrade in place", policy.get("EnableVersionUpgrade", False), expected=True)


def logs(templates: Templates) -> Findings:
    """1.5 beyond its numbers: slow requests and errors are logged, to groups that the shared policy covers."""
    made = templates.only(_DOMAIN)
    groups = {each.attribute("Arn") for each in templates.of("AWS::Logs::LogGroup")}
    for kind in ("SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS", "ES_APPLICATION_LOGS"):
        given = made["LogPublishingOptions"].get(kind, {})
        if not given.get("Enabled") or given.get("CloudWatchLogsLogGroupArn") not in groups:
            yield f"{kind} goes nowhere: {given}"
    for policy in templates.of("AWS::Logs::ResourcePolicy"):
        yield f"{policy}: a region has 10 of those; bootstrap makes the one that all stages share"
