"""What an operator wants to know of: one line of JSON per event on the standard error, with nothing about people."""

import json
import sys
from datetime import UTC, datetime


def log(event: str, **facts: object) -> None:
    """Writes `{"time": ..., "event": ..., ...}`.

    Args:
        event: What happened, such as `upload refused`.
        facts: What there is to know about it, as JSON can say it; no names of files, no addresses of visitors.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    print(json.dumps({"time": now, "event": event, **facts}), file=sys.stderr, flush=True)
