"""Railway's entry point: puts backend/ on the path and gives its application."""

import importlib.util
import sys
from pathlib import Path

BACKEND = Path(__file__).resolve().parent / "backend"
sys.path.insert(0, str(BACKEND))

specification = importlib.util.spec_from_file_location("backend_app", BACKEND / "app.py")
backend_app = importlib.util.module_from_spec(specification)
specification.loader.exec_module(backend_app)

app = backend_app.app
