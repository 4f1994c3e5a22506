param($Arguments)
# A-07: the session's own token, so that nested groups count. Well-known groups keep their English names on any Windows.
$english = @{ 'S-1-5-32-544' = 'BUILTIN\Administrators'; 'S-1-5-32-545' = 'BUILTIN\Users'; 'S-1-1-0' = 'Everyone'
    'S-1-5-11' = 'NT AUTHORITY\Authenticated Users'; 'S-1-5-2' = 'NT AUTHORITY\NETWORK'
}
$identity = [Security.Principal.WindowsIdentity]::GetCurrent()
$principal = New-Object -TypeName Security.Principal.WindowsPrincipal -ArgumentList $identity
# One call for all groups; those without a name (a domain that does not answer) stay SIDs.
$known = New-Object -TypeName Security.Principal.IdentityReferenceCollection
$names = @()
foreach ($sid in $identity.Groups) {
    if ($english.ContainsKey($sid.Value)) { $names += $english[$sid.Value] } else { $known.Add($sid) }
}
foreach ($group in $known.Translate([Security.Principal.NTAccount], $false)) { $names += [string]$group.Value }
[ordered]@{
    account  = [string]$identity.Name
    elevated = [bool]$principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
    groups   = @($names | Sort-Object)
}
