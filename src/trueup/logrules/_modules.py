"""What a missing module means: a requirement that is absent, a wrong start command, or a removed module."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from trueup.logrules._building import REMOVED_MODULES, in_build
from trueup.logrules._rule import Scene

DISTRIBUTIONS: Mapping[str, str] = {
    "dotenv": "python-dotenv",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "yaml": "PyYAML",
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
    "sklearn": "scikit-learn",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "multipart": "python-multipart",
    "psycopg2": "psycopg2-binary",
    "MySQLdb": "mysqlclient",
    "telegram": "python-telegram-bot",
    "discord": "discord.py",
    "magic": "python-magic",
    "Crypto": "pycryptodome",
    "OpenSSL": "pyOpenSSL",
    "serial": "pyserial",
    "git": "GitPython",
    "fitz": "PyMuPDF",
    "docx": "python-docx",
    "pptx": "python-pptx",
    "slugify": "python-slugify",
    "decouple": "python-decouple",
    "environ": "django-environ",
    "corsheaders": "django-cors-headers",
    "rest_framework": "djangorestframework",
    "rest_framework_simplejwt": "djangorestframework-simplejwt",
    "allauth": "django-allauth",
    "storages": "django-storages",
    "crispy_forms": "django-crispy-forms",
    "debug_toolbar": "django-debug-toolbar",
    "django_filters": "django-filter",
    "dj_database_url": "dj-database-url",
    "flask_cors": "Flask-Cors",
    "flask_sqlalchemy": "Flask-SQLAlchemy",
    "flask_login": "Flask-Login",
    "flask_migrate": "Flask-Migrate",
    "flask_jwt_extended": "Flask-JWT-Extended",
    "flask_socketio": "Flask-SocketIO",
    "socketio": "python-socketio",
    "engineio": "python-engineio",
    "google.generativeai": "google-generativeai",
    "google.cloud": "google-cloud-core",
    "pkg_resources": "setuptools",
    "attr": "attrs",
    "markdown": "Markdown",
    "zmq": "pyzmq",
    "ldap": "python-ldap",
    "nacl": "PyNaCl",
    "usb": "pyusb",
    "Xlib": "python-xlib",
    "whisper": "openai-whisper",
    "skimage": "scikit-image",
    "faiss": "faiss-cpu",
    "pydantic_settings": "pydantic-settings",
    "email_validator": "email-validator",
    "sentry_sdk": "sentry-sdk",
    "prometheus_client": "prometheus-client",
    "slack_sdk": "slack-sdk",
    "psycopg": "psycopg[binary]",
    "MySQLdb.constants": "mysqlclient",
    "ruamel": "ruamel.yaml",
    "win32api": "pywin32",
    "win32con": "pywin32",
    "grpc": "grpcio",
    "google.protobuf": "protobuf",
    "Levenshtein": "Levenshtein",
    "apscheduler": "APScheduler",
}
"""Modules whose distribution has another name (by the projects' own documentation, read 2026-11-20)."""

_OWN_FOLDERS = frozenset(
    {
        "app",
        "src",
        "backend",
        "api",
        "core",
        "config",
        "settings",
        "main",
        "utils",
        "models",
        "database",
        "db",
        "routes",
        "routers",
        "services",
        "schemas",
        "server",
        "bot",
        "handlers",
        "helpers",
        "common",
        "lib",
        "modules",
    }
)
"""Names that projects give their own folders, and that nobody would install."""
_IMPORT_APP = re.compile(
    r"(?:gunicorn/(?:util|app/wsgiapp|app/base|arbiter|workers/\w+)|waitress/runner|uwsgi|werkzeug/\w+|flask/cli)\.py"
)
_SITE = re.compile(r'File "[^"]*(?:site|dist)-packages/')
_APPLICATION = re.compile(r'File "(?P<path>[^"]+)"')
_UVICORN = re.compile(r"uvicorn/importer\.py")


def _user_frame(frames: list[str]) -> str | None:
    """The path of the deepest frame that is neither of a package nor of the interpreter; None without one."""
    for frame in reversed(frames):
        if found := _APPLICATION.search(frame):
            path = found["path"]
            if not re.search(r"(?:site|dist)-packages/|/lib/python3|<frozen|importlib|/bin/|<string>", path):
                return path
    return None


def wsgi_module(scene: Scene) -> Mapping[str, str] | None:
    """Accepts a missing module that the server itself was told to import: no line of the application in between."""
    if in_build(scene):
        return None
    module = scene.match["module"]
    frames = scene.traceback()
    server = any(_IMPORT_APP.search(frame) for frame in frames)
    if server and _user_frame(frames) is None:
        return {"module": module} if not _in_package(frames) else None
    if not frames and module.split(".")[0] == "your_application":
        return {"module": module}
    return None


def _in_package(frames: list[str]) -> bool:
    """Whether the import that fails is made inside of an installed package other than the server."""
    packages = [frame for frame in frames if _SITE.search(frame)]
    return bool(packages) and not _IMPORT_APP.search(packages[-1])


def missing_module(scene: Scene) -> Mapping[str, str] | None:
    """Accepts a missing module that is neither of the standard library nor the server's target nor the project's."""
    module = scene.match["module"].rstrip(".")
    top = module.split(".")[0]
    if (
        in_build(scene)
        or top in REMOVED_MODULES
        or top in ("pkg_resources", "setuptools", "distutils", "pip", "venv", "ensurepip")
    ):
        return None
    if module.startswith("numpy._core") or wsgi_module(scene) is not None:
        return None
    frames = scene.traceback()
    if re.search(r"python[\d.]*: No module named", scene.log.text(scene.index)):
        return None
    if any(_UVICORN.search(frame) for frame in frames) and _user_frame(frames) is None and not _in_package(frames):
        return None
    if "." in module and not _known(module) and any(_SITE.search(frame) for frame in frames[-3:]):
        return None  # a submodule that an installed package lacks: versions that do not fit
    if top in sys.stdlib_module_names and top not in ("tkinter", "sqlite3", "lzma", "bz2", "ssl", "ctypes"):
        return None
    if top in _OWN_FOLDERS:
        return {
            "module": module,
            "own": (
                f"{top} looks like a folder of the project itself: run the command from the folder above it, or set"
                " the root directory so."
            ),
        }
    return {"module": module, "package": distribution_of(module)}


def _known(module: str) -> bool:
    return any(module == known or module.startswith(f"{known}.") for known in DISTRIBUTIONS)


def distribution_of(module: str) -> str:
    """The distribution that provides a module, as far as is known; else the module's own top name."""
    parts = module.split(".")
    for count in range(len(parts), 0, -1):
        if found := DISTRIBUTIONS.get(".".join(parts[:count])):
            return found
    return parts[0].replace("_", "-")
