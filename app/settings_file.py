"""Settings as a TOML file: read with an error that says what to do, written so that they read back the same.

Every key is described in ``docs/configuration.md``; ``settings.py`` holds the defaults.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any

from app.passwords import PasswordMissing, password_source, secret_source
from app.settings import Settings
from app.settings_decoding import BadValue, decoded, joined
from app.settings_limits import checked

__all__ = [
    "CONFIG_VARIABLE",
    "PasswordMissing",
    "SettingsError",
    "dump_settings",
    "load_settings",
    "password_source",
    "secret_source",
]

CONFIG_VARIABLE = "RELYNC_CONFIG"


class SettingsError(Exception):
    """The settings cannot be used. ``str()`` is what the operator reads."""

    def __init__(self, file: Path, *, key: str = "", found: str, expected: str, do_next: str) -> None:
        where = f"{file}: {key}" if key else str(file)
        super().__init__(f"{where}: found {found}; expected {expected}. {do_next}")
        self.file = file
        self.key = key
        """Dotted name of the key; empty where the whole file is meant."""
        self.found = found
        self.expected = expected
        self.do_next = do_next


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Return the settings of a TOML file.

    Args:
        path: the file given with ``--config``; None: the one that RELYNC_CONFIG names, and without that the defaults.
        environ: environment variables.

    Raises:
        SettingsError: the file cannot be read, is no TOML, or holds a key or value that nobody can use.
    """
    named = environ.get(CONFIG_VARIABLE, "")
    chosen = path if path is not None else Path(named) if named else None
    if chosen is None:
        return Settings()
    document = _document(chosen, by_variable=path is None)
    try:
        settings: Settings = decoded(Settings, document, key="", folder=chosen.absolute().parent)
        return checked(settings)
    except BadValue as bad:
        raise SettingsError(chosen, key=bad.key, found=bad.found, expected=bad.expected, do_next=bad.do_next) from None


def _document(file: Path, *, by_variable: bool) -> dict[str, Any]:
    named = f"the environment variable {CONFIG_VARIABLE}" if by_variable else "--config"
    expected = "a TOML file in UTF-8"
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        known = {FileNotFoundError: "no such file", IsADirectoryError: "a folder"}
        seen = known.get(type(error)) or f"a file that cannot be read ({error.strerror or error})"
        raise SettingsError(file, found=seen, expected=expected, do_next=f"Correct {named}.") from None
    except UnicodeDecodeError:
        raise SettingsError(
            file, found="bytes that are not UTF-8", expected=expected, do_next="Save the file as UTF-8."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            file, found=f"what is not TOML: {error}", expected=expected, do_next="Correct that line."
        ) from None


def dump_settings(settings: Settings) -> str:
    """Return settings as TOML text: what differs from the defaults. Read back, it gives equal settings.

    Paths are written as they are; a relative one is read back relative to the folder of the file.
    """
    return "\n".join(_table(settings, "")).strip() + "\n"


def _table(shape: Any, key: str) -> Iterator[str]:
    differing = [(one.name, getattr(shape, one.name)) for one in fields(shape) if _differs(shape, one)]
    for name, value in differing:
        if not _is_table(value):
            yield f"{joined('', name)} = {_text(value)}"
    for name, value in differing:
        if _is_table(value):
            yield from _tables(value, joined(key, name))


def _tables(value: Any, key: str) -> Iterator[str]:
    if is_dataclass(value):
        yield from ("", f"[{key}]", *_table(value, key))
    elif isinstance(value, tuple):
        for one in value:
            yield from ("", f"[[{key}]]", *_table(one, key))
    elif all(isinstance(one, str) for one in value.values()):
        yield from ("", f"[{key}]", *(f"{joined('', name)} = {_text(one)}" for name, one in value.items()))
    else:
        for name, one in value.items():
            yield from _tables(one, joined(key, name))


def _differs(shape: Any, field: Field[Any]) -> bool:
    default = field.default
    if default is MISSING:
        default = field.default_factory() if field.default_factory is not MISSING else MISSING
    return bool(getattr(shape, field.name) != default)


def _is_table(value: object) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(is_dataclass(one) for one in value)
    return is_dataclass(value) or isinstance(value, Mapping)


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case tuple():
            return f"[{', '.join(map(_text, value))}]"
        case _:
            return '"' + "".join(map(_escaped, str(value))) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return f"\\u{ord(letter):04X}" if ord(letter) < 0x20 or ord(letter) == 0x7F else letter
