# Stands in for the DhcpServer module: what the cmdlets print for a server with the phone options of a DHCPUtil script.
$null = New-Module -Name DhcpServer -ScriptBlock {
    function Get-DhcpServerv4Class {
        param([string]$Type)
        [pscustomobject]@{ Name = 'MSUCClient'; Type = 'Vendor'; Data = 'MS-UC-Client' }
        [pscustomobject]@{ Name = 'Microsoft Options'; Type = 'Vendor'; Data = 'MSFT 5.0' }
    }
    function Get-DhcpServerv4OptionValue {
        param([string]$ScopeId, [string]$ReservedIP, [string]$VendorClass, [string]$ErrorAction)
        if ($VendorClass) {
            if ($ScopeId -or $ReservedIP) { return }
            [pscustomobject]@{ OptionId = [uint32]1; Name = 'UCIdentifier'; Type = 'BinaryData'; Value = @('0x4D', '0x53') }
            return
        }
        if ($ReservedIP) { return }
        if ($ScopeId) { return [pscustomobject]@{ OptionId = [uint32]3; Name = 'Router'; Value = @('10.0.0.1') } }
        [pscustomobject]@{ OptionId = [uint32]120; Name = 'UCSipServer'; Value = @('0x00', '0x04') }
        [pscustomobject]@{ OptionId = [uint32]6; Name = 'DNS Servers'; Value = @('10.0.0.10') }
    }
    function Get-DhcpServerv4Scope { [pscustomobject]@{ ScopeId = [Net.IPAddress]'10.0.0.0'; SubnetMask = [Net.IPAddress]'255.255.255.0' } }
    function Get-DhcpServerv4Reservation {
        param([string]$ScopeId)
        [pscustomobject]@{ IPAddress = [Net.IPAddress]'10.0.0.11'; ClientId = '00-15-5d-01-02-03'; Name = 'se01.contoso.com' }
    }
    Export-ModuleMember -Function *
} | Import-Module -Global
function Import-Module { param([string]$Name, [switch]$DisableNameChecking, [switch]$Global) }
