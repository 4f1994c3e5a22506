param($Arguments)
# Formats 1.1: the published topology, of the Central Management store or of this machine's replica.
if ($Arguments.local) { $xml = Get-CsTopology -AsXml -LocalStore } else { $xml = Get-CsTopology -AsXml }
$text = [string]::Join('', @($xml))
if ($text -eq '') { throw 'Get-CsTopology answered with nothing' }
[ordered]@{ xml = $text }
