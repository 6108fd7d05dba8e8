"""Ways to spoil a text, shared by the fuzzers."""

from __future__ import annotations

from random import Random

TEXTS = [
    *(
        "",
        " ",
        "\t",
        "\n",
        "\x00",
        "\ufeff",
        "\u3000",
        "0",
        "-1",
        "1e400",
        "1_0",
        "nan",
        "inf",
        "1.5",
        "true",
        "'",
        '"',
    ),
    *("[", "]", "{", "}", "=", ",", ".", "#", "年", "季", "第", "２０２０", "²", "٣", "a" * 300, "[" * 300, "9" * 400),
    *("9" * 5000, " " * 3000, "=cmd|' /C calc'!A0", "<b>", "\\", "\\u0000", "\ud7ff", "😀", "None", "NaT", "<NA>"),
]


def spoilt(random: Random, text: str, pieces: tuple[str, ...] = ()) -> str:
    """Return a text with one to four changes: parts cut, doubled, moved or replaced."""
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        i, j = sorted((random.randrange(len(text) + 1), random.randrange(len(text) + 1)))
        near = min(j, i + random.choice([1, 1, 3, 10]))
        other = random.choice((*TEXTS, *pieces)) if random.random() < 0.7 else random.choice(text or " ")
        text = random.choice(
            [
                text[:i] + text[near:],
                text[:i] + other + text[near:],
                text[:i] + other + text[i:],
                text[:j] + text[i:j][:2000] + text[j:],
                text[:i] + text[j:],
            ]
        )
    return text
