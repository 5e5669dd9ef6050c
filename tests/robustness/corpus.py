"""Small projects with every kind of file that trueup reads: what the mutations break."""

from __future__ import annotations

from pathlib import Path

from tests.manifests._files import SAMPLES, source
from tests.robustness.running import HEALTHY, ROOT

MAIN = """
import os
from fastapi import FastAPI
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_prefix="APP_")
    database_url: str
    debug: bool = False

settings = Settings()
app = FastAPI(debug=settings.debug)
TOKEN = os.environ["TOKEN"]
PORT = int(os.getenv("PORT", "8000"))

@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}

if __name__ == "__main__":
    import uvicorn
    uvicorn.run("main:app", host="127.0.0.1", port=PORT, reload=True)
"""
REQUIREMENTS = "fastapi==0.115.0\nuvicorn[standard]==0.30.6\npydantic-settings\ngunicorn>=20\nceleryy\n"
CONFIGURATION: dict[str, str] = {
    "railway.json": """{
  "$schema": "https://railway.com/railway.schema.json",
  "build": {"builder": "RAILPACK", "buildCommand": "python manage.py collectstatic", "watchPatterns": ["src/**"]},
  "deploy": {"startCommand": "uvicorn main:app --host 0.0.0.0 --port $PORT", "healthcheckPath": "/health",
    "healthcheckTimeout": 100, "restartPolicyType": "ON_FAILURE", "numReplicas": 2},
  "environments": {"production": {"deploy": {"startCommand": "gunicorn main:app"}}}
}
""",
    "railway.toml": """[build]
builder = "nixpacks"
nixpacksPlan = { providers = ["python"] }

[deploy]
startCommand = "gunicorn -k uvicorn.workers.UvicornWorker main:app"
preDeployCommand = ["alembic upgrade head"]
healthcheckPath = "/"
""",
    "nixpacks.toml": """providers = ["...", "python"]

[variables]
NIXPACKS_PYTHON_VERSION = "3.11"

[phases.setup]
nixPkgs = ["...", "python312", "ffmpeg"]
aptPkgs = ["libpq-dev"]

[phases.install]
cmds = ["pip install -r requirements.txt"]

[start]
cmd = "python main.py"
""",
    "railpack.json": """{
  "$schema": "https://schema.railpack.com",
  "provider": "python",
  "packages": {"python": "3.12"},
  "buildAptPackages": ["libpq-dev"],
  "steps": {"install": {"commands": ["...", "python -m compileall ."]}},
  "deploy": {"startCommand": "python main.py", "variables": {"DEBUG": "1"}, "aptPackages": ["ffmpeg"]}
}
""",
    "render.yaml": """services:
  - type: web
    name: api
    runtime: python
    plan: free
    rootDir: .
    buildCommand: pip install -r requirements.txt
    startCommand: uvicorn main:app --host 0.0.0.0 --port $PORT
    healthCheckPath: /health
    envVars: &shared
      - key: PYTHON_VERSION
        value: 3.12.3
      - key: DATABASE_URL
        fromDatabase: {name: db, property: connectionString}
      - key: SECRET_KEY
        generateValue: true
  - type: cron
    name: nightly
    runtime: python
    schedule: "0 3 * * *"
    startCommand: python main.py
    envVars: *shared
databases:
  - name: db
    plan: free
""",
    "app.json": """{
  "name": "sample",
  "buildpacks": [{"url": "heroku/python"}],
  "stack": "heroku-24",
  "env": {"SECRET_KEY": {"generator": "secret"}, "DEBUG": "0", "TOKEN": {"required": true}},
  "formation": {"web": {"quantity": 1, "size": "basic"}},
  "scripts": {"postdeploy": "python manage.py migrate"}
}
""",
    "project.toml": """[_]
schema-version = "0.2"

[[io.buildpacks.group]]
id = "heroku/python"

[[io.buildpacks.build.env]]
name = "WEB_CONCURRENCY"
value = "2"
""",
    "Procfile": "web: gunicorn -b 0.0.0.0:$PORT main:app\nworker: celery -A main worker\nrelease: ./migrate\n",
    "runtime.txt": "python-3.11.9\n",
    ".python-version": "# the team's\n3.12\n",
    ".tool-versions": "python 3.12.4 3.11\nnodejs 20\n",
    "mise.toml": '[tools]\npython = { version = "3.12", virtualenv = ".venv" }\nnode = "22"\n\n[env]\nDEBUG = "1"\n',
    "setup.cfg": SAMPLES["setup.cfg"],
    ".env.example": "DATABASE_URL=postgres://user:hunter2@localhost/db\nSECRET_KEY='changeme' # weak\nexport TOKEN=\n",
    "requirements.txt": "-r base/requirements.txt\n-c constraints.txt\n--extra-index-url https://index.example/simple\n"
    "-e .\n./wheels/local-1.0-py3-none-any.whl\npywin32==306; sys_platform == 'win32'\n",
    "trueup.toml": '[[ignore]]\nrule = "no-wheel"\nreason = "known"\n\n[severity]\nconflict = "low"\n',
    "main.py": MAIN,
    "build.sh": "#!/usr/bin/env bash\nset -o errexit\npip install -r requirements.txt\npython manage.py migrate\n",
    "Dockerfile": SAMPLES["Dockerfile"],
    ".gitignore": "*.pyc\n.env\n!keep.env\n/build/\n",
    ".slugignore": "tests\n*.md\n",
}
"""One file of every format that configures a platform, a builder, the code, or trueup itself."""


def corpus() -> list[tuple[dict[str, bytes], str]]:
    """Projects, each with the path of the file in it that is to be broken."""
    base = {"requirements.txt": REQUIREMENTS.encode(), "main.py": MAIN.encode(), "Procfile": b"web: python main.py\n"}
    found = [({**base, path: text.encode()}, path) for path, text in CONFIGURATION.items()]
    for path, text in SAMPLES.items():
        name = path.rpartition("/")[2]
        alone = {"main.py": MAIN.encode(), "Procfile": b"web: python main.py\n"}
        found.append(({**alone, name: source(path, text).data}, name))
    lock = source("uv.lock", SAMPLES["uv.lock"]).data
    found.append(
        ({"pyproject.toml": source("pyproject.toml", SAMPLES["pyproject.toml"]).data, "uv.lock": lock}, "uv.lock")
    )
    found.append(({path: text.encode() for path, text in HEALTHY.items()}, "requirements.txt"))
    for folder in sorted((ROOT / "examples").iterdir()):
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.stat().st_size < 40_000 and "node_modules" not in path.parts
        }
        found += [(files, path) for path in sorted(files) if _is_manifest(Path(path))]
    return found


def _is_manifest(path: Path) -> bool:
    return path.suffix in (".toml", ".yaml", ".txt", ".json") or path.name in (
        "Procfile",
        ".env.example",
        ".python-version",
    )
