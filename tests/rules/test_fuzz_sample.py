"""A short sample of ``make fuzz``: seeded mutations of the fuzzer's own seeds, against the fuzzer's own assertions."""

from __future__ import annotations

import random

import pytest

from bench.fuzz import target as fuzz


def mutated(seed: bytes, chance: random.Random) -> bytes:
    data = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[place : place + chance.randint(1, 12)]
            case 2:
                data[place:place] = data[chance.randrange(len(data) + 1) :][: chance.randint(1, 40)]
            case _:
                data[place:place] = chance.choice(
                    [b'"', b"\\", b"\n", b"{", b"]", b"\\ud800", b"1e999", b"\xff", b"@", b"%40"]
                )
    return bytes(data)


@pytest.mark.parametrize("processor", sorted(fuzz.SEEDS))
def test_mutations_of_good_records_break_nothing(processor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        fuzz.harness_module, "log_unexpected", fuzz.harness_module.log_unexpected
    )  # put back afterwards
    target = fuzz.Target(processor)
    chance = random.Random(processor)
    seeds = fuzz.SEEDS[processor]
    for _ in range(300):
        records = [mutated(chance.choice(seeds), chance) for _ in range(chance.randint(1, 4))]
        target(bytes([chance.randrange(4)]) + fuzz.SEPARATOR.join(records))
