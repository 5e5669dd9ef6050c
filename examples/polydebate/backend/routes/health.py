from datetime import datetime, timezone

from flask import Blueprint, jsonify

blueprint = Blueprint("health", __name__)


@blueprint.get("/api/health")
def health():
    timestamp = datetime.now(timezone.utc).isoformat()
    return jsonify(status="ok", version="1.0.0", timestamp=timestamp)
