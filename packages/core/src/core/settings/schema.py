"""The variables of a stage: which there are, what each must be, which stage needs it.

Everything else is derived from here: what is read, what an error says, and the table in docs/environment.md.
"""

from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import AfterValidator, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from core.names import check_stage

from .errors import Problem, SettingsError
from .stage import SIZINGS, Sizing, sizing_of
from .values import (
    AccountId,
    BucketName,
    EmailAddress,
    Origins,
    PublicKey,
    Region,
    Zones,
    is_public_origin,
)

PREFIX = "MOCSTACK_"
"""What the name of each variable begins with."""

T = TypeVar("T")

_RELEASES: tuple[Sizing, ...] = ("staging", "production")


@dataclass(frozen=True, slots=True)
class Variable:
    """What is said of a variable.

    Attributes:
        form: what its value must be, as in "it must be 12 digits".
        purpose: what it is for.
        required: the stages that can't do without it; `dev` stands for personal stages too.
        needed: when it is needed, where that is not for the stage alone to say.
        own: whether it is of one stage alone: a personal stage does not take it from dev.
    """

    form: str
    purpose: str
    required: tuple[Sizing, ...] = ()
    needed: str | None = None
    own: bool = False


class StageSettings(BaseSettings):
    """What a stage is given that is deployed.

    It is made of its arguments alone. `load` makes it of the environment, and nothing else reads that.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        validate_default=True,
    )

    stage: Annotated[str, AfterValidator(check_stage)]
    """The stage's name: an argument, and no variable."""
    account: Annotated[
        AccountId | None,
        Variable("12 digits", "The AWS account of the stage.", needed="to deploy"),
    ] = None
    region: Annotated[
        Region, Variable("an AWS region, such as `eu-central-1`", "The AWS region of the stage.", required=SIZINGS)
    ]
    origins: Annotated[
        Origins,
        Variable(
            "`https://` origins without a path, separated by commas, such as `https://app.example.com`; "
            "outside of staging and production also `http://localhost:PORT`",
            "The origins of the frontend: those that CORS lets in.",
            required=_RELEASES,
        ),
    ] = ()
    alarm_email: Annotated[
        EmailAddress | None,
        Variable(
            "an e-mail address",
            "Where alarms go. Who reads it confirms the subscription, once.",
            required=_RELEASES,
            own=True,
        ),
    ] = None
    bastion: Annotated[
        bool,
        Variable(
            "`true` or `false`",
            "Whether there is a bastion, through which a laptop reaches the engines. Off by default.",
        ),
    ] = False
    cdn: Annotated[
        bool,
        Variable("`true` or `false`", "Whether CloudFront serves the files, by signed URLs. Off by default."),
    ] = False
    cdn_public_key: Annotated[
        PublicKey | None,
        Variable(
            "a public key in PEM, from `-----BEGIN PUBLIC KEY-----` to `-----END PUBLIC KEY-----`",
            "The key that CloudFront checks signed URLs with.",
            needed=f"while `{PREFIX}CDN` is on",
        ),
    ] = None
    bucket_name: Annotated[
        BucketName | None,
        Variable(
            "a bucket's name: 3 to 63 lower-case letters, digits and hyphens",
            "The name of the bucket that is made, where `lego-moc-files-<stage>` is taken in AWS.",
            own=True,
        ),
    ] = None
    existing_bucket: Annotated[
        BucketName | None,
        Variable(
            "a bucket's name: 3 to 63 lower-case letters, digits and hyphens",
            f"A bucket to use in place of one that is made. Not together with `{PREFIX}CDN` or `{PREFIX}BUCKET_NAME`.",
            own=True,
        ),
    ] = None
    availability_zones: Annotated[
        Zones | None,
        Variable(
            "two zones of the region separated by a comma, as in `eu-central-1a,eu-central-1b`",
            "The zones to use in place of the region's first two.",
        ),
    ] = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  (the signature is pydantic-settings')
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from the arguments alone."""
        return (init_settings,)

    # What a variable demands of the stage or of another variable is checked on the later of the two and not on the
    # whole, so that it is found together with whatever else is wrong.

    @field_validator("origins", "alarm_email")
    @classmethod
    def _required(cls, value: T, info: ValidationInfo) -> T:
        stage: str | None = info.data.get("stage")
        if not value and stage and sizing_of(stage) in variables()[str(info.field_name)].required:
            raise PydanticCustomError("missing", "missing")
        return value

    @field_validator("origins")
    @classmethod
    def _public(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        stage: str | None = info.data.get("stage")
        if stage and sizing_of(stage) != "dev" and not all(is_public_origin(origin) for origin in value):
            raise ValueError
        return value

    @field_validator("cdn_public_key")
    @classmethod
    def _needed_by_cdn(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("cdn"):
            raise PydanticCustomError("missing", "missing")
        return value

    @field_validator("existing_bucket")
    @classmethod
    def _instead_of_ours(cls, value: str | None, info: ValidationInfo) -> str | None:
        others = [variable_name(field) for field in ("cdn", "bucket_name") if info.data.get(field)]
        if value is not None and others:
            conflict = {"others": " and ".join(others)}
            raise PydanticCustomError("conflict", "can't be given together with {others}", conflict)
        return value

    @field_validator("availability_zones")
    @classmethod
    def _two_of_the_region(cls, value: tuple[str, str] | None, info: ValidationInfo) -> tuple[str, str] | None:
        region: str | None = info.data.get("region")
        if value and (value[0] == value[1] or (region and any(zone[:-1] != region for zone in value))):
            raise ValueError
        return value

    @property
    def sizing(self) -> Sizing:
        """How large the stage's resources are."""
        return sizing_of(self.stage)

    def require_account(self) -> str:
        """Return the account, for what can't do without: everything that talks to AWS.

        Raises:
            SettingsError: there is none, as there need not be in settings that were loaded to synthesize.
        """
        if self.account is None:
            raise SettingsError(self.stage, (missing("account"),))
        return self.account


def variables() -> dict[str, Variable]:
    """Return what is said of each variable, by the name of its field, in the order of declaration."""
    return {
        name: metadata
        for name, field in StageSettings.model_fields.items()
        for metadata in field.metadata
        if isinstance(metadata, Variable)
    }


def variable_name(field: str) -> str:
    """Return the name of the variable that a field is read from."""
    return f"{PREFIX}{field.upper()}"


def missing(field: str) -> Problem:
    """Return the problem that a variable is not given."""
    variable = variables()[field]
    needed = f"; it is needed {variable.needed}" if variable.needed else ""
    return Problem(variable_name(field), f"is missing: it must be {variable.form}{needed}")
