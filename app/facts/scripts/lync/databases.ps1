param($Arguments)
# Q-17: versions that the binaries on this machine want, against those found. Succeed alone proves nothing.
$databases = @(Test-CsDatabase -LocalService | ForEach-Object {
        [ordered]@{
            name              = [string]$_.DatabaseName
            data_source       = [string]$_.DataSource
            expected_version  = [string]$_.ExpectedVersion
            installed_version = [string]$_.InstalledVersion
            succeed           = [bool]$_.Succeed
        }
    })
[ordered]@{ databases = $databases }
