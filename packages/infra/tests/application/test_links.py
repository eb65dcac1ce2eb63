"""Links: what functions find their resources by, and what their roles may do with them, is what the manifest says."""

from collections.abc import Mapping
from typing import Any

import pytest

from application.reading import Permission, account_of, exported, function_of, permissions_of, role_of, variables_of
from core import Bucket, Iam, Link, OpenSearch, Postgres, Redis, Resources
from core.manifest import Function
from core.names import link_output
from infra.bundle import ROOTS_FILE
from templates.made import TemplatesOf
from templates.manifest import MADE_UP
from templates.model import Templates

pytestmark = pytest.mark.slow

STAGES = ("dev", "production", "personal")

each = pytest.mark.parametrize("function", MADE_UP, ids=lambda function: function.name)


def decoded(link: Link[Any], text: str) -> object:
    """Return a link as the function reads it."""
    return link.kind.decode(link.name, text)


@pytest.mark.parametrize("stage", STAGES)
def test_a_function_reads_where_each_engine_is(templates_of: TemplatesOf, stage: str) -> None:
    """Core's own classes read every link: the foundation's resources, signed in to by IAM over verified TLS."""
    templates = templates_of(f"made-{stage}")
    config, variables = templates.config, variables_of(function_of(templates, "reader"))
    assert {link: decoded(link, variables[link.variable]) for link in Resources.declared()} == {
        Resources.MyPostgres: Postgres(
            host=exported(templates, "proxy-host"),
            port=5432,
            database="mocs",
            user="app",
            auth=Iam(),
            region=config.region,
            ca_file=ROOTS_FILE,
        ),
        Resources.MyRedis: Redis(
            host=exported(templates, "redis-host"),
            port=6379,
            user=f"mocstack-{config.name}-app",
            auth=Iam(),
            region=config.region,
            cluster=stage == "production",
            replication_group=f"mocstack-{config.name}",
            ca_file=ROOTS_FILE,
        ),
        Resources.MyOpenSearch: OpenSearch(
            host=exported(templates, "opensearch-host"), port=443, auth=Iam(), region=config.region, ca_file=ROOTS_FILE
        ),
        Resources.MyBucket: Bucket(name=f"lego-moc-files-{config.name}", region=config.region),
    }


@each
def test_a_function_has_the_links_it_declares(templates_of: TemplatesOf, function: Function) -> None:
    """A link that is not declared is not there: the handler's error says where to add it."""
    variables = variables_of(function_of(templates_of("made-dev"), function.name))
    assert {name for name in variables if name.startswith("LINK_")} == {
        access.link.variable for access in function.links
    }


@pytest.mark.parametrize("name", ["night-watch", "provision"])
def test_the_owner_signs_in_as_the_master(templates_of: TemplatesOf, name: str) -> None:
    """The owner of the schema is the master user, by a token as everybody."""
    variables = variables_of(function_of(templates_of("made-dev"), name))
    link = Resources.MyPostgres.kind.decode("MyPostgres", variables[Resources.MyPostgres.variable])
    assert (link.user, link.auth) == ("mocstack_owner", Iam())


def test_every_declared_link_is_told(templates_of: TemplatesOf) -> None:
    """The stack's outputs have each link that there is, as the application has it."""
    templates = templates_of("made-dev")
    variables = variables_of(function_of(templates, "reader"))
    told = {link: templates.application.outputs[link_output(link.name)] for link in Resources.declared()}
    assert told == {link: variables[link.variable] for link in Resources.declared()}


BUCKET = "arn:aws:s3:::lego-moc-files-dev"
QUESTIONS = ("_search", "_msearch", "_count", "_mget")


def allowed(templates: Templates) -> Mapping[str, set[Permission]]:
    """Return what each function of the manifest may do in dev, beside its place in the network and its log."""
    where = account_of(templates)
    search = search_of(templates)
    sign_in = f"arn:aws:rds-db:{where}:dbuser:{exported(templates, 'proxy-id')}"
    health = ("Allow", "es:ESHttpGet", f"{search}/_cluster/health")
    return {
        "reader": {
            ("Allow", "rds-db:connect", f"{sign_in}/app"),
            ("Allow", "elasticache:Connect", f"arn:aws:elasticache:{where}:replicationgroup:mocstack-dev"),
            ("Allow", "elasticache:Connect", f"arn:aws:elasticache:{where}:user:mocstack-dev-app"),
            health,
            *(
                ("Allow", f"es:ESHttp{method}", f"{search}/{index}/{question}")
                for method in ("Get", "Post")
                for index in ("moc_instructions", "gallery_images")
                for question in QUESTIONS
            ),
            *(
                ("Allow", f"es:ESHttp{method}", f"{search}/{index}/_doc/*")
                for method in ("Get", "Head")
                for index in ("moc_instructions", "gallery_images")
            ),
            ("Allow", "s3:GetObject", f"{BUCKET}/mocs/*"),
            ("Allow", "s3:GetObject", f"{BUCKET}/previews/*"),
        },
        "writer": {
            ("Allow", "rds-db:connect", f"{sign_in}/app"),
            health,
            *(
                ("Allow", f"es:ESHttp{method}", f"{search}/moc_instructions/{path}")
                for method in ("Post", "Put")
                for path in ("_bulk", "_doc", "_doc/*", "_create/*", "_update/*")
            ),
            ("Allow", "es:ESHttpDelete", f"{search}/moc_instructions/_doc/*"),
            ("Allow", "s3:PutObject", f"{BUCKET}/uploads/*"),
            ("Allow", "s3:DeleteObject", f"{BUCKET}/uploads/*"),
            ("Allow", "s3:DeleteObject", f"{BUCKET}/trash/*"),
        },
        "night-watch": {("Allow", "rds-db:connect", f"{sign_in}/mocstack_owner")},
        "alone": set(),
    }


def search_of(templates: Templates) -> str:
    """Return the ARN of the domain of dev."""
    return f"arn:aws:es:{account_of(templates)}:domain/mocstack-dev"


@each
def test_a_role_may_do_what_the_links_declare(templates_of: TemplatesOf, function: Function) -> None:
    """Beside its place in the network and its log, a function may do what its links need, and nothing else."""
    templates = templates_of("made-dev")
    permissions = permissions_of(role_of(templates, function.name))
    own = {permission for permission in permissions if not permission[1].startswith(("ec2:", "logs:"))}
    assert own == allowed(templates)[function.name]


def test_no_role_lists_a_bucket_or_administers_search(templates_of: TemplatesOf) -> None:
    """Paths of indexes begin with a name: none of them could be one of the cluster's own, or the security plugin's."""
    templates = templates_of("made-dev")
    search = search_of(templates)
    resources = {
        resource
        for function in MADE_UP
        for _, action, resource in permissions_of(role_of(templates, function.name))
        if action.startswith(("es:", "s3:"))
    }
    assert not {resource for resource in resources if resource in {search, BUCKET} or resource.endswith("/*/*")}
    assert {resource for resource in resources if resource.startswith(f"{search}/_")} == {f"{search}/_cluster/health"}
