"""The rows with a server for LiveKit's Python SDK; says what subscriber.mjs and many.mjs say.

    python bench/sides/python_subscriber.py subscriber <url> <token> <width> <seconds>
    python bench/sides/python_subscriber.py many <url> <width> <fps> <first> <step> < tokens.json
"""

import asyncio
import json
import os
import resource
import sys
import time

from livekit import rtc

WARM_UP_S = 1.5
SETTLE_S = 1.5
MEASURE_S = 3
ENOUGH = 0.95
LOOKS = 2
TOO_LATE_MS = 1000
SQUARE = 16
BITS = 40


async def subscribe(url: str, token: str, on_pixels) -> None:
    room = rtc.Room()
    subscribed = asyncio.get_running_loop().create_future()
    room.on("track_subscribed", lambda track, *_: subscribed.set_result(track))
    await room.connect(url, token)
    stream = rtc.VideoStream(await subscribed)
    async for event in stream:
        if not on_pixels(event.frame.data):
            break


def cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def drawn_ms_ago(pixels, width: int) -> float:
    value = 0
    for bit in range(BITS):
        if pixels[SQUARE // 2 * width + bit * SQUARE + SQUARE // 2] > 128:
            value += 1 << bit
    return (time.monotonic_ns() // 10_000 - value) / 100


def summary(values: list[float]) -> dict:
    ordered = sorted(values)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return {
        "mean": sum(values) / len(values),
        "p50": at(0.5),
        "p95": at(0.95),
        "max": at(1),
    }


async def subscriber(url: str, token: str, width: str, seconds: str) -> dict:
    full = 3 * int(width) * int(width) * 9 // 16 // 2
    ages: list[float] = []
    began = {}

    def on_pixels(pixels) -> bool:
        now = time.monotonic()
        first = began.setdefault("first", now)
        if now - first < WARM_UP_S or len(pixels) != full:
            return now - first < 20
        started = began.setdefault("started", now)
        began.setdefault("cpu", cpu_s())
        ages.append(drawn_ms_ago(pixels, int(width)))
        return now - started < float(seconds)

    await subscribe(url, token, on_pixels)
    used = cpu_s() - began["cpu"]
    known = [age for age in ages if 0 <= age < 10_000]
    return {
        "latencyMs": summary(known),
        "cpuMsPerFrame": 1000 * used / len(ages),
        "frames": len(ages),
        "unreadable": len(ages) - len(known),
    }


async def many(url: str, width: str, fps: str, first: str, step: str) -> dict:
    tokens = json.load(sys.stdin)
    counts: list[int] = []
    steps = []
    kept = []
    share = 1.0
    best = 0

    def counter(i: int):
        def on_pixels(pixels) -> bool:
            if drawn_ms_ago(pixels, int(width)) < TOO_LATE_MS:
                counts[i] += 1
            return True

        return on_pixels

    async def share_of_frames() -> float:
        counts[:] = [0] * len(counts)
        begin = time.monotonic()
        await asyncio.sleep(MEASURE_S)
        expected = (time.monotonic() - begin) * float(fps) * len(counts)
        return sum(counts) / expected

    while share >= ENOUGH and tokens:
        more = int(step) if counts else int(first)
        for token in tokens[:more]:
            counts.append(0)
            kept.append(asyncio.create_task(subscribe(url, token, counter(len(counts) - 1))))
        del tokens[:more]
        joined = time.monotonic()
        while 0 in counts and time.monotonic() - joined < 15:
            await asyncio.sleep(0.1)
        share = 0.0
        for _ in range(LOOKS):
            await asyncio.sleep(SETTLE_S)
            share = await share_of_frames()
            steps.append({"streams": len(counts), "share": share})
            if share >= ENOUGH:
                best = len(counts)
                break
    return {"streams": best, "steps": steps}


print(json.dumps(asyncio.run({"subscriber": subscriber, "many": many}[sys.argv[1]](*sys.argv[2:]))))
sys.stdout.flush()
# Leaving the rooms is not what is measured.
os._exit(0)
