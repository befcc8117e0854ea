"""What is found wrong with the records of a chunk, gathered column by column."""

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from enlist_rules.codes import RECORD_RANK, Code
from enlist_rules.rows import NOTES, REJECT

_RANKS: Final = {str(code): rank for code, rank in RECORD_RANK.items()}
_CODES: Final = {rank: code for code, rank in _RANKS.items()}


@dataclass(slots=True)
class Findings:
    """Faults reject a record, warnings stay with it; every series is as high as the chunk."""

    faults: list[tuple[pl.Series, str]] = field(default_factory=list)
    warnings: list[tuple[pl.Series, str]] = field(default_factory=list)

    def fault(self, codes: pl.Series, of_field: str) -> None:
        """Reject the records whose code is not null."""
        if codes.null_count() < codes.len():
            self.faults.append((codes, of_field))

    def fault_where(self, mask: pl.Series, code: Code, of_field: str) -> None:
        """Reject the records of `mask`."""
        if mask.any():
            codes = pl.select(pl.when(mask).then(pl.lit(str(code)))).to_series()
            self.faults.append((codes, of_field))

    def warn(self, mask: pl.Series, code: Code, of_field: str) -> None:
        """Warn about a field of the records of `mask`."""
        if mask.any():
            self.warnings.append((mask, f"{code}:{of_field.replace(NOTES, '')}"))

    def rejects(self, records: pl.Series) -> pl.DataFrame:
        """The rejected records (REJECT), each with its first code by rank and that code's field."""
        if not self.faults:
            return pl.DataFrame(schema=REJECT)
        ranks = [f"rank{position}" for position in range(len(self.faults))]
        frame = pl.DataFrame(
            [records.alias("record")]
            + [
                codes.replace_strict(_RANKS, return_dtype=pl.Int16).alias(name)
                for name, (codes, _) in zip(ranks, self.faults, strict=True)
            ]
        ).with_columns(first=pl.min_horizontal(ranks))
        fields = pl.coalesce(
            pl.when(pl.col(name) == pl.col("first")).then(pl.lit(of_field))
            for name, (_, of_field) in zip(ranks, self.faults, strict=True)
        )
        return frame.filter(pl.col("first").is_not_null()).select(
            "record",
            pl.col("first").replace_strict(_CODES, return_dtype=pl.String).alias("code"),
            fields.alias("field"),
        )

    def warning_texts(self, height: int) -> pl.Series:
        """`code:field` pairs joined by `NOTES`, null where there are none."""
        if not self.warnings:
            return pl.repeat(None, height, dtype=pl.String, eager=True).alias("warnings")
        parts = [pl.when(mask).then(pl.lit(text)) for mask, text in self.warnings]
        joined = pl.concat_str(parts, separator=NOTES, ignore_nulls=True)
        return pl.select(warnings=joined.replace("", None)).to_series()
