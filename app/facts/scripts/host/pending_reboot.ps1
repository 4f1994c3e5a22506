param($Arguments)
# O-09: setup step 2 refuses or must be repeated while Windows waits for a reboot.
$reasons = @()
$noisy = @()
foreach ($key in @('HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending',
        'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootInProgress',
        'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired')) {
    if (Test-Path -LiteralPath $key) { $reasons += $key -replace '^HKLM:', 'HKLM' }
}
$names = 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName'
$active = [string](Get-ItemProperty -LiteralPath "$names\ActiveComputerName").ComputerName
$coming = [string](Get-ItemProperty -LiteralPath "$names\ComputerName").ComputerName
if ($active -ne $coming) {
    $reasons += "HKLM\SYSTEM\CurrentControlSet\Control\ComputerName: the computer is still $active and will be $coming"
}
$manager = Get-Item -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager'
if (@($manager.GetValue('PendingFileRenameOperations') | Where-Object { $_ }).Count -gt 0) {
    $noisy += 'HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\PendingFileRenameOperations'
}
[ordered]@{ reasons = @($reasons); noisy = @($noisy) }
