# Answers a batch of fragments, one JSON line each (preconditions M-04 to M-07). Input and output are pure ASCII, so no
# code page can bend them; a line break before each answer parts it from whatever a cmdlet left on the line.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
$stdout = [Console]::OpenStandardOutput()
function Send-Answer($Answer) {
    $json = ConvertTo-Json -InputObject $Answer -Depth 20 -Compress
    $json = [regex]::Replace($json, '[^ -~]', { '\u{0:x4}' -f [int][char]$args[0].Value })
    $bytes = [Text.Encoding]::ASCII.GetBytes("`n$json`n")
    $stdout.Write($bytes, 0, $bytes.Length)
    $stdout.Flush()
}
function Import-Shell {
    # By path: a shell that was opened before the product was installed has an old PSModulePath.
    $places = @('Microsoft Lync Server 2013\Modules\Lync\Lync.psd1',
        'Skype for Business Server 2015\Modules\SkypeForBusiness\SkypeForBusiness.psd1',
        'Skype for Business Server 2019\Modules\SkypeForBusiness\SkypeForBusiness.psd1')
    foreach ($place in $places) {
        $path = Join-Path -Path $env:CommonProgramFiles -ChildPath $place
        if (Test-Path -LiteralPath $path) { Import-Module -Name $path -DisableNameChecking -Global; return }
    }
    throw 'the Lync Server Management Shell is not installed on this host'
}
$loaded = $false
$batch = ConvertFrom-Json -InputObject (@($input) -join "`n")
foreach ($fragment in @($batch.fragments)) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $answer = [ordered]@{ id = $fragment.id; ok = $true; value = $null; seconds = 0 }
    try {
        $cs = $fragment.script -eq 'command/invoke.ps1' -and $fragment.arguments.name -cmatch '^[A-Za-z]+-Cs[A-Z]'
        if (-not $loaded -and ($cs -or $fragment.script -like 'lync/*')) { Import-Shell; $loaded = $true }
        $answer.value = @(& ([ScriptBlock]::Create($fragment.text)) $fragment.arguments)[-1]
        $answer.seconds = [Math]::Round($watch.Elapsed.TotalSeconds, 3)
        Send-Answer $answer
    } catch {
        $said = "$($_.Exception.Message)" -replace '\s+', ' '
        Send-Answer ([ordered]@{ id = $fragment.id; ok = $false; error = $said; seconds = [Math]::Round($watch.Elapsed.TotalSeconds, 3) })
    }
}
Send-Answer ([ordered]@{ end = $true })
