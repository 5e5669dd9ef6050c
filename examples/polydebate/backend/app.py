"""PolyDebate's backend."""

from flask import Flask
from flask_cors import CORS

import config
from database import create_tables
from routes.debates import blueprint as debates
from routes.health import blueprint as health

app = Flask(__name__)
app.config["SECRET_KEY"] = config.JWT_SECRET_KEY
CORS(app, origins=config.FRONTEND_URL)
app.register_blueprint(health)
app.register_blueprint(debates)
create_tables()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000, debug=config.FLASK_DEBUG)
