"""A program that synthesizes the application's constructs of the manifest that was made up, once for each case.

`python synthesize.py OUT` writes each case of `CASES` to `OUT/<name>`, with what cdk-nag finds in its
`validation-report.json`; and to `OUT/refused.json` why the manifests of `REFUSED` can't be deployed. It is a process of
its own, so that none of the tests' processes starts a CDK.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from core import Link, Postgres
from core.manifest import Function, PostgresAccess
from core.names import stack_name
from infra.cdk.node import use_for_jsii

# Before aws_cdk is imported, by whomever.
use_for_jsii()
sys.path.insert(0, str(Path(__file__).parent.parent))

from aws_cdk import App, Stack, Validations  # noqa: E402
from aws_cdk import aws_iam as iam  # noqa: E402
from cdk_nag import AwsSolutionsChecks  # noqa: E402

from application.foundation import GivenFoundation  # noqa: E402
from application.manifest import ALONE, MANIFEST, READER, WRITER  # noqa: E402
from functions.manifest import FUNCTIONS, PROVISION  # noqa: E402
from infra.api import Api  # noqa: E402
from infra.app import FLAGS  # noqa: E402
from infra.bundle import Bundle  # noqa: E402
from infra.errors import InfraError  # noqa: E402
from infra.functions import Functions  # noqa: E402
from infra.interfaces import as_principal  # noqa: E402
from infra.links import Links  # noqa: E402
from infra.provisioning import Provisioning  # noqa: E402
from infra.stacks.outputs import give_outputs  # noqa: E402
from infra.stacks.properties import stack_properties  # noqa: E402
from infra.stage import StageConfig  # noqa: E402
from templates.variants import variants  # noqa: E402


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is synthesized.

    Attributes:
        stage: the variant of a stage.
        manifest: the functions.
        changed: the function whose bundle has other contents, if any.
        unchecked: whether there is a role beside it that cdk-nag must find.
    """

    stage: str
    manifest: tuple[Function, ...] = MANIFEST
    changed: str | None = None
    unchecked: bool = False


CASES: Final[Mapping[str, Case]] = {
    "dev": Case(stage="dev"),
    "production": Case(stage="production"),
    "personal": Case(stage="personal"),
    "fewer": Case(stage="dev", manifest=tuple(function for function in MANIFEST if function is not WRITER)),
    "other-code": Case(stage="dev", changed=PROVISION.name),
    "real": Case(stage="dev", manifest=FUNCTIONS),
    "unchecked": Case(stage="dev", manifest=FUNCTIONS, unchecked=True),
}


REFUSED: Final[Mapping[str, Function]] = {
    "name": replace(ALONE, name="a-name-that-is-too-long-for-lambda-to-take"),
    "timeout": replace(READER, timeout=30),
    "link": replace(ALONE, links=(PostgresAccess(Link(Postgres, "OtherPostgres")),)),
}
"""Functions that can't be deployed, by what is wrong with them."""


def main(out: Path) -> None:
    """Write every case, and every refusal."""
    for name, case in CASES.items():
        _synthesize(out, out / name, case)
    refusals = {what: _refusal(out, function) for what, function in REFUSED.items()}
    (out / "refused.json").write_text(json.dumps(refusals))


def _synthesize(out: Path, assembly: Path, case: Case) -> None:
    app = App(outdir=str(assembly), analytics_reporting=False, context=dict(FLAGS))
    if case.unchecked:
        iam.Role(
            Stack(app, "Unchecked"),
            "Role",
            assumed_by=as_principal(iam.ServicePrincipal("lambda.amazonaws.com")),
            inline_policies={
                "all": iam.PolicyDocument(statements=[iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"])])
            },
        )
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    _application(app, case, variants()[case.stage], _bundles(out, case))
    try:
        app.synth()
    except RuntimeError as error:
        # The findings are in the report; any other error is one.
        if "ValidationFailed" not in str(error):
            raise


def _refusal(out: Path, function: Function) -> str | None:
    case = Case(stage="personal", manifest=(function,))
    try:
        _synthesize(out, out / "refused", case)
    except InfraError as error:
        return str(error)
    return None


def _application(app: App, case: Case, config: StageConfig, bundles: Mapping[str, Bundle]) -> None:
    given = GivenFoundation(app, "Foundation", config=config, stack_name=stack_name(config.name, "foundation"))
    exports, manifest = given.exports, case.manifest
    stack = Stack(app, "Application", **stack_properties(config, "application", "for tests"))
    links = Links(stack, config=config, exports=exports)
    functions = Functions(
        stack, "Functions", config=config, exports=exports, links=links, manifest=manifest, bundles=bundles
    )
    provisioning = Provisioning(
        stack,
        "Provisioning",
        config=config,
        exports=exports,
        links=links,
        function=PROVISION,
        bundle=bundles[PROVISION.name],
        manifest=manifest,
        roles=functions.roles,
    )
    functions.wait_for(provisioning)
    api = Api(stack, "Api", config=config, manifest=manifest, functions=functions)
    give_outputs(stack, api=api, provisioning=provisioning, links=links)


def _bundles(out: Path, case: Case) -> Mapping[str, Bundle]:
    return {function.name: _bundle(out, function, case) for function in (*case.manifest, PROVISION)}


def _bundle(out: Path, function: Function, case: Case) -> Bundle:
    """Return a bundle that is none: a template holds the digest alone."""
    path = out / f"{function.name}.zip"
    path.write_bytes(b"")
    digest = f"{function.name}{'-changed' * (case.changed == function.name)}".encode().hex().ljust(64, "0")
    return Bundle(function.name, path, digest, 0, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
