import base64
import json

from app.services.notifications import history_id


def test_history_id():
    data = base64.b64encode(json.dumps({"historyId": 7}).encode()).decode()
    assert history_id({"message": {"data": data}}) == "7"
