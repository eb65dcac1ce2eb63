"""The database of a stage."""

from constructs import Construct

from infra.network import Network
from infra.stage import StageConfig

from .instance import Instance
from .proxy import Proxy


class Database(Construct):
    """PostgreSQL in the private subnets, and the proxy that everybody reaches it by.

    Attributes:
        instance: the instance.
        proxy: the proxy. What uses it waits for its target group too: `node.add_dependency(database.proxy)`.
        proxy_id: the proxy's resource id, `prx-...`, which permissions to connect name.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig, network: Network) -> None:
        super().__init__(scope, id_)
        self.instance = Instance(self, "Instance", config=config, network=network).database
        proxy = Proxy(self, "Proxy", config=config, network=network, database=self.instance)
        self.proxy = proxy.proxy
        self.proxy_id = proxy.proxy_id
