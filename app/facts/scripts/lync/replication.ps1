param($Arguments)
# W-06: one row a replica, and who is master. The documentation spells the file transfer agents in two ways.
$central = @(Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus)[0]
$agents = @($central.ActiveFileTransferAgents | Where-Object { $_ })
if ($agents.Count -eq 0) { $agents = @($central.ActiveFileTransferAgentFqdns | Where-Object { $_ }) }
$replicas = @(Get-CsManagementStoreReplicationStatus | ForEach-Object {
        $report = $null
        if ($_.LastStatusReport -is [DateTime] -and $_.LastStatusReport.Year -gt 1601) {
            # These dates are local times where they do not say otherwise.
            $report = $_.LastStatusReport.ToUniversalTime().ToString('o')
        }
        [ordered]@{
            fqdn               = [string]$_.ReplicaFqdn
            up_to_date         = [bool]$_.UpToDate
            last_status_report = $report
            product_version    = [string]$_.ProductVersion
        }
    })
[ordered]@{
    master               = [string]$central.ActiveMasterFqdn
    file_transfer_agents = @($agents | ForEach-Object { [string]$_ })
    replicas             = $replicas
}
