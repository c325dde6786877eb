"""Secrets: a folder with a file for each, which is named as the variable that the handler finds it in."""

import os
import re
import stat

from .config import ConfigError

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def read_secrets(folder):
    """Files with other names are left alone. Raises ConfigError without telling any secret."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise _unreadable(folder, error.strerror) from None
    return {name: _read(os.path.join(folder, name)) for name in names if VARIABLE.match(name)}


def _read(path):
    try:
        # To read a pipe would wait for whoever writes to it.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise _unreadable(path, "it is no file")
        with open(path, "rb") as file:
            text = file.read().decode()
    except OSError as error:
        raise _unreadable(path, error.strerror) from None
    except UnicodeDecodeError:
        raise _unreadable(path, "it is not UTF-8 text") from None
    if "\0" in text:
        raise _unreadable(path, "it holds a zero byte, which no variable can")
    return text


def _unreadable(path, reason):
    return ConfigError(f'FMESH_SECRETS: "{path}" cannot be read: {reason}')
