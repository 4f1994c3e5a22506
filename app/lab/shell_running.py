"""Statements, pipelines and commands of the lab's PowerShell, run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import assert_never

from app.lab.ports import Refused
from app.lab.shell_binding import NOTHING, bound_for_world
from app.lab.shell_catalogue import ALIASES, BUILT_IN
from app.lab.shell_clixml import error_lines
from app.lab.shell_cmdlets import Call
from app.lab.shell_evaluating import Evaluator
from app.lab.shell_state import Exit, Return, failure, no_pipeline, not_found
from app.lab.shell_tree import (
    Assign,
    Block,
    Command,
    Expression,
    ForEach,
    If,
    Leave,
    Named,
    Pipeline,
    Splat,
    Statement,
    Try,
)
from app.lab.shell_values import PsError, PsObject, collected, items, number, plain, text, truth, wrapped


class Interpreter(Evaluator):
    """Runs the statements of one script."""

    def run(self, statements: Sequence[Statement]) -> int:
        """Run a script to its end and return PowerShell's exit code; output and errors are in the state."""
        try:
            self._run(statements, self.state.output)
        except Exit as left:
            return left.code
        except Return:
            pass
        except PsError as error:
            self.state.errors.append(error)
            return 1
        return 0 if self.state.succeeded else 1

    def outputs(self, statements: Sequence[Statement]) -> list[object]:
        """Run statements and return what they put out."""
        found: list[object] = []
        self._run(statements, found)
        return found

    def _run(self, statements: Sequence[Statement], sink: list[object]) -> None:
        for statement in statements:
            try:
                self._statement(statement, sink)
            except PsError as error:
                # A statement that fails ends alone, unless it is fatal or somebody catches.
                if error.fatal or self.state.tries:
                    raise
                self.state.failed(error, self.state.preference({}))

    def _statement(self, statement: Statement, sink: list[object]) -> None:
        match statement:
            case Pipeline():
                self._pipeline(statement, sink)
            case Assign():
                self.assign(statement.target, statement.operator, collected(self.outputs([statement.value])))
            case If():
                self._if(statement, sink)
            case ForEach():
                over = self.outputs([statement.over])
                for item in [part for one in over for part in items(one)]:
                    self.state.put(statement.variable, item)
                    self._run(statement.body.statements, sink)
            case Try():
                self._try(statement, sink)
            case Leave():
                self._leave(statement, sink)
            case _:
                assert_never(statement)

    def _if(self, statement: If, sink: list[object]) -> None:
        for condition, block in statement.branches:
            if truth(collected(self.outputs([condition]))):
                self._run(block.statements, sink)
                return
        if statement.otherwise:
            self._run(statement.otherwise.statements, sink)

    def _try(self, statement: Try, sink: list[object]) -> None:
        try:
            self.state.tries += 1
            try:
                self._run(statement.body.statements, sink)
            finally:
                self.state.tries -= 1
        except PsError as error:
            if statement.handler is None:
                raise
            self.state.put("_", failure(error))
            self._run(statement.handler.statements, sink)
        finally:
            if statement.last:
                self._run(statement.last.statements, sink)

    def _leave(self, statement: Leave, sink: list[object]) -> None:
        given = collected(self.outputs([statement.value])) if statement.value else None
        match statement.keyword:
            case "exit":
                raise Exit(round(number(given)))
            case "return":
                sink += [] if given is None else items(given)
                raise Return
        message = text(given) if given is not None else "ScriptHalted"
        error = PsError(message, message, category="OperationStopped", fatal=True)
        error.at, error.shown = statement.at, statement.shown
        raise error

    def _pipeline(self, pipeline: Pipeline, sink: list[object]) -> None:
        before = self.state.failures
        flowing: list[object] = []
        try:
            for place, element in enumerate(pipeline.elements):
                if isinstance(element, Command):
                    flowing = self._command(element, flowing, first=place == 0)
                else:
                    worth = self.value(element)
                    flowing = [] if worth is None else items(worth)
        except PsError as error:
            if not error.shown:
                error.at, error.shown = pipeline.at, pipeline.shown
            raise
        finally:
            for reported in self.state.errors:
                if not reported.shown:
                    reported.at, reported.shown = pipeline.at, pipeline.shown
        self.state.succeeded = self.state.failures == before
        sink += flowing

    def _command(self, command: Command, flowing: list[object], *, first: bool) -> list[object]:
        before = len(self.state.errors)
        try:
            found = self._called(command, flowing, first=first)
        except PsError as error:
            if not command.merge_errors or error.fatal:
                raise
            self.state.failures += 1
            found = [*error_lines(error)]
        if "2" in command.drop or "*" in command.drop:
            del self.state.errors[before:]
        if command.merge_errors:
            merged, self.state.errors = self.state.errors[before:], self.state.errors[:before]
            found += [line for error in merged for line in error_lines(error)]
        return [] if {"1", "*"} & command.drop else found

    def _called(self, command: Command, flowing: list[object], *, first: bool) -> list[object]:
        target = self.value(command.name)
        if isinstance(target, Block):
            return self._called_block(target)
        name = text(target)
        name = ALIASES.get(name.lower(), name)
        given = self._given(command.arguments)
        built_in = BUILT_IN.get(name.lower())
        try:
            if built_in is not None:
                parameters = built_in.signature.bound(given)
                return built_in.run(Call(state=self.state, input=flowing, parameters=parameters, block=self._block))
            if not first:
                raise no_pipeline(name)
            return self._cmdlet(name, given) if _is_cmdlet(name) else self._program(name, given)
        except PsError as error:
            error.source = error.source or name
            raise

    def _called_block(self, block: Block) -> list[object]:
        found: list[object] = []
        with suppress(Return):  # it ends this block alone
            self._run(block.statements, found)
        return found

    def _block(self, block: object, item: object) -> list[object]:
        """Run a script block with ``$_`` set."""
        if not isinstance(block, Block):
            raise PsError("A script block is expected here.", "ParameterBindingException", category="InvalidArgument")
        before = self.state.get("_")
        self.state.put("_", item)
        try:
            return self.outputs(block.statements)
        finally:
            self.state.put("_", before)

    def _given(self, arguments: Sequence[Named | Expression]) -> list[tuple[str | None, object]]:
        given: list[tuple[str | None, object]] = []
        for argument in arguments:
            match argument:
                case Named():
                    given.append((argument.name, NOTHING if argument.value is None else self.value(argument.value)))
                case Splat():
                    worth = self.value(argument)
                    named = worth.properties.items() if isinstance(worth, PsObject) else ()
                    given += list(named) if isinstance(worth, PsObject) else [(None, one) for one in items(worth)]
                case _:
                    given.append((None, self.value(argument)))
        return given

    def _cmdlet(self, name: str, given: list[tuple[str | None, object]]) -> list[object]:
        parameters = bound_for_world(name, given)
        preference = self.state.preference(parameters)
        parameters.pop("ErrorAction", None)
        silenced = text(self.state.get("progresspreference")).lower() == "silentlycontinue"
        self.state.module_loaded = self.state.module_loaded or not silenced
        try:
            found = self.state.host.cmdlet(
                self.state.account, name, {key: plain(value) for key, value in parameters.items()}
            )
        except Refused as refused:
            if refused.error_id == "CommandNotFoundException":
                raise not_found(name) from None
            error = PsError(str(refused), refused.error_id or "RuntimeException")
            error.source = name
            self.state.failed(error, preference)
            return []
        return [_result(one) for one in found]

    def _program(self, name: str, given: list[tuple[str | None, object]]) -> list[object]:
        arguments = [part for key, value in given for part in _words(key, value)]
        try:
            ended = self.state.program(name, arguments)
        except Refused:
            raise not_found(name) from None
        self.state.exit_code = ended.exit_code
        self.state.failures += ended.exit_code != 0
        if ended.stderr:
            error = PsError(ended.stderr.decode("utf-8", "replace").rstrip(), "NativeCommandError")
            error.source = name
            self.state.errors.append(error)
        printed = ended.stdout.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n")
        return [*printed.split("\n")] if ended.stdout else []


def _result(bag: Mapping[str, object]) -> object:
    """Return what the world gave as a value: a bag with nothing but ``Value`` stands for that value itself."""
    return wrapped(bag["Value"]) if list(bag) == ["Value"] else wrapped(bag)


def _is_cmdlet(name: str) -> bool:
    """Return whether a name has the form Verb-Noun; everything else is a program."""
    verb, dash, noun = name.partition("-")
    return bool(dash) and verb.isalpha() and noun[:1].isalpha() and noun.isalnum()


def _words(name: str | None, value: object) -> list[str]:
    """Return an argument of a program as it was written."""
    if name is None:
        return [text(item) for item in items(value)]
    return [f"-{name}"] if value is NOTHING else [f"-{name}:{text(value)}"]
