"""Flags that several commands share, gathered into one argument of each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any

import typer

Command = Callable[..., None]
FollowOption = Annotated[bool, typer.Option("--follow/--no-follow", help="wait for the end")]
JsonOption = Annotated[bool, typer.Option("--json", help="only JSON on standard output")]


def flag(name: str, annotation: Any, default: object = None) -> Parameter:  # noqa: ANN401
    """A flag as Typer reads it from a signature."""
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def gives(
    argument: str, flags: Iterable[Parameter], gather: Callable[[Mapping[str, Any]], object]
) -> Callable[[Command], Command]:
    """Put flags in the place of a command's `argument`, which gets what `gather` makes of them."""
    flags = list(flags)

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**given: Any) -> None:  # noqa: ANN401
            said = {each.name: given.pop(each.name) for each in flags}
            command(**given, **{argument: gather(said)})

        own = signature(command, eval_str=True).parameters.values()
        kept = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in own if each.name != argument]
        del run.__wrapped__  # whose annotations are not the ones to be asked for
        run.__annotations__ = {each.name: each.annotation for each in (*kept, *flags)}
        vars(run)["__signature__"] = Signature([*kept, *flags])
        return run

    return decorate


@contextmanager
def file_errors() -> Iterator[None]:
    """A file that cannot be read or written is the caller's to mend."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise
        raise typer.BadParameter(f"{error.filename}: {error.strerror}") from None
