param($Arguments)
# Formats 2.2, 3: export the pool's user data as it is now, count its items by name, and leave nothing behind. The package is
# streamed: an export of a large pool is hundreds of megabytes.
$file = Join-Path -Path ([IO.Path]::GetTempPath()) -ChildPath "relync-$([Guid]::NewGuid().ToString('N')).zip"
$users = 0
$others = 0
try {
    Export-CsUserData -PoolFqdn $Arguments.pool -FileName $file -Force
    Add-Type -AssemblyName WindowsBase
    $package = [IO.Packaging.Package]::Open($file, [IO.FileMode]::Open, [IO.FileAccess]::Read)
    try {
        $part = $package.GetPart((New-Object -TypeName Uri -ArgumentList '/DocItemSet.xml', ([UriKind]::Relative)))
        $stream = $part.GetStream([IO.FileMode]::Open, [IO.FileAccess]::Read)
        $settings = New-Object -TypeName Xml.XmlReaderSettings
        $settings.DtdProcessing = [Xml.DtdProcessing]::Prohibit
        $reader = [Xml.XmlReader]::Create($stream, $settings)
        try {
            while ($reader.Read()) {
                if ($reader.NodeType -eq [Xml.XmlNodeType]::Element -and $reader.LocalName -eq 'DocItem') {
                    $name = [string]$reader.GetAttribute('Name')
                    if ($name.StartsWith('urn:lcd:', [StringComparison]::OrdinalIgnoreCase)) { $users += 1 } else { $others += 1 }
                }
            }
        } finally {
            $reader.Close()
            $stream.Dispose()
        }
    } finally {
        $package.Close()
    }
} finally {
    if ([IO.File]::Exists($file)) { [IO.File]::Delete($file) }
}
[ordered]@{ users = $users; other_items = $others }
