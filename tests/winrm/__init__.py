"""The lab's WinRM endpoint and command shell."""
