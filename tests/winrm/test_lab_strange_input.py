"""Whatever is typed, the lab's command line answers; it never breaks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.winrm.shell_fakes import powershell, prompt

_PIECES = st.sampled_from(
    [
        *(
            "$x",
            "$_",
            "'a'",
            '"b $x"',
            "1",
            "2.5",
            "(",
            ")",
            "{",
            "}",
            "@(",
            "@{",
            "[",
            "]",
            "|",
            ";",
            ",",
            "\n",
            " ",
            "=",
        ),
        *(
            "+",
            "-",
            "*",
            "/",
            "-eq",
            "-not",
            "-join",
            "-f",
            "..",
            ".",
            "::",
            "[int]",
            "$(",
            "`",
            "#",
            "<#",
            "&",
            "!",
            "@'",
        ),
        *(
            "Get-Service",
            "select",
            "? {",
            "% {",
            "if (",
            "try {",
            "catch {",
            "throw",
            "exit",
            "return",
            "-Name",
            "$null",
        ),
        *(
            "foreach (",
            "in",
            "ConvertTo-Json",
            "ft",
            "2>&1",
            ">",
            "$x.Name",
            "$x[0]",
            "Foo-Bar",
            "robocopy.exe",
            "\u00e9",
        ),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=12).map(" ".join) | st.lists(_PIECES, max_size=8).map("".join) | st.text(max_size=40))
def test_every_script_ends_with_output_or_an_error_record(script: str) -> None:
    ended = powershell(script)
    told = b'<S S="Error">' in ended.stderr or any(word in script.lower() for word in ("exit", "robocopy", ">"))
    assert ended.exit_code == 0 or told


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="abc \"'^&|<>%\\\t()@;,powershell-CommandhostnameechoEXIT/c", max_size=60) | st.text(max_size=60)
)
def test_every_line_ends_with_an_exit_code(line: str) -> None:
    assert isinstance(prompt(line).exit_code, int)


@pytest.mark.parametrize("script", ["(" * 5000, "{" * 5000, "$(" * 3000, "-not " * 5000 + "1", "'x' * 1GB", "1..1GB"])
def test_a_script_that_would_go_too_deep_or_too_far_is_refused(script: str) -> None:
    ended = prompt("powershell -Command -", stdin=script.encode())
    assert ended.exit_code == 1
    assert b"lab's PowerShell" in ended.stderr
