"""One stage as it is deployed: its settings and its sizes."""

from dataclasses import dataclass
from typing import Self

from core import names
from core.settings import Sizing, StageSettings

from .shapes import Shape, shape_of


def default_bucket_name(stage: str) -> str:
    """Return the name of a stage's bucket where no setting gives another."""
    return f"lego-moc-files-{stage}"


@dataclass(frozen=True, kw_only=True)
class StageConfig:
    """Everything that the templates of a stage are made from.

    Attributes:
        name: the stage.
        sizing: which of the three it is sized like.
        account: the AWS account; None where templates are made without one.
        region: the AWS region.
        origins: the frontend's origins, which CORS lets in.
        alarm_email: where alarms go.
        bastion: whether there is one.
        cdn: whether CloudFront serves the files.
        cdn_public_key: the key that it checks signed URLs with, in PEM.
        bucket_name: the name of the bucket.
        bucket_exists: whether the bucket is somebody's that is used as it is.
        zones: the two zones; None for the region's first two.
        shape: its sizes.
    """

    name: str
    sizing: Sizing
    account: str | None
    region: str
    origins: tuple[str, ...]
    alarm_email: str | None
    bastion: bool
    cdn: bool
    cdn_public_key: str | None
    bucket_name: str
    bucket_exists: bool
    zones: tuple[str, str] | None
    shape: Shape

    @classmethod
    def of(cls, settings: StageSettings) -> Self:
        """Return the stage that settings, which have been checked, ask for."""
        return cls(
            name=settings.stage,
            sizing=settings.sizing,
            account=settings.account,
            region=settings.region,
            origins=settings.origins,
            alarm_email=settings.alarm_email,
            bastion=settings.bastion,
            cdn=settings.cdn,
            cdn_public_key=settings.cdn_public_key,
            bucket_name=settings.existing_bucket or settings.bucket_name or default_bucket_name(settings.stage),
            bucket_exists=settings.existing_bucket is not None,
            zones=settings.availability_zones,
            shape=shape_of(settings.sizing),
        )

    @property
    def own_name(self) -> str:
        """The name of what this stage has one of: its database, its search domain, its dashboard."""
        return names.own_name(self.name)

    def named(self, name: str) -> str:
        """Return the name of a thing of this stage, which no other stage's has."""
        return f"{self.own_name}-{name}"
