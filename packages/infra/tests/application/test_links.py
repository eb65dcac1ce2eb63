"""Links: what functions find their resources by, and what their roles may do with them, is what the manifest says."""

from typing import Any

import pytest

from application.foundation import ACCOUNT, given
from application.manifest import MANIFEST
from application.reading import Case, function_of, permissions_of, role_of, variables_of
from core import Bucket, Iam, Link, OpenSearch, Postgres, Redis, Resources
from core.manifest import Function
from core.names import link_output
from infra.bundle import ROOTS_FILE

pytestmark = pytest.mark.slow

STAGES = ("dev", "production", "personal")
REGION = "us-east-1"

each = pytest.mark.parametrize("function", MANIFEST, ids=lambda function: function.name)


def decoded(link: Link[Any], text: str) -> object:
    """Return a link as the function reads it."""
    return link.kind.decode(link.name, text)


@pytest.mark.parametrize("stage", STAGES)
def test_a_function_reads_where_each_engine_is(case: Case, stage: str) -> None:
    """Core's own classes read every link: the foundation's resources, signed in to by IAM over verified TLS."""
    templates = case(stage)
    config, variables = templates.config, variables_of(function_of(templates, "reader"))
    exports = given(config)
    assert {link: decoded(link, variables[link.variable]) for link in Resources.declared()} == {
        Resources.MyPostgres: Postgres(
            host=exports["proxy-host"],
            port=5432,
            database="mocs",
            user="app",
            auth=Iam(),
            region=REGION,
            ca_file=ROOTS_FILE,
        ),
        Resources.MyRedis: Redis(
            host=exports["redis-host"],
            port=6379,
            user=f"mocstack-{config.name}-app",
            auth=Iam(),
            region=REGION,
            cluster=stage == "production",
            replication_group=f"mocstack-{config.name}",
            ca_file=ROOTS_FILE,
        ),
        Resources.MyOpenSearch: OpenSearch(
            host=exports["opensearch-host"], port=443, auth=Iam(), region=REGION, ca_file=ROOTS_FILE
        ),
        Resources.MyBucket: Bucket(name=f"lego-moc-files-{config.name}", region=REGION),
    }


@each
def test_a_function_has_the_links_it_declares(case: Case, function: Function) -> None:
    """A link that is not declared is not there: the handler's error says where to add it."""
    variables = variables_of(function_of(case("dev"), function.name))
    assert {name for name in variables if name.startswith("LINK_")} == {
        access.link.variable for access in function.links
    }


@pytest.mark.parametrize("name", ["night-watch", "provision"])
def test_the_owner_signs_in_as_the_master(case: Case, name: str) -> None:
    """The owner of the schema is the master user, by a token as everybody."""
    variables = variables_of(function_of(case("dev"), name))
    link = Resources.MyPostgres.kind.decode("MyPostgres", variables[Resources.MyPostgres.variable])
    assert (link.user, link.auth) == ("mocstack_owner", Iam())


def test_every_declared_link_is_told(case: Case) -> None:
    """The stack's outputs have each link that there is, as the application has it."""
    templates = case("dev")
    variables = variables_of(function_of(templates, "reader"))
    told = {link: templates.application.outputs[link_output(link.name)] for link in Resources.declared()}
    assert told == {link: variables[link.variable] for link in Resources.declared()}


SEARCH = f"arn:aws:es:{REGION}:{ACCOUNT}:domain/mocstack-dev-search"
BUCKET = "arn:aws:s3:::lego-moc-files-dev"
HEALTH = ("Allow", "es:ESHttpGet", f"{SEARCH}/_cluster/health")
QUESTIONS = ("_search", "_msearch", "_count", "_mget")

ALLOWED = {
    "reader": {
        ("Allow", "rds-db:connect", f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:prx-0123456789abcdef0/app"),
        ("Allow", "elasticache:Connect", f"arn:aws:elasticache:{REGION}:{ACCOUNT}:replicationgroup:mocstack-dev"),
        ("Allow", "elasticache:Connect", f"arn:aws:elasticache:{REGION}:{ACCOUNT}:user:mocstack-dev-app"),
        HEALTH,
        *(
            ("Allow", f"es:ESHttp{method}", f"{SEARCH}/{index}/{question}")
            for method in ("Get", "Post")
            for index in ("moc_instructions", "gallery_images")
            for question in QUESTIONS
        ),
        *(
            ("Allow", f"es:ESHttp{method}", f"{SEARCH}/{index}/_doc/*")
            for method in ("Get", "Head")
            for index in ("moc_instructions", "gallery_images")
        ),
        ("Allow", "s3:GetObject", f"{BUCKET}/mocs/*"),
        ("Allow", "s3:GetObject", f"{BUCKET}/previews/*"),
    },
    "writer": {
        ("Allow", "rds-db:connect", f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:prx-0123456789abcdef0/app"),
        HEALTH,
        *(
            ("Allow", f"es:ESHttp{method}", f"{SEARCH}/moc_instructions/{path}")
            for method in ("Post", "Put")
            for path in ("_bulk", "_doc", "_doc/*", "_create/*", "_update/*")
        ),
        ("Allow", "es:ESHttpDelete", f"{SEARCH}/moc_instructions/_doc/*"),
        ("Allow", "s3:PutObject", f"{BUCKET}/uploads/*"),
        ("Allow", "s3:DeleteObject", f"{BUCKET}/uploads/*"),
        ("Allow", "s3:DeleteObject", f"{BUCKET}/trash/*"),
    },
    "night-watch": {
        ("Allow", "rds-db:connect", f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:prx-0123456789abcdef0/mocstack_owner")
    },
    "alone": set[tuple[str, str, str]](),
}


@each
def test_a_role_may_do_what_the_links_declare(case: Case, function: Function) -> None:
    """Beside its place in the network and its log, a function may do what its links need, and nothing else."""
    permissions = permissions_of(role_of(case("dev"), function.name))
    own = {permission for permission in permissions if not permission[1].startswith(("ec2:", "logs:"))}
    assert own == ALLOWED[function.name]


def test_no_role_lists_a_bucket_or_administers_search(case: Case) -> None:
    """Paths of indexes begin with a name: none of them could be one of the cluster's own, or the security plugin's."""
    templates = case("dev")
    resources = {
        resource
        for function in MANIFEST
        for _, action, resource in permissions_of(role_of(templates, function.name))
        if action.startswith(("es:", "s3:"))
    }
    assert not {resource for resource in resources if resource in {SEARCH, BUCKET} or resource.endswith("/*/*")}
    assert {resource for resource in resources if resource.startswith(f"{SEARCH}/_")} == {f"{SEARCH}/_cluster/health"}
