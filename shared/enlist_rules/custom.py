"""Custom fields as JSON objects in a column of text: built, folded key by key, compared."""

import json
from collections.abc import Mapping

import polars as pl


def custom_objects(columns: Mapping[str, pl.Series]) -> pl.Series:
    """One JSON object a row from columns of text by name, at least one; null where all are null."""
    members = [
        pl.DataFrame({name: values})
        .select(pl.when(pl.col(name).is_not_null()).then(pl.struct(name).struct.json_encode()))
        .to_series()
        .str.strip_prefix("{")
        .str.strip_suffix("}")
        .alias(f"member{position}")
        for position, (name, values) in enumerate(columns.items())
    ]
    joined = pl.concat_str(pl.all(), separator=",", ignore_nulls=True)
    return pl.DataFrame(members).select(
        pl.when(joined != "").then(pl.lit("{") + joined + pl.lit("}")).alias("custom")
    )["custom"]


def fold_custom(objects: pl.Series) -> pl.Series:
    """Lists of JSON objects, in the order of their records, to one each: the last value wins."""
    several = objects.list.len() > 1
    first = objects.list.first()
    if not several.any():
        return first.alias("custom")
    merged = [_merge(texts) for texts in objects.filter(several)]
    return first.scatter(several.arg_true(), merged).alias("custom")


def differs(objects: pl.Series, won: pl.Series) -> pl.Series:
    """Whether an object has a member that is another one in what won."""
    unlike = (objects != won).fill_null(value=False)
    pairs = zip(objects.filter(unlike), won.filter(unlike), strict=True)
    answers = [not json.loads(mine).items() <= json.loads(theirs).items() for mine, theirs in pairs]
    return unlike.scatter(unlike.arg_true(), answers) if answers else unlike


def _merge(texts: pl.Series) -> str:
    merged: dict[str, str] = {}
    for text in texts:
        merged |= json.loads(text)
    return json.dumps(merged, ensure_ascii=False)
