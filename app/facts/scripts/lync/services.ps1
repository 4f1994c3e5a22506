param($Arguments)
# S-01, S-03: what the product expects here. Counting activity would ask every service and is left out.
$services = @(Get-CsWindowsService -ExcludeActivityLevel | ForEach-Object {
        [ordered]@{ name = [string]$_.Name; status = $_.Status.ToString() }
    })
[ordered]@{ services = $services }
