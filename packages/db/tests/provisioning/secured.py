"""An OpenSearch with its security plugin, and what stands before it for AWS: who a request is signed by, it is from."""

import http.client
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import trustme
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from cryptography.hazmat.primitives import serialization

from core import Iam, OpenSearch
from core.signing import Credentials
from local.aws import ACCOUNT, REGION
from local.engines import Security

_PROVISION = f"arn:aws:iam::{ACCOUNT}:role/provision"
_ROLES_MAPPING = f"""\
_meta: {{type: rolesmapping, config_version: 2}}
all_access: {{backend_roles: ["{_PROVISION}"]}}
"""
# The plugin believes whoever comes from loopback with these headers, which nobody but the front below is to send.
_CONFIG = """\
_meta: {type: config, config_version: 2}
config:
  dynamic:
    http:
      anonymous_auth_enabled: false
      xff: {enabled: true, internalProxies: '127\\.0\\.0\\.1', remoteIpHeader: x-forwarded-for}
    authc:
      front:
        http_enabled: true
        transport_enabled: false
        order: 0
        http_authenticator:
          type: extended-proxy
          challenge: false
          config: {user_header: x-proxy-user, roles_header: x-proxy-roles}
        authentication_backend: {type: noop}
"""
_EMPTY = ("roles", "internalusers", "actiongroups", "tenants", "nodesdn")
_FILES = {"internalusers": "internal_users", "actiongroups": "action_groups", "nodesdn": "nodes_dn"}


def role_arn(name: str) -> str:
    """Return the ARN of a function's role."""
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def as_role(arn: str) -> dict[str, str]:
    """Return the headers by which the plugin knows a role."""
    return {"x-forwarded-for": "127.0.0.1", "x-proxy-user": arn, "x-proxy-roles": arn}


def security() -> Security:
    """Return how the plugin is set up as on AWS: the provision function's role may do everything, nobody else."""
    authority = trustme.CA()
    node = authority.issue_cert("localhost", common_name="node")
    key = serialization.load_pem_private_key(node.private_key_pem.bytes(), None)
    pkcs8 = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    transport = "plugins.security.ssl.transport"
    empty = {f"{_FILES.get(kind, kind)}.yml": f"_meta: {{type: {kind}, config_version: 2}}\n" for kind in _EMPTY}
    return Security(
        settings={
            f"{transport}.pemcert_filepath": "node.pem",
            f"{transport}.pemkey_filepath": "node.key",
            f"{transport}.pemtrustedcas_filepath": "root.pem",
            f"{transport}.enforce_hostname_verification": False,
            "plugins.security.ssl.http.enabled": False,  # the front is on the same machine
            "plugins.security.nodes_dn": ["*"],
            "plugins.security.allow_default_init_securityindex": True,
            "plugins.security.audit.type": "noop",
            "plugins.security.restapi.roles_enabled": ["all_access"],
        },
        files={
            "node.pem": "".join(part.bytes().decode() for part in node.cert_chain_pems),
            "node.key": pkcs8.decode(),
            "root.pem": authority.cert_pem.bytes().decode(),
        },
        configuration={**empty, "config.yml": _CONFIG, "roles_mapping.yml": _ROLES_MAPPING},
        headers=as_role(_PROVISION),
    )


class Front:
    """Verifies each request's signature and passes it on as its principal's role, while its context is open.

    Attributes:
        link: the domain behind it, signed in to by IAM.
        passed: the requests that were passed on: whose, the method and the target of each.
        answers: with what statuses the next requests are answered, in turn, instead of being passed on.
    """

    def __init__(self, port: int, principals: Mapping[str, Credentials]) -> None:
        front = self
        self._port = port
        self._principals = {known.access_key: (name, known) for name, known in principals.items()}

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65_537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, answer = front.answer(self.command, self.path, dict(self.headers.items()), body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.link = OpenSearch(host="127.0.0.1", port=int(self._server.server_address[1]), auth=Iam(), region=REGION)
        self.passed: list[tuple[str, str, str]] = []
        self.answers: list[int] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer to a request."""
        if self.answers:
            return self.answers.pop(0), b'{"message":"not now"}'
        lower = {name.lower(): value for name, value in headers.items()}
        name = self._signer(method, target, lower, body)
        if name is None:
            return 403, b'{"message":"The request signature we calculated does not match"}'
        self.passed.append((name, method, target))
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            kind = {"Content-Type": lower["content-type"]} if "content-type" in lower else {}
            connection.request(method, target, body, {**kind, **as_role(role_arn(name))})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _signer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> str | None:
        """Return whose signature a request bears; None if it is nobody's."""
        parts = dict(part.split("=", 1) for part in headers.get("authorization", "").split(" ", 1)[-1].split(", "))
        found = self._principals.get(parts.get("Credential", "").partition("/")[0])
        if found is None:
            return None
        name, known = found
        signed = {header: headers[header] for header in parts["SignedHeaders"].split(";")}
        request = AWSRequest(method=method, url=f"http://{headers['host']}{target}", headers=signed, data=body)
        request.context["timestamp"] = headers["x-amz-date"]
        auth = SigV4Auth(BotoCredentials(known.access_key, known.secret_key, known.session_token), "es", REGION)
        text = auth.string_to_sign(request, auth.canonical_request(request))
        return name if auth.signature(text, request) == parts["Signature"] else None
