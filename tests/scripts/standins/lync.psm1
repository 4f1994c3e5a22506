# Stands in for the Lync Server Management Shell where the scripts are tried: objects with the properties that the
# documentation names (formats 6), in the types that the real cmdlets give them.
function Get-CsConfigurationStoreLocation { [pscustomobject]@{ BackEndServer = 'se02.contoso.com\rtc'; MirrorBackEndServer = $null } }
function Get-CsManagementConnection {
    [pscustomobject]@{ StoreProvider = 'Sql'; Connection = 'Data Source=se02.contoso.com\rtc'; SqlServer = 'se02.contoso.com'; SqlInstance = 'rtc' }
}
function Get-CsManagementStoreReplicationStatus {
    param([switch]$CentralManagementStoreStatus)
    if ($CentralManagementStoreStatus) {
        return [pscustomobject]@{ ActiveMasterFqdn = 'se02.contoso.com'; ActiveFileTransferAgents = @('se02.contoso.com') }
    }
    $when = New-Object -TypeName DateTime -ArgumentList 2026, 11, 22, 9, 30, 0, ([DateTimeKind]::Utc)
    [pscustomobject]@{ UpToDate = $true; ReplicaFqdn = 'se02.contoso.com'; LastStatusReport = $when; ProductVersion = '5.0.8308.0' }
    [pscustomobject]@{ UpToDate = $false; ReplicaFqdn = 'se01.contoso.com'; LastStatusReport = $null; ProductVersion = '' }
}
function Get-CsTopology {
    param([switch]$AsXml, [switch]$LocalStore)
    if (-not $AsXml) { throw 'the stand-in only gives XML' }
    if ($LocalStore) { return '<Topology xmlns="urn:local">Zürich “Süd”</Topology>' }
    '<Topology xmlns="urn:central">' + ('x' * 7000) + '</Topology>'
}
function Get-CsCertificate {
    param([string]$Identity, [string[]]$Type, [string]$ErrorAction)
    if ($Type -contains 'OAuthTokenIssuer') { return [pscustomobject]@{ Use = 'OAuthTokenIssuer'; Thumbprint = 'CC' } }
    [pscustomobject]@{ Use = 'Default'; Thumbprint = 'AA' }
    [pscustomobject]@{ Use = 'WebServicesInternal'; Thumbprint = 'BB' }
}
function Get-CsWindowsService {
    param([switch]$ExcludeActivityLevel)
    [pscustomobject]@{ Name = 'RTCSRV'; Status = [Management.Automation.PSInvocationState]::Running }
}
function Test-CsDatabase {
    param([switch]$LocalService)
    [pscustomobject]@{ DatabaseName = 'rtcxds'; DataSource = 'se01.contoso.com\rtc'; ExpectedVersion = [Version]'15.13.1'; InstalledVersion = $null; Succeed = $true }
}
function Export-CsUserData {
    param([string]$PoolFqdn, [string]$FileName, [switch]$Force)
    if ($PoolFqdn -eq 'nowhere.contoso.com') { [IO.File]::WriteAllText($FileName, 'half'); throw 'Cannot find "Registrar" service.' }
    $package = [IO.Packaging.Package]::Open($FileName, [IO.FileMode]::Create)
    $part = $package.CreatePart((New-Object -TypeName Uri -ArgumentList '/DocItemSet.xml', ([UriKind]::Relative)), 'text/xml')
    $bytes = [Text.Encoding]::UTF8.GetBytes('<DocItemSet xmlns="urn:any"><DocItem Name="urn:lcd:a@contoso.com"/><DocItem Name="URN:LCD:b@contoso.com"><Data/></DocItem><DocItem Name="urn:confdir:1"/></DocItemSet>')
    $stream = $part.GetStream()
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Dispose()
    $package.Close()
}
function Get-CsRgsWorkflow { param([string]$Identity, [switch]$ShowAll) 1..2 | ForEach-Object { [pscustomobject]@{ Name = "w$_" } } }
function Get-CsRgsQueue { param([string]$Identity, [switch]$ShowAll) [pscustomobject]@{ Name = 'one' } }
function Get-CsRgsAgentGroup { param([string]$Identity, [switch]$ShowAll) }
function Test-CsComputer {
    [CmdletBinding()] param([string]$Report)
    [IO.File]::WriteAllText($Report, '<?xml version="1.0" encoding="utf-8"?><CsMgmtLog Name="Test-CsComputer"><Action><Warning Time="x">No patterns
        found</Warning><Error Title="e">Group is missing</Error></Action></CsMgmtLog>')
    Write-Warning -Message 'Test-CsComputer encountered errors.'
}
function Set-CsCertificate {
    [CmdletBinding()] param([string[]]$Type, [string]$Thumbprint, [switch]$Confirm)
    Write-Warning -Message 'The certificate ends soon.'
    [pscustomobject]@{ Use = $Type -join '+'; Thumbprint = $Thumbprint }
}
function Enable-CsReplica {
    [CmdletBinding()] param()
    Write-Error -Message 'Cannot reach the store.' -ErrorId 'StoreNotReachable'
    'went on all the same'
}
function Enable-CsComputer { [CmdletBinding()] param() throw (New-Object -TypeName InvalidOperationException -ArgumentList 'Service RTCSRV was not found.') }
Export-ModuleMember -Function *
