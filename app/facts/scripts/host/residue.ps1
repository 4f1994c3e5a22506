param($Arguments)
# Preconditions 4.3: what an earlier installation left behind. Win32_Product is never asked: it repairs what it lists.
$product = 'Lync Server|Skype for Business Server'
$keys = @(foreach ($key in @('HKLM:\SOFTWARE\Microsoft\Real-Time Communications', 'HKLM:\SOFTWARE\Wow6432Node\Microsoft\Real-Time Communications')) {
        if (Test-Path -LiteralPath $key) { $key -replace '^HKLM:', 'HKLM' }
    })

$uninstall = @('HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall', 'HKLM:\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall')
$programs = @(foreach ($place in $uninstall) {
        if (Test-Path -LiteralPath $place) {
            foreach ($key in Get-ChildItem -LiteralPath $place) {
                $name = [string]$key.GetValue('DisplayName')
                if ($name -match $product) { $name }
            }
        }
    })

$instances = @()
$place = 'HKLM:\SOFTWARE\Microsoft\Microsoft SQL Server\Instance Names\SQL'
if (Test-Path -LiteralPath $place) { $instances = @((Get-Item -LiteralPath $place).GetValueNames() | Where-Object { $_ -ne '' }) }

$wanted = @()
foreach ($root in @($env:ProgramFiles, $env:CommonProgramFiles)) {
    foreach ($folder in @('Microsoft Lync Server 2013', 'Skype for Business Server 2015', 'Skype for Business Server 2019')) { $wanted += "$root\$folder" }
}
$wanted += "$env:ProgramFiles\Windows Fabric", "$env:ProgramData\Windows Fabric"
foreach ($disk in @(Get-WmiObject -Class Win32_LogicalDisk -Filter 'DriveType = 3')) {
    $wanted += "$($disk.DeviceID)\RtcReplicaRoot", "$($disk.DeviceID)\CsData"
}
$folders = @($wanted | Where-Object { [IO.Directory]::Exists($_) })

$shares = @(Get-WmiObject -Class Win32_Share -Filter "Name = 'xds-replica'" | ForEach-Object { [string]$_.Name })
$groups = @(Get-WmiObject -Class Win32_Group -Filter "LocalAccount = TRUE AND Name LIKE 'RTC Local %'" | ForEach-Object { [string]$_.Name })

$sites = @()
$file = Join-Path -Path $env:SystemRoot -ChildPath 'System32\inetsrv\config\applicationHost.config'
if ([IO.File]::Exists($file)) {
    $document = New-Object -TypeName Xml.XmlDocument
    $document.Load($file)
    $sites = @(foreach ($site in $document.SelectNodes('/configuration/system.applicationHost/sites/site')) {
            $name = [string]$site.GetAttribute('name')
            if ($name -match "^($product)") { $name }
        })
}

[ordered]@{
    registry_keys = $keys
    programs      = @($programs | Sort-Object -Unique)
    sql_instances = @($instances | ForEach-Object { $_.ToUpperInvariant() })
    folders       = $folders
    shares        = $shares
    local_groups  = $groups
    web_sites     = $sites
}
