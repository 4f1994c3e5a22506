param($Arguments)
# Formats 4: Test-CsComputer says what it found in its report (CsMgmtLog), little on the pipeline.
$file = Join-Path -Path ([IO.Path]::GetTempPath()) -ChildPath "relync-$([Guid]::NewGuid().ToString('N')).xml"
$errors = @()
$warnings = @()
try {
    try { $null = Test-CsComputer -Report $file -WarningAction SilentlyContinue } catch { $errors += ([string]$_.Exception.Message -replace '\s+', ' ').Trim() }
    if ([IO.File]::Exists($file)) {
        $report = New-Object -TypeName Xml.XmlDocument
        $report.XmlResolver = $null
        $report.Load($file)
        foreach ($node in $report.SelectNodes('//Error')) { $errors += ([string]$node.InnerText -replace '\s+', ' ').Trim() }
        foreach ($node in $report.SelectNodes('//Warning')) { $warnings += ([string]$node.InnerText -replace '\s+', ' ').Trim() }
    } elseif ($errors.Count -eq 0) {
        throw 'Test-CsComputer wrote no report'
    }
} finally {
    foreach ($one in @($file, [IO.Path]::ChangeExtension($file, '.html'))) { if ([IO.File]::Exists($one)) { [IO.File]::Delete($one) } }
}
[ordered]@{ errors = @($errors | Sort-Object -Unique); warnings = @($warnings | Sort-Object -Unique) }
