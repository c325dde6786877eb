"""Log lines as JSON on the standard output."""

import json
import sys
import traceback
from datetime import datetime, timezone

LEVELS = {"debug": 0, "info": 1, "warn": 2, "error": 3}


class Log:
    def __init__(self, level="info", fields=None):
        self._level = level
        self._fields = fields or {}

    def with_fields(self, **fields):
        return Log(self._level, {**self._fields, **fields})

    def debug(self, message, **fields):
        self._write("debug", message, fields)

    def info(self, message, **fields):
        self._write("info", message, fields)

    def warn(self, message, **fields):
        self._write("warn", message, fields)

    def error(self, message, **fields):
        self._write("error", message, fields)

    def _write(self, level, message, fields):
        if LEVELS[level] < LEVELS[self._level]:
            return
        time = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"time": time, "level": level, "message": message, **self._fields, **fields}
        # One write, so that lines of several threads do not mix.
        sys.stdout.write(json.dumps(line, default=_as_json) + "\n")
        sys.stdout.flush()


def _as_json(value):
    if not isinstance(value, BaseException):
        return repr(value)
    stack = "".join(traceback.format_exception(value))
    return {"name": type(value).__name__, "message": str(value), "stack": stack}
