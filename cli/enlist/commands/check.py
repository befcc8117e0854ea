"""`enlist check`: what an import of a file would come to, found here, without a stack."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.filesize import decimal

from enlist.balance import OUTCOMES, refusal_text, table_of
from enlist.checking.engine import check
from enlist.checking.tally import Checked
from enlist.columns import columns_table, detected_text
from enlist.flags import JsonOption, file_errors
from enlist.options import ALL, Options, takes
from enlist_rules.code_texts import FILE_CODES
from enlist_rules.numbers import NUMBER_TYPES
from enlist_shared.options import ImportOptions, Purpose

_OUTCOMES: Final = [each for each in OUTCOMES if each[0] in {"created", "duplicate", "rejected"}]


@takes(ALL)
def check_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
    options: Options,
    rejects: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, metavar="OUT", help="write the rejected records, with reasons"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check FILE by the rules of an import; nothing is sent, no stack and no account are needed.

    enlist check contacts.csv --convert-national --region GB --rejects rejects.csv

    Exits 0 when the import would complete, also with rejected records, and 1 when it would fail.
    """
    wanted = _options(options)
    if rejects is not None and rejects.exists() and rejects.samefile(file):
        raise typer.BadParameter(f"--rejects {rejects} would overwrite what is checked")
    with file_errors(), Console(stderr=True).status("checking"):
        found = check(file, wanted, rejects=rejects)
    if as_json:
        typer.echo(json.dumps(_as_json(file, found), ensure_ascii=False))
    else:
        _show(file, found, rejects)
    if found.failure is not None:
        raise typer.Exit(1)


def _options(options: Options) -> ImportOptions:
    """The options as the API would take them."""
    try:
        wanted = ImportOptions.model_validate(options)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise typer.BadParameter("; ".join(faults)) from None
    if wanted.purpose is Purpose.OPT_OUT:
        raise typer.BadParameter("--purpose opt_out: what is checked is an import of contacts")
    unknown = {*(wanted.number_types or ())} - NUMBER_TYPES
    if unknown:
        raise typer.BadParameter(
            f"--number-type {', '.join(sorted(unknown))}: one of {', '.join(sorted(NUMBER_TYPES))}"
        )
    return wanted


def _as_json(file: Path, found: Checked) -> dict[str, Any]:
    """The words of an import, as far as they need no account."""
    failure = found.failure
    return {
        "file_name": file.name,
        "size": found.size,
        "seconds": round(found.seconds, 3),
        "status": "failed" if failure else "completed",
        "counts": found.balance.counts.model_dump(),
        "reasons": found.balance.reasons,
        "warning_reasons": found.balance.warning_reasons,
        "detected": found.detected,
        "error": failure
        and {
            "code": failure.code,
            "message": FILE_CODES[failure.code][0],
            "detail": failure.detail,
        },
    }


def _show(file: Path, found: Checked, rejects: Path | None) -> None:
    console = Console(highlight=False, markup=False)
    took = f"{decimal(found.size)} in {found.seconds:.1f} s; nothing was sent"
    if found.layout is None or found.detected is None:
        console.print(f"{file.name}: {took}")
        if found.failure is not None:
            why = refusal_text(found.failure.code, found.failure.detail)
            typer.echo(f"an import would fail: {why}", err=True)
        return
    layout, balance = found.layout, found.balance
    pairs = zip(layout.columns, layout.mapping, strict=True)
    console.print(detected_text(found.detected))
    console.print()
    console.print(columns_table((name, field, ()) for name, field in pairs))
    console.print()
    console.print(f"{file.name} into an empty account: {took}")
    reasons = (balance.reasons, balance.warning_reasons)
    console.print(table_of(None, balance.counts, *reasons, outcomes=_OUTCOMES))
    if rejects is not None:
        console.print(f"the rejected records are in {rejects}")
    elif balance.counts.rejected:
        console.print("the rejected records, with reasons: --rejects rejects.csv")
