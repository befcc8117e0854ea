"""Phone cells of all regions: example numbers of the metadata, and what people make of them."""

from random import Random

import phonenumbers
from phonenumbers import PhoneMetadata

from enlist_rules.numbers import REGIONS

TYPES = [
    "mobile",
    "fixed_line",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
]
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
FULL_WIDTH = str.maketrans("+0123456789-()", "＋０１２３４５６７８９－（）")


def examples() -> list[tuple[str, str, str]]:
    """(region, calling code, national number) for each region and type that has an example."""
    plans = [(region, PhoneMetadata.metadata_for_region(region)) for region in sorted(REGIONS)]
    plans += [
        ("GB", PhoneMetadata.metadata_for_nongeo_region(code))
        for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
    ]
    return [
        (region, str(plan.country_code), description.example_number)
        for region, plan in plans
        if plan is not None
        for name in TYPES
        if (description := getattr(plan, name)) is not None and description.example_number
    ]


# The last is a number both with and without the calling code of its region.
EXAMPLES = examples() + [("DE", "49", "15112345678")] * 60
CODES = sorted({code for _, code, _ in EXAMPLES})


def grouped(digits: str, random: Random) -> str:
    """The digits in groups, by one kind of separator."""
    separator = random.choice([" ", ".", "-", "  ", "\u00a0", "\u2011", "/", ") ", " - "])
    groups, rest = [], digits
    while rest:
        size = random.randint(2, 4)
        groups.append(rest[:size])
        rest = rest[size:]
    text = separator.join(groups)
    return f"({text}" if separator == ") " else text


def changed(digits: str, random: Random) -> str:
    """Digits added, dropped, replaced, or their tail drawn anew."""
    at = random.randrange(len(digits))
    return random.choice(
        [
            digits,
            digits[:at] + digits[at + 1 :],
            digits[:at] + str(random.randrange(10)) + digits[at:],
            digits[:at] + str(random.randrange(10)) + digits[at + 1 :],
            digits[:4] + "".join(str(random.randrange(10)) for _ in digits[4:]),
            digits + "".join(str(random.randrange(10)) for _ in range(random.randint(1, 9))),
        ]
    )


def written(region: str, code: str, national: str, random: Random) -> str:
    """National or international, with what may stand before the number."""
    prefix = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True)
    dialled = (prefix or "0") + national
    return random.choice(
        [
            f"+{code}{national}",
            f"+{code} {national}",
            f"+{code} (0) {national}",
            f"+{code}{dialled}",
            f"00{code}{national}",
            f"011 {code}{national}",
            f"{code}{national}",
            national,
            dialled,
            f"({dialled[:3]}) {dialled[3:]}",
            f"+{random.choice(CODES)}{national}",
            f"{random.choice(CODES)}{national}",
            f"0{national}",
        ]
    )


def decorated(text: str, random: Random) -> str:
    """What spreadsheets, scripts and people put around a number."""
    return random.choice(
        [
            *[text] * 12,
            f"'{text}",
            f'="{text}"',
            f"tel:{text}",
            f" {text}\t",
            f"\u202d{text}\u202c",
            text.translate(ARABIC_INDIC),
            text.translate(FULL_WIDTH),
            text[:4] + "\u200b" + text[4:],
            f"{text}.0",
            f"{text} x12",
            f"{text} (work)",
            f"{text} / {text}",
            f"{text};ext=5",
            f"{text}#",
        ]
    )


def sample(random: Random) -> tuple[str, str]:
    """A cell and the region of its record."""
    region, code, national = random.choice(EXAMPLES)
    national = national if random.random() < 0.4 else changed(national, random)
    text = written(region, code, national or "0", random)
    if random.random() < 0.4:
        text = text[0] + grouped(text[1:], random)
    if random.random() < 0.2:
        region = random.choice(EXAMPLES)[0]
    return decorated(text, random), region
