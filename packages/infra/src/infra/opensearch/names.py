"""The name in OpenSearch Service that permissions and alarms are made of."""

from infra.stage import StageConfig


def domain_name(config: StageConfig) -> str:
    """Return the name of the domain, of 28 characters at most; another name is another domain, without the indexes."""
    return config.own_name
