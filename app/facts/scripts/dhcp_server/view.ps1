param($Arguments)
# H-01, H-07, H-08: what the server would answer, level by level; the cmdlet returns only the level it is asked for.
Import-Module -Name DhcpServer
$classes = @(Get-DhcpServerv4Class -Type Vendor | ForEach-Object { [ordered]@{ name = [string]$_.Name; data = [string]$_.Data } })
# Only the class of Lync phones is read option by option; the name is the script's own (H-07), the data is what clients send.
$phone = @($classes | Where-Object { $_.data -ceq 'MS-UC-Client' -or $_.name -eq 'MSUCClient' } | ForEach-Object { $_.name })

function ConvertTo-Options($Rows, [string]$Class) {
    foreach ($row in @($Rows | Where-Object { $_ })) {
        [ordered]@{ option = [int]$row.OptionId; vendor_class = $Class; values = @($row.Value | ForEach-Object { [string]$_ }) }
    }
}

function Get-Options([hashtable]$Level) {
    ConvertTo-Options (Get-DhcpServerv4OptionValue @Level -ErrorAction Stop) ''
    foreach ($class in $phone) {
        # A class without values at this level is said as an error.
        ConvertTo-Options (Get-DhcpServerv4OptionValue @Level -VendorClass $class -ErrorAction SilentlyContinue) $class
    }
}

$scopes = @(foreach ($scope in @(Get-DhcpServerv4Scope)) {
        $id = [string]$scope.ScopeId
        $reservations = @(foreach ($one in @(Get-DhcpServerv4Reservation -ScopeId $id)) {
                [ordered]@{
                    address   = [string]$one.IPAddress
                    client_id = [string]$one.ClientId
                    name      = [string]$one.Name
                    options   = @(Get-Options @{ ReservedIP = [string]$one.IPAddress })
                }
            })
        [ordered]@{ scope_id = $id; mask = [string]$scope.SubnetMask; options = @(Get-Options @{ ScopeId = $id }); reservations = $reservations }
    })
[ordered]@{ vendor_classes = $classes; options = @(Get-Options @{}); scopes = $scopes }
