"""The forms that the values of a stage's variables have."""

import pytest

from core.settings import SettingsError, StageSettings, load

BODY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"
REGION = "eu-central-1"


def read(stage: str, name: str, value: str) -> StageSettings:
    """Load the settings of a stage that lacks nothing, with one variable set."""
    environ = {"REGION": REGION, "ORIGINS": "https://a.example", "ALARM_EMAIL": "a@b.example", name: value}
    return load(stage, purpose="synth", environ={f"MOCSTACK_{key}": environ[key] for key in environ})


def refused(stage: str, name: str, value: str) -> bool:
    """Tell whether a value is what an error is about."""
    with pytest.raises(SettingsError) as caught:
        read(stage, name, value)
    return [problem.subject for problem in caught.value.problems] == [f"MOCSTACK_{name}"]


@pytest.mark.parametrize(
    "value", ["12345678901", "1234567890123", "12345678901a", "12345678901\uff12", "1234 5678 9012"]
)
def test_an_account_is_twelve_digits(value: str) -> None:
    """Leading zeros count, so it is text; anything else is refused."""
    assert read("dev", "ACCOUNT", " 012345678901\n").account == "012345678901"
    assert refused("dev", "ACCOUNT", value)


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "ap-southeast-7", "us-isob-east-1", "mx-central-1"])
def test_a_region_has_the_form_of_one(region: str) -> None:
    """All partitions' regions are let in."""
    assert read("dev", "REGION", region).region == region


@pytest.mark.parametrize("region", ["Frankfurt", "eu-central-1a", "eu_central_1", "EU-CENTRAL-1", "eu-1", "aws-global"])
def test_what_is_no_region_is_refused(region: str) -> None:
    """A zone or a name is not a region."""
    assert refused("dev", "REGION", region)


@pytest.mark.parametrize("stage", ["jane", "production"])
def test_origins_are_separated_by_commas(stage: str) -> None:
    """Spaces around them don't matter, and a port may be given."""
    read_origins = read(stage, "ORIGINS", "https://app.example.com, https://b.example:8443").origins
    assert read_origins == ("https://app.example.com", "https://b.example:8443")


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example.com/",
        "https://app.example.com/path",
        "https://app.example.com?q",
        "https://user@app.example.com",
        "https://App.example.com",
        "https://bücher.example",
        "https://*.example.com",
        "https://app.example.com:443",
        "https://app.example.com:0",
        "https://app..example.com",
        "https://intranet",
        "http://app.example.com",
        "app.example.com",
        "*",
        "https://a.example,",
        "https://a.example https://b.example",
        "http://localhost.example.com",
    ],
)
@pytest.mark.parametrize("stage", ["jane", "production"])
def test_what_no_browser_sends_as_the_origin_of_a_frontend_is_refused(stage: str, origin: str) -> None:
    """Paths, wildcards, users, upper case and the scheme's own port never match what a browser sends."""
    assert refused(stage, "ORIGINS", origin)


@pytest.mark.parametrize(
    "origin", ["http://localhost:5173", "http://127.0.0.1:3000", "https://localhost", "http://localhost"]
)
def test_a_frontend_on_a_laptop_may_use_a_dev_stage_only(origin: str) -> None:
    """Nothing on a laptop is let in where people rely on a stage."""
    assert read("dev", "ORIGINS", f"https://a.example,{origin}").origins == ("https://a.example", origin)
    assert refused("staging", "ORIGINS", f"https://a.example,{origin}")
    assert refused("production", "ORIGINS", origin)


@pytest.mark.parametrize(
    "address", ["ops", "ops@example", "a@b.example,c@d.example", "two words@example.com", "@b.example"]
)
def test_alarms_go_to_one_address(address: str) -> None:
    """What is no e-mail address is refused before AWS would send a confirmation to nowhere."""
    assert read("dev", "ALARM_EMAIL", "ops+dev@mail.example.com").alarm_email == "ops+dev@mail.example.com"
    assert refused("dev", "ALARM_EMAIL", address)


@pytest.mark.parametrize(("value", "on"), [("true", True), ("1", True), ("on", True), ("false", False), ("0", False)])
def test_a_switch_is_on_or_off(value: str, on: bool) -> None:  # noqa: FBT001  (what is expected)
    """The usual words for it are understood, and no other."""
    assert read("dev", "BASTION", value).bastion is on
    assert refused("dev", "BASTION", "perhaps")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_public_key_is_kept_as_cloudfront_keeps_it(newline: str) -> None:
    """Its lines end in a newline each, the last one too, however they were given."""
    given = newline.join(["", "-----BEGIN PUBLIC KEY-----", BODY, BODY, "-----END PUBLIC KEY-----"])
    kept = read("dev", "CDN_PUBLIC_KEY", given).cdn_public_key
    assert kept == f"-----BEGIN PUBLIC KEY-----\n{BODY}\n{BODY}\n-----END PUBLIC KEY-----\n"


@pytest.mark.parametrize(
    "value",
    [
        BODY,
        f"-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----",
        f"-----BEGIN PUBLIC KEY-----\n{BODY}",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
        f"-----BEGIN PUBLIC KEY-----\n{BODY}!\n-----END PUBLIC KEY-----",
        f"-----BEGIN PUBLIC KEY-----\\n{BODY}\\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----",
    ],
)
def test_what_is_no_public_key_is_refused(value: str) -> None:
    """A private key, half a key or one whose newlines were lost is refused."""
    assert refused("dev", "CDN_PUBLIC_KEY", value)


@pytest.mark.parametrize("variable", ["BUCKET_NAME", "EXISTING_BUCKET"])
@pytest.mark.parametrize("name", ["ab", "a" * 64, "Files", "-files", "files-", "our.files", "our_files"])
def test_a_bucket_has_a_name_that_s3_and_tls_allow(variable: str, name: str) -> None:
    """A dot is allowed by S3, but then the bucket's host does not match its certificate."""
    assert read("dev", variable, "our-files-2")
    assert refused("dev", variable, name)


@pytest.mark.parametrize(
    "zones",
    [
        "eu-central-1a",
        "eu-central-1a,eu-central-1b,eu-central-1c",
        "eu-central-1a,eu-central-1a",
        "eu-west-1a,eu-west-1b",
        "eu-central-1a,eu-west-1b",
        "eu-central-1,eu-central-1b",
        "a,b",
        "eu-central-1a,",
    ],
)
def test_zones_are_two_of_the_region(zones: str) -> None:
    """One, three, the same twice, or another region's are refused."""
    assert read("dev", "AVAILABILITY_ZONES", "eu-central-1c, eu-central-1a").availability_zones == (
        "eu-central-1c",
        "eu-central-1a",
    )
    assert refused("dev", "AVAILABILITY_ZONES", zones)
