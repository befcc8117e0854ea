"""The rules of contact imports: pure functions over Polars frames, without any I/O."""
