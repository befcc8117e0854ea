"""Cells: numbers as people and spreadsheets write them, names, e-mail addresses, hostile text."""

from typing import Final

from tests.cases.recipe import A, B, C, Recipe, numbers, table

TOGGLE: Final = {"convert_national": True}
GERMAN: Final = {"convert_national": True, "default_region": "DE"}
FAMILY: Final = "\U0001f468\u200d\U0001f469\u200d\U0001f467"

RECIPES: Final[dict[str, Recipe]] = {
    "scientific": Recipe(
        (65,), "The digits are lost.", numbers("4.47E+11", "4,47E+11", "4.47911E+11"), TOGGLE
    ),
    "decimal": Recipe(
        (66,),
        "Decimals would make it a longer number, a stranger's.",
        numbers("4930123456.0"),
        GERMAN,
    ),
    "decimal_gb": Recipe((66,), "The same here.", numbers("447911123456.0"), TOGGLE),
    "lost_zero": Recipe((67,), "A lost zero is restored.", numbers("7911123456"), TOGGLE),
    "guards": Recipe(
        (68,),
        "What keeps a spreadsheet from calculating is no part of a number.",
        table(f"'{A},x", f'"=""{B}""",x'),
    ),
    "decorated": Recipe(
        (69,),
        "Spaces of every kind, dots, dashes, brackets, a line break: one number.",
        numbers("+44 (0) 7911 123456", "+44.7911-123\u00a0520", "+44\t7911\n123584"),
    ),
    "international_prefix": Recipe((70,), "00 leaves Britain.", numbers("00447911123456")),
    "international_prefix_us": Recipe(
        (70,), "011 leaves America.", numbers("011447911123456"), {"default_region": "US"}
    ),
    "no_plus": Recipe((71,), "Without the toggle nobody guesses.", numbers("447911123456")),
    "digits_of_the_world": Recipe(
        (72,),
        "The same number in Arabic, Persian, full-width and Devanagari digits.",
        numbers("٠٧٩١١١٢٣٤٥٦", "۰۷۹۱۱۱۲۳۴۵۶", "０７９１１１２３４５６", "०७९१११२३४५६"),
        TOGGLE,
    ),
    "invisible_marks": Recipe(
        (73,),
        "Marks that nobody sees, around and between digits.",
        numbers(
            "\u202d+447911123456\u202c",
            "+44\u200b7911\u200e123\u200f520",
            "\ufeff+4479111\u00ad23584",
        ),
    ),
    "signs_and_letters": Recipe(
        (74,),
        "A full-width plus and a minus sign are signs; O and l are letters.",
        numbers("＋447911123456", "+44\u22127911\u2212123520", "+44791112345O", "+44791l123456"),
    ),
    "extensions": Recipe(
        (75,),
        "An extension is never dialled.",
        numbers(*(A + end for end in (" x123", " ext. 12", ";ext=5", " #5"))),
    ),
    "two_numbers": Recipe(
        (76,), "Which of the two?", numbers(f"{A} / {B}", f"{A};{B}", f"{A},{B}")
    ),
    "vanity": Recipe(
        (77, 81),
        "Letters would become digits, and a stranger's number.",
        numbers("1-800-FLOWERS", f"{A} (mum)", "MyBrand"),
        TOGGLE,
    ),
    "short_codes": Recipe(
        (78,), "No person has a short code.", numbers("999", "62266", "112", "*1234"), TOGGLE
    ),
    "types": Recipe(
        (79,),
        "Premium rate and the like are not stored.",
        numbers("+449098790000", "+979123456789", "+448450000000", "+445512345678"),
    ),
    "landlines": Recipe((80,), "A landline is a number, and counted.", numbers("+442079460018")),
    "wrong_length": Recipe(
        (82,),
        "Too short, too long, no such country.",
        numbers("+44791112345", "+4479111234567", "+999123456789", "+0123456789", "+4" * 20),
    ),
    "not_assigned": Recipe((83,), "Possible, but nobody's.", numbers("+15555550100")),
    "moved_numbers": Recipe(
        (84,),
        "An Italian zero and an Argentine nine stay; what a country has given up is no number.",
        numbers("+390669812345", "+5491123456789", "+5215512345678", "+22501234567"),
    ),
    "no_number": Recipe(
        (85,),
        "What people write when there is none.",
        numbers("0", "n/a", "-", "NULL", "#REF!", " "),
    ),
    "endless_number": Recipe((86,), "Nothing is made of 5,000 digits.", numbers("1" * 5_000)),
    "the_same_person": Recipe(
        (87,),
        "Spacing and case make nobody else; the last spelling wins.",
        table(
            f"{A},Anna,A@example.com", f"{A}, ANNA ,a@example.com", header="phone,first name,email"
        ),
    ),
    "email_lengths": Recipe(
        (90,),
        "255 characters fit; one more does not.",
        table(
            f"{A},{'l' * 64}@{'d' * 185}.test",
            f"{B},{'l' * 64}@{'d' * 186}.test",
            header="phone,email",
        ),
    ),
    "emails": Recipe(
        (91, 92, 93),
        "A malformed address is left out with a warning; the person stays.",
        table(
            *(
                f'+44791112{number},"{cell}"'
                for number, cell in enumerate(
                    (
                        *("a@b", "@x", "a@@b.test", "a@b.test.", "a b@c.test", "a@b.test,c@d.test"),
                        *("Ann <a@b.test>", "a@b.test\r\nBcc: c@d.test", "jörg@bücher.test"),
                        "İ@example.com",
                    ),
                    start=3_500,
                )
            ),
            header="phone,email",
        ),
    ),
    "names_at_their_limit": Recipe(
        (94,),
        "Limits count code points after composition; nothing is cut without being asked.",
        table(
            f"{A},{'😀' * 50}",
            f"{B},{'😀' * 51}",
            f"{C},{FAMILY * 10}",
            "+447911123648,e" + "\u0301" * 1_000,
            "+447911123712," + "e\u0301" * 50,
        ),
    ),
    "formulas": Recipe(
        (95,),
        "Text is text here; whoever gives it to a spreadsheet makes it harmless there.",
        table(
            f"{A},=cmd|'/c calc'!A1,+1+1,-2,@SUM(1)",
            f'{B},;=1,＝1+1,"\t=1",\'x',
            header="phone,first name,last name,city,note",
        ),
    ),
    "hostile_text": Recipe(
        (96,),
        "Nobody executes a name.",
        table(
            f"{A},<script>alert(1)</script>,'); DROP TABLE contacts;--",
            f"{B},${{jndi:ldap://x}},{{{{7*7}}}} %s%n",
            header="phone,first name,last name",
        ),
    ),
    "birth_dates": Recipe(
        (97,),
        "A date is text as it was given.",
        table(
            f"{A},02/03/1990",
            f"{B},1990-02-31",
            f"{C},0000-00-00",
            "+447911123648,32905",
            header="phone,date of birth",
        ),
    ),
    "words_for_nothing": Recipe(
        (98,),
        "An empty cell says nothing; NULL and a dash are what they say.",
        table(f"{A},Anna", f"{A},", f'{A},""', f"{B},NULL", f"{C},-"),
    ),
    "too_long_blanked": Recipe(
        (94,),
        "Whoever wants the person more than the text has it left out.",
        table(f"{A},{'n' * 51}", f"{B},Bob"),
        {"over_limit": "blank"},
    ),
    "types_said": Recipe(
        (79, 80),
        "The importer says which types may be stored.",
        numbers(A, "+442079460018", "+449098790000"),
        {"number_types": ["MOBILE", "PREMIUM_RATE"]},
    ),
    "merged_by_number": Recipe(
        (87, 89),
        "One person a number, when the importer says so.",
        table(f"{A},Anna,London", f"{A},Bob,", f"{B},Cy,", header="phone,first name,city"),
        {"duplicates": "merge_by_number"},
    ),
    "duplicates_skipped": Recipe(
        (87,),
        "The first record of a person counts, the others say nothing.",
        table(f"{A},Anna,London", f"{A},anna,York", f"{A},Bob,", header="phone,first name,city"),
        {"duplicates": "skip"},
    ),
    "one_person_thousands_of_times": Recipe(
        (88,), "One contact, and all the rest are duplicates.", table(*[f"{A},Anna"] * 8_000)
    ),
}
