param($Arguments)
# R-03, D-01, D-02, H-01, O-01, O-10: who the machine says it is.
$tcpip = Get-ItemProperty -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
$windows = Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
$computer = Get-WmiObject -Class Win32_ComputerSystem
$system = Get-WmiObject -Class Win32_OperatingSystem

$channel = $null
if ($computer.PartOfDomain) {
    # Without a domain controller the test can take a minute: it gets eight seconds of its own.
    $probe = [PowerShell]::Create().AddCommand('Test-ComputerSecureChannel')
    $started = $probe.BeginInvoke()
    if ($started.AsyncWaitHandle.WaitOne(8000)) {
        try {
            $said = @($probe.EndInvoke($started))
            if ($said.Count -gt 0) { $channel = [bool]$said[0] }
        } catch {
            $channel = $null
        }
        $probe.Dispose()
    }
}

$adapters = @(Get-WmiObject -Class Win32_NetworkAdapterConfiguration -Filter 'IPEnabled = TRUE' | ForEach-Object {
        [ordered]@{
            name         = [string]$_.Description
            mac          = [string]$_.MACAddress
            dhcp_enabled = [bool]$_.DHCPEnabled
            addresses    = @($_.IPAddress | Where-Object { $_ })
            gateways     = @($_.DefaultIPGateway | Where-Object { $_ })
            dns_servers  = @($_.DNSServerSearchOrder | Where-Object { $_ })
        }
    })

$entries = @()
$hosts = Join-Path -Path $env:SystemRoot -ChildPath 'System32\drivers\etc\hosts'
if ([IO.File]::Exists($hosts)) {
    $entries = @(foreach ($line in [IO.File]::ReadAllLines($hosts)) {
            $words = @(($line -split '#')[0].Trim() -split '\s+' | Where-Object { $_ -ne '' })
            if ($words.Count -ge 2) { [ordered]@{ address = $words[0]; names = @($words[1..($words.Count - 1)]) } }
        })
}

[ordered]@{
    hostname           = [string]$tcpip.Hostname
    primary_dns_suffix = [string]$tcpip.'NV Domain'
    domain             = [string]$computer.Domain
    part_of_domain     = [bool]$computer.PartOfDomain
    secure_channel     = $channel
    adapters           = $adapters
    hosts_file         = $entries
    os_caption         = ([string]$system.Caption).Trim()
    os_build           = [string]$system.BuildNumber
    installation_type  = [string]$windows.InstallationType
    powershell         = $PSVersionTable.PSVersion.ToString()
    clock              = [DateTime]::UtcNow.ToString('o')
    last_boot          = [Management.ManagementDateTimeConverter]::ToDateTime($system.LastBootUpTime).ToUniversalTime().ToString('o')
}
