"""Does an address contain a secret? Addresses appear in the shell's history and in the process list."""

from __future__ import annotations

import re

_DATABASE = ("postgresql", "postgres")
_PASSWORD_ASKED = re.compile(r"[?&](ssl)?password=", re.IGNORECASE)  # the parameters of libpq that are secrets


def holds_credentials(address: str) -> bool:
    """Whether an address names a user (whose name may be a token) or, of a database, a password.

    >>> holds_credentials("https://alice:secret@metrics:9090"), holds_credentials("http://metrics:9090/@team")
    (True, False)
    >>> holds_credentials("postgresql://me@db/shop"), holds_credentials("postgresql://me:secret@db/shop")
    (False, True)
    """
    scheme, _, rest = address.partition("://")
    user, at, _ = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")
    if scheme.lower() in _DATABASE:
        return ":" in user or bool(_PASSWORD_ASKED.search(rest))
    return bool(at)
