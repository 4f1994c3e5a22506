param($Arguments)
# C-14, C-16, C-17: what is assigned on this machine; the global token issuer is listed apart on some builds.
$rows = @(Get-CsCertificate)
if (@($rows | Where-Object { [string]$_.Use -eq 'OAuthTokenIssuer' }).Count -eq 0) {
    # "Nothing assigned" is said as an error by some builds: an assignment that is not listed is not there.
    $rows += @(Get-CsCertificate -Identity global -Type OAuthTokenIssuer -ErrorAction SilentlyContinue)
}
$certificates = @($rows | Where-Object { $_ } | ForEach-Object {
        [ordered]@{ use = [string]$_.Use; thumbprint = [string]$_.Thumbprint }
    })
[ordered]@{ certificates = $certificates }
