"""How often detection is right, on files that it has not learnt from.

.venv/bin/python -m tests.languages
"""

import time

from tests.languages.samples import FOREIGN, KNOWN, PROMISED, Sample, samples

from enlist_rules.likelihood import likeliest

BOUNDS = (0.0, 0.5, 0.7, 0.9, 0.99)


def is_right(sample: Sample, encoding: str) -> bool:
    """Whether the text comes out, whatever the encoding is called."""
    return sample.data.decode(encoding, "replace") == sample.text


def report(title: str, files: list[Sample]) -> None:
    start = time.perf_counter()
    answers = [(sample, *likeliest(sample.data)) for sample in files]
    each = (time.perf_counter() - start) / len(files) * 1000
    print(f"{title}: {len(files)} files, {each:.2f} ms each")
    for low, high in zip(BOUNDS, (*BOUNDS[1:], 1.01), strict=True):
        rights = [is_right(one, found) for one, found, sure in answers if low <= sure < high]
        share = f"{sum(rights) / len(rights):7.1%} right" if rights else ""
        print(f"  {low:.2f} <= confidence < {high:.2f}  {len(rights):5}  {share}")
    wrong = [each for each in answers if each[2] >= 0.9 and not is_right(each[0], each[1])]
    for sample, found, sure in wrong[:8]:
        print(f"  {sample.encoding} {sample.language} {sample.rows}: {found} {sure:.3f}")


def main() -> None:
    report("promised encodings", list(samples(PROMISED)))
    report("others that are known", list(samples(KNOWN)))
    report("encodings that are not", list(samples(FOREIGN)))


if __name__ == "__main__":
    main()
