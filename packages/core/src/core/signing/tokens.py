"""Tokens that stand in for a password: presigned requests, never sent, that name the user who signs in."""

from .sigv4 import ALGORITHM, Signer, canonical_query, digest, encode

LIFETIME = 900
"""Seconds for which a token opens connections, as both services document. What it opened outlives it."""

_HTTPS_PORT = 443


def rds_token(signer: Signer, host: str, port: int, user: str) -> str:
    """Return the password of a database user at an RDS instance or an RDS Proxy, for the next 15 minutes.

    Args:
        signer: a principal with `rds-db:connect` for the user.
        host: the endpoint's own name; a token for an alias or an address of it is refused.
        port: its port.
        user: the database role.
    """
    endpoint = f"{host}:{port}"
    # The token is signed as an https URL, whose own port a Host header leaves out.
    host_header = host if port == _HTTPS_PORT else endpoint
    return _presign(signer, "rds-db", endpoint, host_header, {"Action": "connect", "DBUser": user})


def elasticache_token(signer: Signer, replication_group: str, user: str) -> str:
    """Return the password of a user at an ElastiCache replication group, for the next 15 minutes.

    Args:
        signer: a principal with `elasticache:Connect` on the group and on the user.
        replication_group: the group's id, in lower case; the endpoint's name is not what is signed.
        user: the user's id, which with IAM authentication is the user's name too.
    """
    return _presign(signer, "elasticache", replication_group, replication_group, {"Action": "connect", "User": user})


def _presign(signer: Signer, service: str, endpoint: str, host_header: str, operation: dict[str, str]) -> str:
    """Return the presigned URL of `GET /` at the endpoint; both services take it without its scheme."""
    parameters = operation | {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{signer.credentials.access_key}/{signer.scope(service)}",
        "X-Amz-Date": signer.timestamp,
        "X-Amz-Expires": str(LIFETIME),
        "X-Amz-SignedHeaders": "host",
    }
    if signer.credentials.session_token is not None:
        parameters["X-Amz-Security-Token"] = signer.credentials.session_token
    pairs = [(encode(name), encode(value)) for name, value in parameters.items()]
    canonical = f"GET\n/\n{canonical_query(pairs)}\nhost:{host_header.lower()}\n\nhost\n{digest(b'')}"
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return f"{endpoint}/?{query}&X-Amz-Signature={signer.sign(service, canonical)}"
