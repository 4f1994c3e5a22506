param($Arguments)
# Runs one structured command and reports how it ended: preconditions M-06 (exit codes prove nothing), W-02 (wait for programs).
# Nothing is ever parsed as text: a cmdlet is splatted, a program gets one array element an argument.
$ConfirmPreference = 'None'
$ErrorActionPreference = 'Continue'
$WarningPreference = 'Continue'
$output = New-Object 'System.Collections.Generic.List[object]'
$warnings = New-Object 'System.Collections.Generic.List[string]'
$errors = New-Object 'System.Collections.Generic.List[string]'
$exitCode = $null

function Get-Said($Record) {
    $text = ([string]$Record.Exception.Message -replace '\s+', ' ').Trim()
    $id = [string]$Record.FullyQualifiedErrorId
    if ($id -and $id -ne $text) { "$text [$id]" } else { $text }
}

try {
    if ($Arguments.kind -eq 'cmdlet') {
        if ([string]$Arguments.name -notmatch '^[A-Za-z]+-[A-Za-z0-9]+$') { throw 'this is not the name of a cmdlet' }
        $cmdlet = @(Get-Command -Name $Arguments.name -CommandType Cmdlet, Function -ErrorAction Stop)[0]
        $parameters = @{}
        foreach ($one in $Arguments.parameters.PSObject.Properties) { $parameters[$one.Name] = $one.Value }
        & $cmdlet @parameters 2>&1 3>&1 | ForEach-Object {
            if ($_ -is [Management.Automation.ErrorRecord]) { $errors.Add((Get-Said $_)) }
            elseif ($_ -is [Management.Automation.WarningRecord]) { $warnings.Add([string]$_.Message) }
            else { $output.Add($_) }
        }
    } elseif ($Arguments.kind -eq 'program') {
        $words = [string[]]@($Arguments.arguments)
        foreach ($word in $words) {
            # Windows PowerShell quotes a native argument with blanks, and breaks it where it holds these.
            if ($word.Contains('"') -or $word -eq '' -or ($word -match '\s' -and $word.EndsWith('\'))) {
                throw "PowerShell cannot pass the argument <$word> to a program unchanged"
            }
        }
        $program = @(Get-Command -Name ([Management.Automation.WildcardPattern]::Escape($Arguments.name)) -CommandType Application -ErrorAction Stop)[0]
        $global:LASTEXITCODE = $null
        # Piping makes PowerShell wait for programs with a window too, such as msiexec.
        & $program.Definition @words 2>&1 | ForEach-Object { $output.Add([string]$_) }
        $exitCode = $global:LASTEXITCODE
        if ($null -eq $exitCode) { throw 'the program reported no exit code' }
    } else {
        throw "a command of kind <$($Arguments.kind)> is not known"
    }
} catch {
    $errors.Add((Get-Said $_))
}

$lines = @()
if ($output.Count -gt 0) {
    $lines = @(($output | Out-String -Width 300) -split "`r?`n" | ForEach-Object { ([string]$_).TrimEnd() } | Where-Object { $_ -ne '' })
}
if ($lines.Count -gt 1000) {
    $lines = @($lines[0..499]) + @("... $($lines.Count - 1000) lines left out ...") + @($lines[-500..-1])
}
$success = $errors.Count -eq 0
if ($Arguments.kind -eq 'program') { $success = $success -and @($Arguments.success_codes) -contains $exitCode }
[ordered]@{
    ok        = $success
    exit_code = $exitCode
    output    = @($lines)
    warnings  = @($warnings.ToArray())
    errors    = @($errors.ToArray())
}
