"""How a Windows host is reached: WinRM, this console, or a recording."""
