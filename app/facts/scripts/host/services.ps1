param($Arguments)
# Preconditions 4.2, P-01, S-03: the service control manager, not what a cmdlet claims. Status is the enumeration's name,
# which no language pack translates.
$wanted = '^(RTC.*|REPLICA|MASTER|FTA|LYNCBACKUP|FabricHostSvc|W3SVC|WAS|MSSQL.*|SQLBrowser|SQLAgent.*|MpsSvc|W32Time|Netlogon|LanmanServer|MSMQ|WinRM)$'
$modes = @{}
foreach ($one in @(Get-WmiObject -Class Win32_Service -Property Name, StartMode)) { $modes[[string]$one.Name] = [string]$one.StartMode }
$services = @(Get-Service | Where-Object { $_.Name -match $wanted } | Sort-Object -Property Name | ForEach-Object {
        [ordered]@{ name = [string]$_.Name; status = $_.Status.ToString(); start_mode = [string]$modes[[string]$_.Name] }
    })
[ordered]@{ services = $services }
