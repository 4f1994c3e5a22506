param($Arguments)
# A-01, A-02: the pointer in Active Directory, and where this computer really goes (an administrator may have redirected it).
$pointer = @(Get-CsConfigurationStoreLocation)[0]
$connection = @(Get-CsManagementConnection)[0]
$backEnd = ''
$mirror = ''
if ($pointer -is [string]) { $backEnd = $pointer }
elseif ($pointer) {
    $backEnd = [string]$pointer.BackEndServer
    $mirror = [string]$pointer.MirrorBackEndServer
}
[ordered]@{
    back_end            = $backEnd
    mirror              = $mirror
    management_server   = [string]$connection.SqlServer
    management_instance = [string]$connection.SqlInstance
}
