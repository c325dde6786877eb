"""What a function is told by whoever deployed it. The variables are those of functions on Bun, Node and Deno."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
MAX_TIMEOUT_MS = 600_000


class ConfigError(Exception):
    """The environment is not valid."""


@dataclass(frozen=True)
class BrokerAddress:
    host: str
    port: int
    is_tls: bool
    credentials: dict
    """Of a Unix socket its path, and of others nothing."""
    path: str = ""

    @property
    def url(self):
        if self.path:
            return f"nats+unix://localhost{quote(self.path)}"
        return f"{'tls' if self.is_tls else 'nats'}://{self.host}:{self.port}"


@dataclass(frozen=True)
class Config:
    port: int | None
    service: str
    project: str | None
    version: str
    revision: str | None
    concurrency: int
    queue: int
    timeout_ms: int
    max_body_bytes: int
    finish_ms: int
    trusts_claims: bool
    broker: BrokerAddress | None
    instance: str | None
    share: int
    secrets: str | None
    log_level: str
    is_supervised: bool


def read_config(env):
    """Raises ConfigError naming every variable that is missing or not valid."""
    problems = []

    def whole(name, least, most, otherwise):
        text = env.get(name) or str(otherwise)
        if re.fullmatch(r"[0-9]{1,16}", text) and least <= int(text) <= most:
            return int(text)
        problems.append(f"{name}: use a whole number from {least} to {most}")
        return otherwise

    def one_of(name, choices):
        value = env.get(name) or choices[0]
        if value not in choices:
            problems.append(f"{name}: use {' or '.join(choices)}")
        return value

    def named(name):
        value = env.get(name) or None
        if value is not None and not NAME.match(value):
            problems.append(f"{name}: use 1 to 64 letters, digits, _ or -")
        return value

    service, project = named("FMESH_SERVICE") or named("K_SERVICE"), named("FMESH_PROJECT")
    broker = None
    if env.get("NATS_URL"):
        try:
            broker = parse_broker_url(env["NATS_URL"])
        except ConfigError as error:
            problems.append(f"NATS_URL: {error}")
        if project is None or service is None:
            missing = "FMESH_PROJECT to its project" if project is None else "FMESH_SERVICE to its label"
            problems.append(f"NATS_URL says which broker the function joins, but not as what; set {missing}")
    instance, serves_http = named("FMESH_INSTANCE"), one_of("FMESH_HTTP", ("1", "0")) == "1"
    if not env.get("NATS_URL") and (instance is not None or not serves_http):
        why = "FMESH_INSTANCE names it in a mesh" if serves_http else "FMESH_HTTP=0 leaves the mesh alone"
        problems.append(f"{why}, but not which; set NATS_URL to the broker's URL")
    port = whole("PORT", 0, 65535, 8080)
    config = Config(
        port=port if serves_http else None,
        service=service or "function",
        project=project,
        version=str(whole("FMESH_VERSION", 0, 2**53 - 1, 0)),
        revision=env.get("K_REVISION") or None,
        concurrency=whole("FMESH_CONCURRENCY", 1, 1_000_000, 64),
        queue=whole("FMESH_QUEUE", 0, 1_000_000, 1024),
        timeout_ms=whole("FMESH_TIMEOUT_MS", 1, MAX_TIMEOUT_MS, 10_000),
        max_body_bytes=whole("FMESH_MAX_BODY_BYTES", 1, 64 * 1024 * 1024, 1024 * 1024),
        finish_ms=whole("FMESH_FINISH_MS", 0, MAX_TIMEOUT_MS, 25_000),
        trusts_claims=one_of("FMESH_TRUST_CLAIMS", ("0", "1")) == "1",
        broker=broker,
        instance=instance,
        share=whole("FMESH_SHARE", 0, 100, 1),
        secrets=env.get("FMESH_SECRETS") or None,
        log_level=one_of("FMESH_LOG_LEVEL", ("info", "debug", "warn", "error")),
        is_supervised=one_of("FMESH_SUPERVISED", ("0", "1")) == "1",
    )
    if problems:
        raise ConfigError(f"the function's environment is not valid: {'; '.join(problems)}")
    return config


def parse_broker_url(text):
    """Errors never hold the credentials."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ConfigError("it is no URL") from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    credentials = {"user": user, "pass": password} if password else {"auth_token": user} if user else {}
    if parts.scheme == "nats+unix" and parts.hostname in (None, "localhost") and len(parts.path) > 1:
        return BrokerAddress("localhost", 0, False, credentials, unquote(parts.path))
    if parts.scheme not in ("nats", "tls") or not parts.hostname:
        ways = "nats://host:port, tls://host:port or nats+unix://localhost/path"
        raise ConfigError(f"a function in Python reaches the broker by {ways}")
    return BrokerAddress(parts.hostname, port or 4222, parts.scheme == "tls", credentials)
