param($Arguments)
# C-04, C-06 to C-08, C-16: every certificate of the machine, its chain as this machine builds it, and where its key lives.
# The provider is read from the certificate's own property: on .NET 4.5 a CNG key just looks like no key (C-06).
$source = @'
using System;
using System.Runtime.InteropServices;
public static class RelyncKey {
    [DllImport("crypt32.dll", SetLastError = true)]
    static extern bool CertGetCertificateContextProperty(IntPtr context, uint property, IntPtr data, ref uint size);
    public static string Provider(IntPtr context) {
        uint size = 0;
        if (!CertGetCertificateContextProperty(context, 2, IntPtr.Zero, ref size)) return "";
        IntPtr data = Marshal.AllocHGlobal((int)size);
        try {
            if (!CertGetCertificateContextProperty(context, 2, data, ref size)) return "";
            IntPtr name = Marshal.ReadIntPtr(data, IntPtr.Size);
            return name == IntPtr.Zero ? "" : Marshal.PtrToStringUni(name);
        } finally { Marshal.FreeHGlobal(data); }
    }
}
'@
# A host that forbids compiling (AppLocker, constrained language) still answers for keys of a legacy provider.
$native = $true
try { Add-Type -TypeDefinition $source } catch { $native = $false }

function Get-Certificates([string]$Name) {
    $store = New-Object -TypeName Security.Cryptography.X509Certificates.X509Store -ArgumentList $Name, 'LocalMachine'
    $store.Open([Security.Cryptography.X509Certificates.OpenFlags]'ReadOnly, OpenExistingOnly')
    try { foreach ($one in $store.Certificates) { $one } } finally { $store.Close() }
}

$watch = [Diagnostics.Stopwatch]::StartNew()
function Get-Built($Certificate) {
    $chain = New-Object -TypeName Security.Cryptography.X509Certificates.X509Chain -ArgumentList $true
    # Revocation lists are fetched from the network: three seconds each, and no more once eight have gone.
    $online = $watch.Elapsed.TotalSeconds -lt 8
    if ($online) { $chain.ChainPolicy.RevocationMode = [Security.Cryptography.X509Certificates.X509RevocationMode]::Online }
    else { $chain.ChainPolicy.RevocationMode = [Security.Cryptography.X509Certificates.X509RevocationMode]::NoCheck }
    $chain.ChainPolicy.UrlRetrievalTimeout = [TimeSpan]::FromSeconds(3)
    $null = $chain.Build($Certificate)
    # An offline list and an unknown state are one thing here: revocation could not be looked up.
    $problems = @($chain.ChainStatus | ForEach-Object { $_.Status.ToString() -replace '^OfflineRevocation$', 'RevocationStatusUnknown' } | Where-Object { $_ -ne 'NoError' })
    if (-not $online) { $problems += 'RevocationStatusUnknown' }
    $elements = @($chain.ChainElements | ForEach-Object {
            [ordered]@{ subject = [string]$_.Certificate.Subject; signature_algorithm = [string]$_.Certificate.SignatureAlgorithm.Value }
        })
    [ordered]@{ problems = @($problems | Sort-Object -Unique); elements = $elements }
}

$personal = @(foreach ($certificate in @(Get-Certificates 'My')) {
        $provider = ''
        $exportable = $null
        if ($certificate.HasPrivateKey) {
            if ($native) { $provider = [string][RelyncKey]::Provider($certificate.Handle) }
            try {
                $container = $certificate.PrivateKey.CspKeyContainerInfo
                if ($container) {
                    $exportable = [bool]$container.Exportable
                    if ($provider -eq '') { $provider = [string]$container.ProviderName }
                }
            } catch { $exportable = $null }
        }
        $built = Get-Built $certificate
        [ordered]@{
            thumbprint      = [string]$certificate.Thumbprint
            der             = [Convert]::ToBase64String($certificate.RawData)
            friendly_name   = [string]$certificate.FriendlyName
            has_private_key = [bool]$certificate.HasPrivateKey
            provider        = $provider
            exportable      = $exportable
            chain_problems  = $built.problems
            chain           = $built.elements
        }
    })
$roots = @(Get-Certificates 'Root')
[ordered]@{
    personal             = $personal
    root_count           = $roots.Count
    root_not_self_signed = @($roots | Where-Object { $_.Subject -cne $_.Issuer } | ForEach-Object { [string]$_.Subject })
}
