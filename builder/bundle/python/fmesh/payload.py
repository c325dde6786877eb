"""Values and the bytes they travel as (docs/protocol.md)."""

import base64
import binascii
import json
from urllib.parse import parse_qsl

from .errors import MeshError

JSON_TYPE = "application/json"
EVENT_TYPE = "application/cloudevents+json"


def media_type(content_type):
    return content_type.split(";", 1)[0].strip().lower()


def decode(content_type, payload):
    """JSON as its value, text/* as a string, a form as a dict, everything else as bytes; no bytes at all as None."""
    if not payload:
        return None
    kind = media_type(content_type)
    if kind in ("", JSON_TYPE) or kind.endswith("+json"):
        try:
            return json.loads(payload)
        except ValueError as error:
            raise MeshError("invalid_request", f"the body is not JSON: {error}") from error
    if kind.startswith("text/") or kind == "application/x-www-form-urlencoded":
        try:
            text = payload.decode()
        except UnicodeDecodeError as error:
            raise MeshError("invalid_request", "the body is not UTF-8 text") from error
        return text if kind.startswith("text/") else dict(parse_qsl(text, keep_blank_values=True))
    return bytes(payload)


def decode_request(content_type, payload):
    """The same of an HTTP request's body, which may be a CloudEvent as one JSON document."""
    value = decode(content_type, payload)
    if media_type(content_type) != EVENT_TYPE:
        return value
    if not isinstance(value, dict) or "specversion" not in value:
        raise MeshError("invalid_request", "the body is no CloudEvent: it has no specversion")
    if "data_base64" not in value:
        return value.get("data")
    try:
        data = base64.b64decode(str(value["data_base64"]), validate=True)
    except binascii.Error as error:
        raise MeshError("invalid_request", "the event's data_base64 is not base64") from error
    return decode(str(value.get("datacontenttype", "application/octet-stream")), data)


def encode(value):
    """Bytes as they are, None as no bytes, anything else as JSON: (content type, payload)."""
    if value is None:
        return JSON_TYPE, b""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "application/octet-stream", bytes(value)
    return JSON_TYPE, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
