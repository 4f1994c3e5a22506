param($Arguments)
# M-02: does the session's identity go on to a second machine? A share is listed, and a domain controller is asked whom it sees
# (LDAP "Who am I?", RFC 4532). Both have a deadline of their own: a dead file server would hold SMB for a minute.
$reached = $false
$problem = ''
$probe = [PowerShell]::Create().AddCommand('Get-ChildItem').AddParameter('LiteralPath', [string]$Arguments.path)
$started = $probe.BeginInvoke()
if ($started.AsyncWaitHandle.WaitOne(10000)) {
    $cause = $null
    try {
        $null = $probe.EndInvoke($started)
        if ($probe.Streams.Error.Count -gt 0) { $cause = $probe.Streams.Error[0].Exception }
    } catch {
        $cause = $_.Exception.GetBaseException()
    }
    $probe.Dispose()
    $reached = $null -eq $cause
    if (-not $reached) { $problem = ("$($cause.GetType().Name): $($cause.Message)" -replace '\s+', ' ').Trim() }
} else {
    $problem = 'no answer within 10 s'
}

$identity = ''
try {
    Add-Type -AssemblyName System.DirectoryServices.Protocols
    $domain = [string](Get-WmiObject -Class Win32_ComputerSystem).Domain
    $connection = New-Object -TypeName System.DirectoryServices.Protocols.LdapConnection -ArgumentList $domain
    $connection.Timeout = [TimeSpan]::FromSeconds(5)
    $connection.AuthType = [System.DirectoryServices.Protocols.AuthType]::Negotiate
    $connection.Bind()
    $whoAmI = New-Object -TypeName System.DirectoryServices.Protocols.ExtendedRequest -ArgumentList '1.3.6.1.4.1.4203.1.11.3'
    $answer = $connection.SendRequest($whoAmI, [TimeSpan]::FromSeconds(5))
    if ($answer.ResponseValue) { $identity = ([Text.Encoding]::UTF8.GetString($answer.ResponseValue)) -replace '^(u|dn):', '' }
    $connection.Dispose()
} catch {
    $identity = ''
}
[ordered]@{ path = [string]$Arguments.path; reached = $reached; identity = $identity; error = $problem }
