"""docs/configuration.md names every key with its default, and nothing that does not exist."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from app.settings import Settings
from app.settings_file import load_settings

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
WORDED = {"none", "the user's state folder", "the system's", "(needed)"}


def tables(shape: type[Any], heading: str) -> Iterator[tuple[str, Field[Any]]]:
    """Yield heading and field of every key that holds a value."""
    hints = get_type_hints(shape)
    for field in fields(shape):
        inner = [one for one in (hints[field.name], *get_args(hints[field.name])) if is_dataclass(one)]
        if inner and isinstance(inner[0], type):
            yield from tables(inner[0], field.name)
        elif field.name != "forwards":
            yield heading, field


def written() -> Mapping[tuple[str, str], str]:
    """Return the default column by section and key."""
    found = {}
    section = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            named = re.search(r"\[+([a-z]+)", line)
            section = named.group(1) if named else ""
        row = re.match(r"\| `([a-z_]+)` \| (.*?) \|", line)
        if row:
            found[section, row.group(1)] = row.group(2)
    return found


KEYS = list(tables(Settings, ""))


@pytest.mark.parametrize(("section", "field"), KEYS, ids=lambda one: getattr(one, "name", one))
def test_every_key_is_on_the_page_with_its_default(section: str, field: Field[Any]) -> None:
    shown = written()[section, field.name]
    if shown in WORDED:
        assert field.default in (None, MISSING, ())
    else:
        default = field.default if field.default is not MISSING else ()
        value = tomllib.loads(f"x = {shown.strip('`')}")["x"]
        assert value == (list(default) if isinstance(default, tuple) else default)


def test_the_page_names_no_key_that_does_not_exist() -> None:
    assert set(written()) == {(section, field.name) for section, field in KEYS}


def test_the_example_on_the_page_is_one_that_works(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    (tmp_path / "contoso-root.pem").write_text("")
    (tmp_path / "relync.toml").write_text(example.group(1), encoding="utf-8")
    read = load_settings(tmp_path / "relync.toml", {})
    assert read.target == "se01.contoso.com"
    assert read.mounted("\\\\se01.contoso.com\\LyncShare\\x") == Path("/mnt/lyncshare/x")
