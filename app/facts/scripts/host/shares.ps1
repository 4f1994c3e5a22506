param($Arguments)
# F-03, F-07, R-07: shares with both access lists, by WMI, which every Windows has (Get-SmbShare came with 2012). Well-known
# accounts keep their English names; an account that no longer resolves stays a SID.
$english = @{ 'S-1-5-32-544' = 'BUILTIN\Administrators'; 'S-1-5-32-545' = 'BUILTIN\Users'; 'S-1-1-0' = 'Everyone'
    'S-1-5-11' = 'NT AUTHORITY\Authenticated Users'; 'S-1-5-18' = 'NT AUTHORITY\SYSTEM'; 'S-1-5-20' = 'NT AUTHORITY\NETWORK SERVICE'
    'S-1-3-0' = 'CREATOR OWNER'; 'S-1-5-32-551' = 'BUILTIN\Backup Operators'
}
$shareRights = @{ '2032127' = 'Full'; '1245631' = 'Change'; '1179817' = 'Read'; '268435456' = 'Full' }
$folderRights = @{ '268435456' = 'FullControl'; '-536805376' = 'Modify'; '-1610612736' = 'ReadAndExecute' }

function Get-ShareGrants([string]$Name) {
    $setting = @(Get-WmiObject -Class Win32_LogicalShareSecuritySetting | Where-Object { $_.Name -eq $Name })
    if ($setting.Count -eq 0) { return }
    $answer = $setting[0].GetSecurityDescriptor()
    if ($answer.ReturnValue -ne 0) { throw "the access list of share $Name could not be read (Windows error $($answer.ReturnValue))" }
    foreach ($entry in @($answer.Descriptor.DACL | Where-Object { $_ })) {
        $sid = [string]$entry.Trustee.SIDString
        $account = $sid
        if ($english.ContainsKey($sid)) { $account = $english[$sid] }
        elseif ($entry.Trustee.Name -and $entry.Trustee.Domain) { $account = "$($entry.Trustee.Domain)\$($entry.Trustee.Name)" }
        elseif ($entry.Trustee.Name) { $account = [string]$entry.Trustee.Name }
        $right = [string]$entry.AccessMask
        if ($shareRights.ContainsKey($right)) { $right = $shareRights[$right] }
        [ordered]@{ account = $account; right = $right; allow = ([int]$entry.AceType -eq 0) }
    }
}

function Get-FolderGrants([string]$Path) {
    $security = Get-Acl -LiteralPath $Path
    foreach ($rule in $security.GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {
        $sid = [string]$rule.IdentityReference.Value
        $account = $sid
        if ($english.ContainsKey($sid)) { $account = $english[$sid] }
        else { try { $account = $rule.IdentityReference.Translate([Security.Principal.NTAccount]).Value } catch { $account = $sid } }
        $right = [string][int]$rule.FileSystemRights
        if ($folderRights.ContainsKey($right)) { $right = $folderRights[$right] }
        else { $right = $rule.FileSystemRights.ToString() -replace ', Synchronize$', '' }
        [ordered]@{ account = $account; right = $right; allow = ($rule.AccessControlType -eq [Security.AccessControl.AccessControlType]::Allow) }
    }
}

# Type 0 is a disk share; administrative shares carry the high bit.
$shares = @(foreach ($share in @(Get-WmiObject -Class Win32_Share -Filter 'Type = 0')) {
        $path = [string]$share.Path
        $there = $path -ne '' -and [IO.Directory]::Exists($path)
        $folders = @()
        $grants = @()
        if ($there) {
            $folders = @([IO.Directory]::GetDirectories($path) | ForEach-Object { [IO.Path]::GetFileName($_) })
            $grants = @(Get-FolderGrants $path)
        }
        [ordered]@{
            name          = [string]$share.Name
            path          = $path
            share_grants  = @(Get-ShareGrants ([string]$share.Name))
            folder_grants = $grants
            folders       = $folders
        }
    })
[ordered]@{ shares = $shares }
