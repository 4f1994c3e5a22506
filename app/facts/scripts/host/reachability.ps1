param($Arguments)
# P-02: dependencies are tried from the host that needs them, all at the same time, five seconds for all together.
$attempts = @(foreach ($target in @($Arguments.targets)) {
        $colon = ([string]$target).LastIndexOf(':')
        $name = ([string]$target).Substring(0, $colon)
        $port = [int]([string]$target).Substring($colon + 1)
        $client = New-Object -TypeName Net.Sockets.TcpClient
        [pscustomobject]@{ Name = $name; Port = $port; Client = $client; Started = $client.BeginConnect($name, $port, $null, $null) }
    })
$watch = [Diagnostics.Stopwatch]::StartNew()
$targets = @(foreach ($attempt in $attempts) {
        $open = $false
        $problem = ''
        $left = [Math]::Max(0, 5000 - [int]$watch.ElapsedMilliseconds)
        if ($attempt.Started.AsyncWaitHandle.WaitOne($left)) {
            try {
                $attempt.Client.EndConnect($attempt.Started)
                $open = $true
            } catch {
                # The code's name (ConnectionRefused, HostNotFound ...) is the same in every language.
                $cause = $_.Exception.GetBaseException()
                if ($cause -is [Net.Sockets.SocketException]) { $problem = $cause.SocketErrorCode.ToString() } else { $problem = [string]$cause.Message }
            }
        } else {
            $problem = 'TimedOut'
        }
        $attempt.Client.Close()
        [ordered]@{ host = $attempt.Name; port = $attempt.Port; open = $open; error = $problem }
    })
[ordered]@{ targets = $targets }
