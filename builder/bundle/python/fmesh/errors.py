"""What can go wrong with a call. The codes and their statuses are those of docs/problems.md."""

import json

CODES = {
    "unauthenticated": (401, "The token is missing or not valid"),
    "forbidden": (403, "The rule of this function refuses the call"),
    "function_not_found": (404, "There is no such function"),
    "invalid_request": (400, "The request is not valid"),
    "payload_too_large": (413, "The body is too large"),
    "rate_limited": (429, "Too many requests"),
    "overloaded": (503, "The worker's queue is full"),
    "worker_unavailable": (503, "No worker serves this function at the moment"),
    "broker_unavailable": (503, "The broker cannot be reached at the moment"),
    "deadline_exceeded": (504, "The call ran out of time; its outcome is unknown"),
    "cancelled": (499, "The caller went away before the answer"),
    "function_failed": (500, "The function failed"),
    "bad_reply": (502, "The worker's reply could not be understood"),
    "internal": (500, "Internal error"),
}


class MeshError(Exception):
    """An error a caller may see: its text is public and must hold no secret."""

    def __init__(self, code, message, *, status=None, reason=None, data=None, retry_after=None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = CODES[code][0] if status is None else status
        self.reason = reason
        self.data = data
        self.retry_after = retry_after


class PublicError(MeshError):
    """An error of a handler whose text its caller may read; of any other, callers learn only that there was one."""

    def __init__(self, message, *, status=500, reason=None, data=None):
        if not (isinstance(status, int) and 400 <= status <= 599):
            raise TypeError(f"the status of a PublicError must be 400 to 599, not {status}")
        super().__init__("function_failed", message, status=status, reason=reason, data=data)


def to_failure(error):
    """What the caller gets to see of what was raised."""
    if not isinstance(error, MeshError):
        return MeshError("function_failed", "the function failed; its log has the details")
    if error.code not in ("worker_unavailable", "broker_unavailable"):
        return error
    # True of the call that this function made. Of this function's own call it would say that nobody received it.
    return MeshError("function_failed", error.message, status=error.status, reason=error.code)


def to_problem(error, call_id, trace_id=None):
    """The error as a problem document (RFC 9457), in bytes."""
    problem = {
        "type": f"https://functionsmesh.dev/problems/{error.code}",
        "title": CODES[error.code][1],
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "instance": f"urn:fmesh:call:{call_id}",
    }
    more = {"traceId": trace_id, "reason": error.reason, "data": error.data}
    problem.update({name: value for name, value in more.items() if value is not None})
    return json.dumps(problem, default=str).encode()


def from_problem(payload, description, status):
    """The error in a reply. What is no problem document is function_failed, with the sender's own status."""
    try:
        problem = json.loads(payload)
        return MeshError(
            problem["code"],
            str(problem.get("detail") or CODES[problem["code"]][1]),
            status=problem.get("status"),
            reason=problem.get("reason"),
            data=problem.get("data"),
        )
    except (ValueError, KeyError, TypeError):
        known = status if 400 <= status <= 599 else 500
        text = description if description and known < 500 else "the function failed"
        return MeshError("function_failed", text, status=known)
