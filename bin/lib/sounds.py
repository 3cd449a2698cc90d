"""Makes the two sounds of the desk: `python bin/lib/sounds.py`, and commit what changed.

Each is a few soft bell tones: a sine with two overtones, which swell in a hundredth of a second and
die away. Sixteen bits at 22,050 Hz is more than they need, and a few kilobytes each.
"""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "assets" / "sounds"
RATE = 22_050
# Name -> (when it begins in seconds, pitch in Hz, how loud) of each tone.
SOUNDS = {
    "message": [(0.0, 660.0, 0.20)],
    "mention": [(0.0, 660.0, 0.20), (0.12, 990.0, 0.24)],
}
OVERTONES = {1: 1.0, 2: 0.25, 3: 0.08}
LASTS, SWELLS, FADES = 0.32, 0.01, 0.09


def tone(at: float, pitch: float, loud: float) -> float:
    if at < 0:
        return 0.0
    shape = min(at / SWELLS, 1.0) * math.exp(-at / FADES)
    waves = sum(part * math.sin(2 * math.pi * pitch * n * at) for n, part in OVERTONES.items())
    return loud * shape * waves


def write(name: str, tones: list[tuple[float, float, float]]) -> None:
    last = max(begins for begins, _, _ in tones)
    count = int((last + LASTS) * RATE)
    samples = (
        sum(tone(n / RATE - begins, pitch, loud) for begins, pitch, loud in tones)
        for n in range(count)
    )
    data = b"".join(struct.pack("<h", round(32_767 * max(-1.0, min(1.0, s)))) for s in samples)
    with wave.open(str(FOLDER / f"{name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(data)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, tones in SOUNDS.items():
        write(name, tones)
