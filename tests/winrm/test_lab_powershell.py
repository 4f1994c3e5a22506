"""The small PowerShell of the simulated hosts does what the real one does, or says that it cannot."""

from __future__ import annotations

import json

import pytest

from tests.winrm.shell_fakes import FakeShellHost, powershell


def lines(script: str) -> list[str]:
    """Return what a script prints, one line an element, without empty ones."""
    ended = powershell(script)
    assert ended.exit_code == 0, ended.stderr.decode()
    return [line for line in ended.stdout.decode().split("\r\n") if line.strip()]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("'a'; 'b'", ["a", "b"]),
        ("1 + 2 * 3; (1 + 2) * 3; 7 / 2; 8 / 2; 7 % 4; -5 + 3; 2KB", ["7", "9", "3.5", "4", "3", "-2", "2048"]),
        ("'a' + 1; 'ab' * 2; 1,2 + 3", ["a1", "abab", "1", "2", "3"]),
        ("$x = 5; $x += 2; $X", ["7"]),
        ("$x = 'a','b'; $x[0]; $x[-1]; $x.Count; $x.Length", ["a", "b", "2", "2"]),
        ("1..4 -join '+'; -join ('a','b')", ["1+2+3+4", "ab"]),
        ("'b' -in 'a','b'; 'a','b' -contains 'C'; 'abc' -like 'A*'; 'abc' -clike 'A*'", ["True", "False", "True", "False"]),
        ("'RTCSRV' -match '^rtc'; 'x' -ne 'X'; 'x' -cne 'X'; $null -eq $null", ["True", "False", "True", "True"]),
        ("1 -eq '1'; '10' -lt '9'; 10 -lt '9'; 3 -ge 3; 2 -le 1; 5 -gt 4", ["True", "True", "False", "True", "False", "True"]),
        ("1,2,3,4 -gt 2", ["3", "4"]),
        ("$true -and -not $false; $false -or $null; !$true; $true -xor $true", ["True", "False", "False", "False"]),
        ("\"n: $(1 + 1) $env:COMPUTERNAME `$x `\"q`\" \"\"z\"\"\"", ['n: 2 SE01 $x "q" "z"']),
        ("'it''s $x'", ["it's $x"]),
        ("@'\nraw $x\n'@; @\"\nsum $(2+2) \"q\"\n\"@", ["raw $x", 'sum 4 "q"']),
        ("'{0,-5}|{1:D3}|{2:N1}|{{}}' -f 'a', 7, 2.55", ["a    |007|2.5|{}"]),
        ("'a-b_c' -split '[-_]'; 'aXa' -replace 'x','-'; 'ab' -replace '(a)(b)','$2$1'", ["a", "b", "c", "a-a", "ba"]),
        ("' x '.Trim().ToUpper() + 'abc'.Substring(1,1); 'a,b'.Split(',')[1]; 'abc'.Replace('b','-')", ["Xb", "b", "a-c"]),
        ("[int]'5' + 1; [string]5 + 1; [bool]'x'; [int[]]('1','2')", ["6", "51", "True", "1", "2"]),
        ("[math]::Round(2.567, 1); [string]::Join('-', 'a', 'b'); [Environment]::MachineName", ["2.6", "a-b", "SE01"]),
        ("if (1 -gt 2) { 'a' } elseif (2 -gt 1) { 'b' } else { 'c' }", ["b"]),
        ("foreach ($i in 1..3) { if ($i -ne 2) { $i } }", ["1", "3"]),
        ("1..3 | ForEach-Object { $_ * 10 } | Where-Object { $_ -ge 20 }", ["20", "30"]),
        ("3,1,2 | sort; 'b','a','B' | sort -Unique -Descending", ["1", "2", "3", "b", "a"]),
        ("(1..4 | Measure-Object -Sum -Average).Sum; (1,2 | measure).Count", ["10", "2"]),
        ("$h = @{ one = 1; two = 'x' }; $h.one; $h['TWO']; $h.three = 3; $h.Count", ["1", "x", "3"]),
        ("$o = [pscustomobject]@{ A = 1 }; $o.a; ($o | select A, B).B -eq $null", ["1", "True"]),
        ("(New-Object PSObject -Property @{ N = 'v' }).N", ["v"]),
        ("try { throw 'broken' } catch { \"caught $($_.Exception.Message)\" } finally { 'last' }", ["caught broken", "last"]),
        ("try { Foo-Bar } catch { $_.FullyQualifiedErrorId }", ["CommandNotFoundException"]),
        ("& { 'in'; return 'out'; 'never' }", ["in", "out"]),
        ("'x' | Out-Null; Write-Output 'y'; Write-Host a b; Write-Warning careful", ["y", "a b", "WARNING: careful"]),
        ("(Get-Date).ToString('yyyy-MM-dd HH:mm'); Get-Date -Format s; (Get-Date).AddDays(1).Day", ["2026-11-21 18:30", "2026-11-21T18:30:00", "22"]),
        ("Get-Date", ["Saturday, November 21, 2026 6:30:00 PM"]),
        ("$PSVersionTable.PSVersion.ToString(); $PSVersionTable.PSVersion.Major -ge 3", ["4.0", "True"]),
        ("hostname; whoami; $LASTEXITCODE", ["se01", "contoso\\lyncadmin", "0"]),
        ("robocopy.exe a b; $LASTEXITCODE; $?", ["kopiert: \u00fcber", "3", "True"]),
        ("# comment\n<# more\n lines #> 'a' `\n  | % { $_ + 'b' }", ["ab"]),
        ("'{\"a\":[1,{\"b\":null}]}' | ConvertFrom-Json | % { $_.a[0] }", ["1"]),
        ("$p = @{ Name = 'RTCSRV' }; (Get-Service @p).Status", ["Running"]),
        ("'a','b','c' | select -First 2 | select -Last 1; 1..5 | select -Skip 3", ["b", "4", "5"]),
        ("Get-Service | ? Status -eq Stopped | % Name; Get-Service | where Name -like R* | select -exp Name", ["REPLICA", "RTCSRV", "REPLICA"]),
        ("Test-Path C:\\; if (Test-Path D:\\) { 'there' } else { 'not there' }", ["True", "not there"]),
        ("Get-Service | group Status | sort Name | % { \"$($_.Name) $($_.Count)\" }", ["Running 2", "Stopped 1"]),
    ],
)  # fmt: skip
def test_a_script_prints_what_powershell_prints(script: str, expected: list[str]) -> None:
    assert lines(script) == expected


def test_up_to_four_properties_are_a_table_and_more_are_a_list() -> None:
    assert lines("Get-Service RTCSRV | Select-Object Name, Status") == [
        "Name   Status",
        "----   ------",
        "RTCSRV Running",
    ]
    shown = lines("Get-CsUser")
    assert shown[0] == "SipAddress : sip:\u00e9va@contoso.com"
    assert shown[-1] == "Property9  : 9"


def test_format_cmdlets_choose_and_calculate_columns() -> None:
    assert lines("Get-Service RTCSRV | Format-List N*, @{ n = 'Up'; e = { $_.Status -eq 'Running' } }") == [
        "Name : RTCSRV",
        "Up   : True",
    ]
    assert lines("Get-Service | ft Name -HideTableHeaders") == ["RTCSRV", "REPLICA", "W3SVC"]
    assert lines("(Get-Service RTCSRV | ft Name | Out-String).Contains('RTCSRV')") == ["True"]


def test_numbers_stand_right_and_what_is_too_wide_is_cut_with_dots() -> None:
    shown = lines("[pscustomobject]@{ Text = 'x' * 100; N = 5 }")
    assert shown[2].endswith("...")
    assert max(map(len, shown)) < 80
    assert lines("[pscustomobject]@{ Number = 5 }")[2] == "     5"


def test_arrays_dates_and_hashtables_are_shown_as_powershell_shows_them() -> None:
    assert lines("(Get-Day | select When, Days | fl)") == ["When : 11/21/2026 6:30:00 PM", "Days : {Sat, Sun}"]
    assert lines("@{ a = 1 }") == ["Name Value", "---- -----", "a        1"]


def test_json_is_that_of_windows_powershell() -> None:
    shown = powershell("Get-Day | ConvertTo-Json").stdout.decode()
    assert '"When":  "\\/Date(1795285800000)\\/"' in shown
    assert json.loads(shown)["Deep"] == {"a": {"b": "@{c=1}"}}
    assert json.loads(powershell("Get-Day | ConvertTo-Json -Depth 5").stdout)["Deep"] == {"a": {"b": {"c": 1}}}
    compact = powershell("Get-Service | select Name | ConvertTo-Json -Compress").stdout.decode()
    assert compact == '[{"Name":"RTCSRV"},{"Name":"REPLICA"},{"Name":"W3SVC"}]\r\n'
    assert powershell('"it\'s <b>" | ConvertTo-Json').stdout == b'"it\\u0027s \\u003cb\\u003e"\r\n'


def test_cmdlets_of_the_host_get_their_parameters_by_name_switch_and_position() -> None:
    host = FakeShellHost()
    powershell(
        "Get-Service RTC*; Get-CsUser sip:a@contoso.com -Verbose; Import-CsUserData -PoolFqdn se01.contoso.com "
        "-FileName 'C:\\a b.zip' -Confirm:$false -Force -UserFilter a,b -ErrorAction SilentlyContinue",
        host,
    )
    assert host.calls == [
        ("Get-Service", {"Name": "RTC*"}),
        ("Get-CsUser", {"Identity": "sip:a@contoso.com", "Verbose": True}),
        (
            "Import-CsUserData",
            {
                "PoolFqdn": "se01.contoso.com",
                "FileName": "C:\\a b.zip",
                "Confirm": False,
                "Force": True,
                "UserFilter": ["a", "b"],
            },
        ),
    ]


def test_programs_get_their_arguments_as_they_were_written() -> None:
    host = FakeShellHost()
    powershell("& 'C:\\Windows\\robocopy.exe' \\\\bk01\\share 'C:\\a b' /E /R:2 \"/XF:$(1+1)\" -x 5", host)
    expected = ("\\\\bk01\\share", "C:\\a b", "/E", "/R:2", "/XF:2", "-x", "5")
    assert host.programs == [("C:\\Windows\\robocopy.exe", expected)]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("Foo-Bar", "CommandNotFoundException"),
        ("foo.exe /x", "CommandNotFoundException"),
        ("Get-Service | Foo-Bar", "NotSimulated"),
        ("while ($true) { }", "keyword &#39;while&#39;"),
        ("function f { }", "keyword &#39;function&#39;"),
        ("'a' > C:\\x.txt", "redirection"),
        ('"a', "terminator"),
        ("if ($true) { 'a'", "closing &#39;}&#39;"),
        ("'a' 'b'", "Unexpected token"),
        ("[Net.WebClient]::new()", "net.webclient"),
        ("'x'.Foo()", "Foo()"),
        ("[xml]'<a/>'", "[xml]"),
        (". C:\\x.ps1", "script files"),
        ("$null.Foo()", "null-valued"),
        ("$x = $null; $x[0]", "null array"),
        ("1 / 0", "divide by zero"),
        ("[int]'x'", "Cannot convert"),
        ("Get-Service a b", "positional parameter"),
        ("Select-Object -Foo 1", "matches parameter name"),
        ("Sort-Object -Property", "Missing an argument"),
        ("New-Object Net.WebClient", "New-Object"),
        ("throw 'enough'", "enough"),
        ("Write-Error 'wrong'", "WriteErrorException"),
        ("$true = 1", "read-only"),
        ("Import-CsUserData -PoolFqdn a", "ServicesRunning"),
        ("'a' -match '('", "regular expression"),
    ],
)
def test_what_fails_or_is_not_known_says_so_as_clixml_with_exit_code_1(script: str, said: str) -> None:
    ended = powershell(script)
    complaint = ended.stderr.decode()
    assert ended.exit_code == 1
    assert complaint.startswith("#< CLIXML\r\n<Objs ")
    assert said.replace("&#39;", "'") in complaint
    assert ended.stdout == b""


def test_nothing_of_a_script_runs_that_holds_what_is_not_known() -> None:
    host = FakeShellHost()
    ended = powershell("Get-Service; while ($true) { }", host)
    assert (ended.stdout, host.calls) == (b"", [])


def test_a_member_nobody_simulates_ends_the_script_whatever_the_preference() -> None:
    ended = powershell("$ErrorActionPreference = 'SilentlyContinue'; 'x'.Foo(); 'never'")
    assert (ended.stdout, ended.exit_code) == (b"", 1)


def test_a_failed_statement_does_not_end_the_script_and_the_last_one_decides_the_exit_code() -> None:
    ended = powershell("Foo-Bar; $?; 'after'; $?")
    assert ended.stdout == b"False\r\nafter\r\nTrue\r\n"
    assert ended.exit_code == 0
    assert b"Foo-Bar" in ended.stderr


@pytest.mark.parametrize(
    ("script", "printed", "code"),
    [
        ("$ErrorActionPreference = 'Stop'; Import-CsUserData -PoolFqdn a; 'never'", b"", 1),
        ("Import-CsUserData -PoolFqdn a -ErrorAction Stop; 'never'", b"", 1),
        ("Import-CsUserData -PoolFqdn a -ea SilentlyContinue; $?", b"False\r\n", 0),
        ("try { Import-CsUserData -PoolFqdn a -ea Stop } catch { exit 7 }", b"", 7),
        ("Import-CsUserData -PoolFqdn a 2>$null; 'on'", b"on\r\n", 0),
        ("exit 42; 'never'", b"", 42),
        ("robocopy.exe a b", "kopiert: \u00fcber\r\n".encode(), 1),
        ("robocopy.exe a b; exit $LASTEXITCODE", "kopiert: \u00fcber\r\n".encode(), 3),
    ],
)
def test_errors_and_exit_codes_follow_the_preference(script: str, printed: bytes, code: int) -> None:
    ended = powershell(script)
    assert (ended.stdout, ended.exit_code) == (printed, code)


def test_errors_can_be_merged_into_the_output() -> None:
    ended = powershell("Import-CsUserData -PoolFqdn a 2>&1 | Out-String")
    assert b"The pool's services are running." in ended.stdout
    assert b'S="Error"' not in ended.stderr


def test_progress_leaves_clixml_though_all_is_well_unless_it_is_silenced() -> None:
    noisy = powershell("Get-Service RTCSRV")
    assert (noisy.exit_code, b"progress" in noisy.stderr, b"Error" in noisy.stderr) == (0, True, False)
    assert powershell("$ProgressPreference = 'SilentlyContinue'; Get-Service RTCSRV").stderr == b""
    assert powershell("'a'").stderr == b""


@pytest.mark.parametrize(
    ("codepage", "expected"),
    [(65001, "\u00e9\u20ac".encode()), (437, b"\x82?"), (850, b"\x82?"), (1252, b"\xe9\x80"), (99999, b"\x82?")],
)
def test_output_leaves_in_the_code_page_of_the_console(codepage: int, expected: bytes) -> None:
    assert powershell("'\u00e9\u20ac'", codepage=codepage).stdout == expected + b"\r\n"


def test_a_script_can_ask_for_utf8_itself() -> None:
    script = "[Console]::OutputEncoding=[Text.Encoding]::UTF8; '\u00e9\u20ac'"
    assert powershell(script, codepage=437).stdout == "\u00e9\u20ac\r\n".encode()
