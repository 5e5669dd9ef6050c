"""Two installed versions do not work together, or one does not work on this Python.

What it means:
    Installing succeeded; importing or using the packages fails inside of them.

Why:
    A pin holds one package at an old release while another (or Python itself) has moved on and changed what the old one
    uses.

Example:
    TypeError: Client.__init__() got an unexpected keyword argument 'proxies'

What to do:
    Raise the older side, or hold the newer one back.

Sources:
    openai-python 1.55.3; SQLAlchemy 2.0.31; passlib 1.7.4 and bcrypt 5.0; Werkzeug 3.0; pydantic's migration guide;
    protobuf's 4.21 notes; own recordings; read 2026-11-20.
"""

from trueup.logrules._incompatible import (
    known_pair,
    library_import,
    library_mismatch,
    library_type_error,
    pydantic_v1_user,
)
from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="dependency-incompatible-at-start",
    title="Installed versions do not work together",
    group=Group.START,
    phase="start",
    patterns=(
        pattern(
            "unexpected keyword argument 'prox",
            r"got an unexpected keyword argument '(?P<what_fails>proxies|proxy)'",
            accept=known_pair,
        ),
        pattern("directly inherits TypingOnly but has additional attributes", accept=known_pair),
        pattern("password cannot be longer than 72 bytes", accept=known_pair),
        pattern(
            "cannot import name '",
            r"cannot import name '(?P<name>\w+)' from (?:partially initialized module )?'(?P<from>[\w.]+)'",
            accept=library_import,
        ),
        pattern(
            "cannot import name ",
            r"cannot import name (?P<name>\w+)$",
            accept=library_import,
            confidence=Confidence.MEDIUM,
        ),
        pattern("`BaseSettings` has been moved", accept=known_pair),
        pattern("PydanticImportError", accept=known_pair, lead=-1),
        pattern("PydanticUserError", accept=pydantic_v1_user, lead=-1),
        pattern("ForwardRef._evaluate()", accept=library_type_error),
        pattern("Descriptors cannot be created directly", accept=known_pair),
        pattern("Descriptors cannot not be created directly", accept=known_pair),
        pattern(
            "has no attribute '",
            r"AttributeError: (?:partially initialized )?module '(?P<from>[\w.]+)' has no attribute '(?P<name>\w+)'",
            accept=library_import,
        ),
        pattern(
            "has no attribute '",
            r"AttributeError: '(?P<from>[\w.]+)' object has no attribute '(?P<name>\w+)'",
            accept=library_type_error,
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "unexpected keyword argument '",
            r"TypeError: (?P<callable>[\w.<>]+)\(\) got an unexpected keyword argument '(?P<name>\w+)'",
            accept=library_type_error,
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "required positional argument",
            r"TypeError: (?P<callable>[\w.<>]+)\(\) missing \d+ required (?:positional|keyword-only) argument",
            accept=library_type_error,
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "positional argument",
            r"TypeError: (?P<callable>[\w.<>]+)\(\) takes (?:from )?\d+(?: to \d+)? positional arguments? but \d+"
            r" (?:was|were) given",
            accept=library_type_error,
            confidence=Confidence.MEDIUM,
        ),
        pattern("unable to infer type for attribute", accept=known_pair),
        pattern(
            "No module named '",
            r"No module named '(?P<module>\w+(?:\.\w+)+)'",
            accept=library_import,
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "VersionConflict",
            r"pkg_resources\.(?:ContextualVersionConflict|VersionConflict): \((?<![\w.-])(?P<package>[\w.-]{1,80})"
            r" (?P<version>[\w.]+) .*Requirement\.parse\('(?P<name>[^']+)'\)",
        ),
        pattern(
            "is required for a normal functioning of this module, but found",
            r"ImportError: (?<![\w.-])(?P<name>[\w.-]{1,80}[<>=!,.\d]*) is required for a normal functioning of this"
            r" module, but"
            r" found (?P<package>[\w-]+)==(?P<version>[\w.]+)",
        ),
        pattern("metaclass conflict", accept=library_type_error, confidence=Confidence.MEDIUM),
        pattern("duplicate base class TimeoutError", accept=known_pair),
        pattern(
            "no longer supported",
            r"(?:pydantic|Pydantic) v?1.{0,40}(?:isn't|not|no longer) (?:compatible|supported)",
            accept=known_pair,
        ),
        pattern(
            "dataclass",
            r"ValueError: mutable default <class '[\w.]+'> for field \w+ is not allowed: use default_factory",
            accept=library_type_error,
        ),
        pattern("unexpected keyword argument 'loop'", accept=known_pair),
        pattern("VersionMismatch: ", r"VersionMismatch: (?P<name>.{5,120})", accept=library_mismatch),
        pattern("Numba needs NumPy", r"ImportError: Numba needs NumPy (?P<name>[\d.]+ or \w+)"),
        pattern(
            "is incompatible with",
            r"(?:ImportError|RuntimeError): (?<![\w.-])(?P<package>[\w.-]{1,80})[ =]+v?(?P<version>[\d.]+) is"
            r" (?:incompatible|not"
            r" compatible) with (?P<name>.{3,60})",
        ),
        pattern(
            "requires SQLAlchemy",
            r"requires SQLAlchemy (?P<name>\S+)",
            needs=r"Error",
            reach=3,
            confidence=Confidence.MEDIUM,
        ),
        pattern("asyncio' has no attribute 'coroutine'", lead=-1),
        pattern("SECLEVEL", r"(?P<package>urllib3) v2(?:\.0)? only supports OpenSSL 1\.1\.1\+"),
        pattern(
            "X509_V_FLAG",
            r"module 'lib' has no attribute '(?P<name>X509_V_FLAG\w*|OpenSSL_add_all_algorithms)'",
            lead=2,
        ),
        pattern("has no attribute 'OpenSSL_add_all_algorithms'", lead=1),
    ),
    explanation=(
        (
            "{story} | {user} uses `{name}` of {from}, which the installed {owner} does not have. | Inside of {user},"
            " `{name}` fails: it was written for other versions than those installed. | Installed versions do not fit"
            " each other."
        ),
    ),
    remedies=(
        (
            "{cure} | Raise {user} to a version made for the installed {owner}, or hold {owner} back. | Raise the"
            " package in whose folder the last lines of the traceback lie, or hold back the one that it uses; then"
            " lock both."
        ),
    ),
    examples=(
        (
            '  File "/app/.venv/lib/python3.12/site-packages/openai/_base_client.py", line 829, in'
            " __init__\nTypeError: Client.__init__() got an unexpected keyword argument 'proxies'"
        ),
        (
            "AssertionError: Class <class 'sqlalchemy.sql.elements.SQLCoreOperations'> directly inherits TypingOnly"
            " but has additional attributes {'__static_attributes__', '__firstlineno__'}."
        ),
        (
            "AttributeError: module 'bcrypt' has no attribute '__about__'\nValueError: password cannot be longer than"
            " 72 bytes, truncate manually if necessary (e.g. my_password[:72])"
        ),
        (
            '  File "/app/.venv/lib/python3.11/site-packages/flask/app.py", line 28, in <module>\nImportError:'
            " cannot import name 'url_quote' from 'werkzeug.urls'"
            " (/app/.venv/lib/python3.11/site-packages/werkzeug/urls.py)"
        ),
        "pydantic.errors.PydanticImportError: `BaseSettings` has been moved to the `pydantic-settings` package.",
        "TypeError: Descriptors cannot be created directly.",
    ),
    counter_examples=(
        "ImportError: cannot import name 'create_app' from 'app' (/app/app/__init__.py)",
        "(trapped) error reading bcrypt version\nAttributeError: module 'bcrypt' has no attribute '__about__'",
    ),
    effect_of=frozenset(
        {"stdlib-removed-at-start", "numpy-abi", "missing-shared-library", "setuptools-missing", "event-loop-missing"}
    ),
    about_a_package=False,
)
