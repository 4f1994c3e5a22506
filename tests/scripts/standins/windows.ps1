# Stands in for what a Windows Server has and the PowerShell under wine has not: WMI, some registry values, a module folder.
$root = 'C:\relync-standins'
$null = New-Item -ItemType Directory -Force -Path "$root\common\Microsoft Lync Server 2013\Modules\Lync", "$root\folder\sub"
$env:CommonProgramFiles = "$root\common"
[IO.File]::WriteAllText("$root\common\Microsoft Lync Server 2013\Modules\Lync\Lync.psd1", "@{ ModuleVersion = '5.0.8308.0'; RootModule = 'Lync.psm1'; FunctionsToExport = '*' }")
[IO.File]::WriteAllText("$root\common\Microsoft Lync Server 2013\Modules\Lync\Lync.psm1", $lyncModule)
[IO.File]::WriteAllText("$root\folder\file.txt", 'abc')
function Set-Value([string]$Key, [string]$Name, $Value) {
    if (-not (Test-Path -LiteralPath $Key)) { $null = New-Item -Path $Key -Force }
    $null = New-ItemProperty -LiteralPath $Key -Name $Name -Value $Value -Force
}
Set-Value 'HKLM:\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters' 'Hostname' 'SE01'
Set-Value 'HKLM:\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters' 'NV Domain' 'contoso.com'
Set-Value 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion' 'InstallationType' 'Server'
Set-Value 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName' 'ComputerName' 'WIN-ABC'
Set-Value 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName' 'ComputerName' 'SE01'
Set-Value 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager' 'PendingFileRenameOperations' ([string[]]@('\??\C:\a', ''))
Set-Value 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired' 'x' '1'
Set-Value 'HKLM:\SOFTWARE\Microsoft\Microsoft SQL Server\Instance Names\SQL' 'rtclocal' 'MSSQL11.RTCLOCAL'
Set-Value 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\standin' 'DisplayName' 'Microsoft Lync Server 2013, Core Components'
Set-Value 'HKLM:\SOFTWARE\Microsoft\Real-Time Communications' 'x' '1'

# A Windows folder of its own for the two files that are read from there.
$null = New-Item -ItemType Directory -Force -Path "$root\windows\System32\drivers\etc", "$root\windows\System32\inetsrv\config"
[IO.File]::WriteAllText("$root\windows\System32\drivers\etc\hosts", "# comment`r`n127.0.0.1 localhost`r`n10.0.0.12`tse02.contoso.com se02 # CMS`r`n`r`nbroken`r`n")
[IO.File]::WriteAllText("$root\windows\System32\inetsrv\config\applicationHost.config", '<configuration><system.applicationHost><sites><site name="Default Web Site" id="1"/><site name="Lync Server Internal Web Site" id="2"/></sites></system.applicationHost></configuration>')
$env:SystemRoot = "$root\windows"

# Two certificates in the machine's stores, the second issued by the first: it does not belong in Root (C-07).
foreach ($store in @('My', 'Root')) {
    $opened = New-Object -TypeName Security.Cryptography.X509Certificates.X509Store -ArgumentList $store, 'LocalMachine'
    $opened.Open([Security.Cryptography.X509Certificates.OpenFlags]::ReadWrite)
    foreach ($old in @($opened.Certificates | Where-Object { $_.Issuer -like '*Contoso Root CA*' })) { $opened.Remove($old) }
    foreach ($der in $certificates) {
        $opened.Add((New-Object -TypeName Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList @(, [Convert]::FromBase64String($der))))
    }
    $opened.Close()
}

function New-Descriptor {
    $administrators = [pscustomobject]@{ Domain = 'VORDEFINIERT'; Name = 'Administratoren'; SIDString = 'S-1-5-32-544' }
    $service = [pscustomobject]@{ Domain = 'CONTOSO'; Name = 'RTCHSUniversalServices'; SIDString = 'S-1-5-21-1-2-3-1111' }
    $dead = [pscustomobject]@{ Domain = $null; Name = $null; SIDString = 'S-1-5-21-9-9-9-9' }
    [pscustomobject]@{ DACL = @(
            [pscustomobject]@{ Trustee = $administrators; AccessMask = [uint32]2032127; AceType = [uint32]0 }
            [pscustomobject]@{ Trustee = $service; AccessMask = [uint32]1245631; AceType = [uint32]0 }
            [pscustomobject]@{ Trustee = $dead; AccessMask = [uint32]1179817; AceType = [uint32]1 })
    }
}
function Get-WmiObject {
    param([string]$Class, [string]$Filter, [string[]]$Property)
    switch ($Class) {
        'Win32_ComputerSystem' { [pscustomobject]@{ Domain = 'contoso.com'; PartOfDomain = $true } }
        'Win32_OperatingSystem' { [pscustomobject]@{ Caption = 'Microsoft Windows Server 2012 R2 Standard '; BuildNumber = '9600'; LastBootUpTime = '20261122083000.500000+060' } }
        'Win32_NetworkAdapterConfiguration' {
            [pscustomobject]@{ Description = 'Netzwerkkarte Zürich'; MACAddress = '00:15:5D:01:02:03'; DHCPEnabled = $false; IPAddress = @('10.0.0.11', 'fe80::1'); DefaultIPGateway = @('10.0.0.1'); DNSServerSearchOrder = @('10.0.0.10') }
            [pscustomobject]@{ Description = 'Second'; MACAddress = '00:15:5D:01:02:04'; DHCPEnabled = $true; IPAddress = @('192.168.0.9'); DefaultIPGateway = $null; DNSServerSearchOrder = $null }
        }
        'Win32_LogicalDisk' { [pscustomobject]@{ DeviceID = 'C:' } }
        'Win32_Group' { [pscustomobject]@{ Name = 'RTC Local Config Replicator' } }
        'Win32_Service' { [pscustomobject]@{ Name = 'MpsSvc'; StartMode = 'Auto' }; [pscustomobject]@{ Name = 'RtcSrv'; StartMode = 'Manual' } }
        'Win32_Share' {
            if ($Filter -like '*xds-replica*') { return [pscustomobject]@{ Name = 'xds-replica' } }
            [pscustomobject]@{ Name = 'LyncShare'; Path = 'C:\relync-standins\folder' }
            [pscustomobject]@{ Name = 'Gone'; Path = 'C:\relync-standins\nowhere' }
        }
        'Win32_LogicalShareSecuritySetting' {
            $setting = [pscustomobject]@{ Name = 'LyncShare' }
            $setting | Add-Member -MemberType ScriptMethod -Name GetSecurityDescriptor -Value { [pscustomobject]@{ ReturnValue = 0; Descriptor = New-Descriptor } }
            $setting
        }
        default { throw "the stand-in knows no class $Class" }
    }
}
function Get-Service {
    [pscustomobject]@{ Name = 'RtcSrv'; Status = [Management.Automation.PSInvocationState]::Stopped }
    [pscustomobject]@{ Name = 'MpsSvc'; Status = [Management.Automation.PSInvocationState]::Running }
    [pscustomobject]@{ Name = 'Spooler'; Status = [Management.Automation.PSInvocationState]::Running }
}
