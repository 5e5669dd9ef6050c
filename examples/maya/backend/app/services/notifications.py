"""What a Pub/Sub notification of Gmail says."""

import base64
import json
from typing import Any

from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(3), reraise=True)
def history_id(envelope: dict[str, Any]) -> str:
    data = json.loads(base64.b64decode(envelope["message"]["data"]))
    return str(data["historyId"])
