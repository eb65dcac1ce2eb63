"""The application of a stage: what a release replaces."""

from collections.abc import Mapping, Sequence

from aws_cdk import Stack
from constructs import Construct

from core.manifest import Function
from functions.manifest import PROVISION
from infra.alarms import ApplicationAlarms, Dashboard
from infra.api import Api
from infra.bundle import Bundle
from infra.functions import Functions
from infra.links import Links
from infra.provisioning import Provisioning
from infra.stage import StageConfig

from .exports import Exports
from .outputs import give_outputs
from .properties import stack_properties


class ApplicationStack(Stack):
    """Provisioning, the functions of the manifest, the HTTP API, their alarms and the dashboard."""

    def __init__(  # noqa: PLR0913  # what the application is made of
        self,
        scope: Construct,
        id_: str,
        *,
        config: StageConfig,
        exports: Exports,
        bundles: Mapping[str, Bundle],
        manifest: Sequence[Function],
    ) -> None:
        super().__init__(scope, id_, **stack_properties(config, "application", "functions and their API"))
        links = Links(self, config=config, exports=exports)
        functions = Functions(
            self, "Functions", config=config, exports=exports, links=links, manifest=manifest, bundles=bundles
        )
        provisioning = Provisioning(
            self,
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
        api = Api(self, "Api", config=config, manifest=manifest, functions=functions)
        alarms = ApplicationAlarms(
            self, "Alarms", config=config, exports=exports, functions=functions, provisioning=provisioning, api=api
        )
        Dashboard(self, "Dashboard", config=config, functions=functions, api=api, alarms=alarms)
        give_outputs(self, api=api, provisioning=provisioning, links=links)
