"""What a variable's value looks like, guessed from its name, its type and the code that takes it apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from trueup.sourcecode._settings import SettingsClass, SettingsField
from trueup.sourcecode.module import SourceModule

_NAMES = (
    (r"(^|_)(REDIS|VALKEY)(_\w+)?_?UR[LI]$|^REDIS_DSN$", "redis"),
    (r"(BROKER|AMQP|RABBITMQ|CLOUDAMQP)\w*UR[LI]$|^CELERY_(BROKER|RESULT)", "broker"),
    (r"(DATABASE|POSTGRES\w*|MYSQL|MONGO\w*|DB|SQLALCHEMY\w*)_?UR[IL]$|DATABASE_DSN$|^POSTGRES_DSN$", "database"),
    (r"(^|_)PORT$", "port"),
    (r"(^|_)HOST(NAME)?$", "host"),
    (r"(?:SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE|CREDENTIAL)|_KEY$", "secret"),
    (r"^(DEBUG|ENABLE_\w+|USE_\w+|IS_\w+)$|_(ENABLED|DEBUG|USE_TLS|USE_SSL)$", "boolean"),
    (r"UR[LI]$|ENDPOINT$|_ORIGIN$", "url"),
    (r"(^|_)EMAIL(_ADDRESS|_FROM|_TO|_SENDER)?$|MAIL_(FROM|TO|SENDER)$", "email"),
    (r"(_DIR|_PATH|_FILE|_ROOT|_FOLDER)$", "path"),
    (r"(_SECONDS|_MINUTES|_DAYS|_LIMIT|_TIMEOUT|_SIZE|_COUNT|_WORKERS)$|^WEB_CONCURRENCY$", "number"),
    (r"(ORIGINS|_HOSTS|_LIST)$", "list"),
)
_TYPES = {"bool": "boolean", "int": "number", "float": "number", "list": "list", "database": "database", "url": "url"}


def kind_of(name: str, type_: str, default: object) -> str:
    """What kind of value a variable holds; see `EnvironmentVariable.kind`."""
    by_name = next((kind for pattern, kind in _NAMES if re.search(pattern, name.upper())), "text")
    if by_name in ("port", "redis", "broker", "database"):
        return by_name
    if isinstance(default, bool) or type_ in ("bool", "boolean"):
        return "boolean"
    if "Dsn" in type_:
        return "redis" if "Redis" in type_ else "broker" if "Amqp" in type_ else "database"
    head = re.split(r"\W", type_, maxsplit=1)[0]
    if head in _TYPES:
        return _TYPES[head]
    return "url" if "Url" in type_ and by_name == "text" else by_name


def hints_of(made: SettingsClass, each: SettingsField, modules: Iterable[SourceModule]) -> tuple[str, ...]:
    """What the code demands of a settings field's value: encodings and lengths."""
    found = set(_validators(made, each))
    for module in modules:
        for call, _ in module.each(ast.Call):
            for argument in call.args[:1]:
                if isinstance(argument, ast.Attribute) and argument.attr == each.attribute:
                    found |= set(_taken_apart(module.qualified(call.func)))
    return tuple(sorted(found | set(_field_arguments(each))))


def _taken_apart(function: str) -> Iterator[str]:
    tail = function.rpartition(".")[2]
    if tail in ("b64decode", "standard_b64decode"):
        yield "base64"
    elif tail == "urlsafe_b64decode":
        yield "base64, URL-safe"
    elif tail == "Fernet":
        yield "32 bytes, base64, URL-safe (a Fernet key)"
    elif tail in ("unhexlify", "fromhex"):
        yield "hexadecimal"
    elif function == "json.loads":
        yield "JSON"


def _validators(made: SettingsClass, each: SettingsField) -> Iterator[str]:
    """`len(base64.b64decode(value)) != 32` in a validator of the field."""
    for statement in made.node.body:
        if not isinstance(statement, ast.FunctionDef) or not _validates(statement, each.attribute):
            continue
        encodings: set[str] = set()
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                encodings |= set(_taken_apart(made.module.qualified(node.func)))
        yield from encodings
        for node in ast.walk(statement):
            if isinstance(node, ast.Compare) and isinstance(node.left, ast.Call) and len(node.ops) == 1:
                limit = node.comparators[0]
                if made.module.qualified(node.left.func) == "len" and isinstance(limit, ast.Constant):
                    yield _length(node.ops[0], str(limit.value), "bytes" if encodings else "characters")


def _validates(function: ast.FunctionDef, attribute: str) -> bool:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call):
            names = [each.value for each in decorator.args if isinstance(each, ast.Constant)]
            if attribute in names:
                return True
    return False


def _length(operator: ast.cmpop, limit: str, unit: str) -> str:
    if isinstance(operator, (ast.NotEq, ast.Eq)):
        return f"{limit} {unit}"
    return f"at least {limit} {unit}" if isinstance(operator, (ast.Lt, ast.LtE)) else f"at most {limit} {unit}"


def _field_arguments(each: SettingsField) -> Iterator[str]:
    value = each.node.value
    if isinstance(value, ast.Call):
        for keyword in value.keywords:
            if keyword.arg in ("min_length", "max_length") and isinstance(keyword.value, ast.Constant):
                yield f"at {'least' if keyword.arg == 'min_length' else 'most'} {keyword.value.value!r} characters"
