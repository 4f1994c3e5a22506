"""What one host's WS-Management service does with a request: the shell resource, Identify and a little configuration."""

from __future__ import annotations

import base64
import binascii

from app.lab import wsman_answers as answers
from app.lab.ports import Console, RemoteHost
from app.lab.wsman_commands import CommandLine, split_words
from app.lab.wsman_messages import (
    CMD_RESOURCE,
    CONFIG,
    IDENTIFY_ACTION,
    SHELL,
    TRANSFER,
    Fault,
    Message,
    invalid,
    seconds,
    unknown_selector,
)
from app.lab.wsman_shells import Quotas, Shells

PRODUCT_VERSION = "OS: 6.2.9200 SP: 0.0 Stack: 3.0"
"""Windows Server 2012, the newest system Lync Server 2013 was released for."""
_ENVELOPE_ROOM = 4096
"""Bytes of an answer that are not output: header, tags."""


class WsmanService:
    """Answers the requests of authenticated accounts."""

    def __init__(self, host: RemoteHost, quotas: Quotas, shells: Shells) -> None:
        self._host = host
        self._quotas = quotas
        self._shells = shells

    def answer(self, message: Message, account: str, client: str) -> str:
        """Return the answering envelope.

        Raises:
            Fault: the request is refused.
        """
        if message.action == IDENTIFY_ACTION:
            return answers.identified(PRODUCT_VERSION)
        if not self._host.may_open_shell(account):
            raise Fault(5, "w:AccessDenied", "Access is denied.")
        match message.action.removeprefix(TRANSFER + "/").removeprefix(SHELL + "/"):
            case "Create":
                return self._create(message, account, client)
            case "Get":
                return self._get(message, account)
            case "Command":
                return self._command(message, account)
            case "Send":
                return self._send(message, account)
            case "Receive":
                return self._receive(message, account)
            case "Signal":
                return self._signal(message, account)
            case "Delete":
                self._shells.delete(account, _shell_id(message))
                return answers.deleted(message.message_id)
        raise Fault(2150858754, "a:ActionNotSupported", f"The action '{message.action[:200]}' is not supported.")

    def _create(self, message: Message, account: str, client: str) -> str:
        if message.resource != CMD_RESOURCE:
            reason = f"The resource URI '{message.resource[:200]}' is not offered here: only the command shell is."
            raise Fault(2150858811, "a:DestinationUnreachable", reason, detail="InvalidResourceURI")
        console = Console(codepage=_codepage(message), environment=_environment(message))
        idle = message.text("IdleTimeOut") or message.text("IdleTimeout")
        wanted = message.body.get("ShellId", "") if message.body is not None else ""
        shell = self._shells.open(
            account, client, console, idle_seconds=_idle(idle) if idle else None, shell_id=str(wanted)
        )
        return answers.created(
            message.message_id, shell_id=shell.id, owner=account, client=client, idle_seconds=shell.idle_seconds
        )

    def _get(self, message: Message, account: str) -> str:
        if message.resource == CONFIG:
            return answers.configuration(message.message_id, max_envelope_kb=self._quotas.max_envelope_kb)
        with self._shells.using(account, _shell_id(message)) as shell:
            return answers.shell_state(
                message.message_id,
                shell_id=shell.id,
                owner=shell.owner,
                client=shell.client,
                idle_seconds=shell.idle_seconds,
            )

    def _command(self, message: Message, account: str) -> str:
        command = message.text("Command").strip()
        if not command:
            raise Fault(87, "w:InvalidParameter", "The parameter is incorrect.")
        with self._shells.using(account, _shell_id(message)) as shell:
            skip = message.options.get("WINRS_SKIP_CMD_SHELL", "").upper() == "TRUE"
            line = CommandLine(
                account=account,
                command=command,
                arguments=split_words([element.text or "" for element in message.all("Arguments")]),
                console=Console(codepage=shell.console.codepage, environment=shell.console.environment, skip_cmd=skip),
            )
            wanted = message.body.get("CommandId", "") if message.body is not None else ""
            return answers.command_started(message.message_id, self._shells.start(shell, line, str(wanted)))

    def _send(self, message: Message, account: str) -> str:
        with self._shells.using(account, _shell_id(message)) as shell:
            for stream in message.all("Stream"):
                if stream.get("Name") != "stdin":
                    raise invalid(f"The stream '{stream.get('Name', '')}' takes no input.")
                command = shell.command(str(stream.get("CommandId", "")))
                command.feed(_decoded(stream.text or ""), end=str(stream.get("End", "")).lower() in ("true", "1"))
        return answers.sent(message.message_id)

    def _receive(self, message: Message, account: str) -> str:
        wanted = message.all("DesiredStream")
        if not wanted:
            raise invalid("The request names no stream to receive from.")
        command_id = str(wanted[0].get("CommandId", "")).upper()
        with self._shells.using(account, _shell_id(message)) as shell:
            largest = min(message.max_envelope, self._quotas.max_envelope_kb * 1024)
            limit = (largest - _ENVELOPE_ROOM) * 3 // 4
            if limit < 1:
                reason = "The maximum envelope size in the request is too small for any answer."
                raise Fault(2150858823, "w:EncodingLimit", reason, detail="MinimumEnvelopeLimit")
            chunks, exit_code = shell.command(command_id).receive(message.operation_seconds, limit)
            return answers.received(message.message_id, command_id, chunks, exit_code)

    def _signal(self, message: Message, account: str) -> str:
        command_id = str(message.body.get("CommandId", "")) if message.body is not None else ""
        code = message.text("Code").rsplit("/", 1)[-1].lower()
        with self._shells.using(account, _shell_id(message)) as shell:
            match code:
                case "terminate":
                    self._shells.terminate(shell, command_id)
                case "ctrl_c" | "ctrl_break":
                    shell.command(command_id).interrupt()
                case _:
                    raise Fault(2150858818, "w:UnsupportedFeature", f"The signal '{code[:80]}' is not supported.")
        return answers.signalled(message.message_id)


def _shell_id(message: Message) -> str:
    for name, value in message.selectors.items():
        if name.lower() == "shellid":
            return value
    raise unknown_selector("The request requires the selector ShellId.")


def _codepage(message: Message) -> int:
    given = message.options.get("WINRS_CODEPAGE", "437")
    if not given.isdigit():
        raise invalid(f"WINRS_CODEPAGE is '{given[:20]}', not a number.")
    return int(given)


def _environment(message: Message) -> dict[str, str]:
    return {str(item.get("Name", "")): item.text or "" for item in message.all("Environment/Variable")}


def _idle(text: str) -> float:
    """Return an idle timeout in seconds; a bare number is taken as seconds, as some clients send it."""
    return float(text) if text.strip().isdigit() else seconds(text)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("The stream is not base64.") from error
