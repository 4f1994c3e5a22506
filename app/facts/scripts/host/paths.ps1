param($Arguments)
# Whether files and folders are there, and their SHA-256 where asked. GetAttributes tells "no such file" from "may not look",
# which Test-Path does not; the latter ends the fragment with an error.
function Get-Sha256([string]$Path) {
    $algorithm = [Security.Cryptography.SHA256]::Create()
    $stream = [IO.File]::Open($Path, [IO.FileMode]::Open, [IO.FileAccess]::Read, [IO.FileShare]::ReadWrite)
    try { ([BitConverter]::ToString($algorithm.ComputeHash($stream)) -replace '-', '').ToLowerInvariant() }
    finally { $stream.Dispose(); $algorithm.Dispose() }
}
$states = @(foreach ($path in @($Arguments.paths)) {
        $state = [ordered]@{ path = [string]$path; exists = $true; is_folder = $false; size = 0; sha256 = '' }
        try {
            $attributes = [IO.File]::GetAttributes($path)
            $state.is_folder = ($attributes -band [IO.FileAttributes]::Directory) -ne 0
        } catch [IO.FileNotFoundException], [IO.DirectoryNotFoundException] {
            $state.exists = $false
        } catch [IO.IOException] {
            # An empty drive (ERROR_NOT_READY) holds no such file; anything else was not looked at.
            if (([Runtime.InteropServices.Marshal]::GetHRForException($_.Exception.GetBaseException()) -band 0xFFFF) -ne 21) { throw }
            $state.exists = $false
        }
        if ($state.exists -and -not $state.is_folder) {
            $state.size = (New-Object -TypeName IO.FileInfo -ArgumentList $path).Length
            if ($Arguments.hashed) { $state.sha256 = Get-Sha256 $path }
        }
        $state
    })
[ordered]@{ paths = $states }
