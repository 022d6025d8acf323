"""Does an address contain a secret? Addresses appear in the shell's history and in the process list."""

from __future__ import annotations

import re

_DATABASE = ("postgresql", "postgres")
_PORT = re.compile(r"\d*")
_SECRET = re.compile(  # parameters by the end of their names: access_token, apiKey, sslpassword, X-Amz-Signature
    r"[?&;][^=&;#]*(token|password|passwd|pwd|passphrase|secret|credentials?|(api|access|private)[-_]?key|signature"
    r"|(?<=[?&;])sig)=[^&;#]",
    re.IGNORECASE,
)


def holds_credentials(address: str) -> bool:
    """Whether an address names a user (whose name may be a token), or a password or token in its query.

    The user of a database is no secret. A password may hold characters that an address should have escaped; a `/` after
    digits alone ends a port.

    >>> holds_credentials("https://alice:secret@metrics:9090"), holds_credentials("http://metrics:9090/@team")
    (True, False)
    >>> holds_credentials("http://alice:se/cret@metrics"), holds_credentials("app+http://web/metrics?token=abc")
    (True, True)
    >>> holds_credentials("postgresql://me@db/shop"), holds_credentials("postgresql://me:secret@db/shop")
    (False, True)
    """
    scheme, _, rest = address.partition("://")
    place = re.split(r"[/?#]", rest, maxsplit=1)[0]
    user, at, _ = place.rpartition("@")
    _, colon, port = place.rpartition("]")[2].rpartition(":")
    cut_short = not at and "@" in rest and colon and not _PORT.fullmatch(port)
    if cut_short or _SECRET.search(rest):
        return True
    return ":" in user if scheme.lower() in _DATABASE else bool(at)
