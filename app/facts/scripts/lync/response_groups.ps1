param($Arguments)
# Procedures 1 (step 7): how many Response Group objects the pool's application service holds, those of other owners included.
$service = "service:ApplicationServer:$($Arguments.pool)"
[ordered]@{
    workflows    = @(Get-CsRgsWorkflow -Identity $service -ShowAll).Count
    queues       = @(Get-CsRgsQueue -Identity $service -ShowAll).Count
    agent_groups = @(Get-CsRgsAgentGroup -Identity $service -ShowAll).Count
}
