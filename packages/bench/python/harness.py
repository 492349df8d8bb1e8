"""Answers the questions of src/questions.ts, one JSON line each, as src/contestant-process.ts does."""

import json
import sys
import time

import numpy as np


class Call:
    """A workload made ready: `run` gives a result that is complete, `read` its numbers."""

    def __init__(self, run, read=np.asarray):
        self.run = run
        self.read = read


def waited():
    """Nanoseconds for which the main thread was ready and had no core."""
    try:
        with open("/proc/self/schedstat") as file:
            return int(file.read().split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def clock():
    """The time in seconds, and how much of it the thread has waited."""
    while True:
        wait = waited()
        now = time.perf_counter()
        # Else the thread lost its core between the two.
        if waited() == wait:
            return now, wait / 1e9


def timed(run):
    """Milliseconds that `run` takes, less those in which the thread waited for a core; and its result."""
    start, wait_before = clock()
    result = run()
    end, wait_after = clock()
    return (end - start - (wait_after - wait_before)) * 1e3, result


def sample(call, minimum):
    """Milliseconds of one call, from as many calls as fill `minimum` milliseconds."""
    count = 0
    run = call.run

    def calls():
        nonlocal count
        now = time.perf_counter()
        end = now + minimum / 1e3
        turn = 1
        while True:
            for _ in range(turn):
                run()
            count += turn
            before, now = now, time.perf_counter()
            if now >= end:
                return
            if now - before < 0.5e-3:
                turn *= 2

    spent, _ = timed(calls)
    return spent / count


def warm_up(call):
    """Calls until ten windows of 100 ms in a row bring no gain of 3 %, for at most 6 s."""
    end = time.perf_counter() + 6
    fastest, level = float("inf"), 0
    while level < 10 and time.perf_counter() < end:
        spent = sample(call, 100)
        level = 1 if spent < 0.97 * fastest else level + 1
        fastest = min(fastest, spent)
        time.sleep(0.005)


def digest(values):
    values = np.asarray(values, np.float64).reshape(-1)
    count = min(values.size, 256)
    indices = np.arange(count) * values.size // max(count, 1)
    return {
        "size": int(values.size),
        "values": values[indices].tolist(),
        "mean": float(values.mean()),
        "deviation": float(values.std()),
    }


def prepare(make, workload, budget):
    call = make(workload)
    if call is None:
        return None, {"missing": True}
    digests, first, latest = [], 0.0, 0.0
    start = time.perf_counter()
    for turn in range(workload["checks"]):
        latest, result = timed(call.run)
        if turn == 0:
            first = latest
        digests.append(digest(call.read(result)))
        if turn > 0 and (time.perf_counter() - start) * 1e3 > budget:
            break
    values = [value for part in digests for value in part["values"]]
    return call, {"first": first, "latest": latest, "digest": {**digests[0], "values": values}}


def answer_questions(make):
    """Answers until the standard input ends; `make` turns a workload into a Call, or None."""
    call = None
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if question["ask"] == "prepare":
                call, reply = prepare(make, question["workload"], question["budget"])
            elif question["ask"] == "warm up":
                warm_up(call)
                reply = {}
            else:
                reply = {"ms": sample(call, question["minimum"])}
        except Exception as error:  # Whatever a library throws is an answer too.
            reply = {"error": f"{type(error).__name__}: {error}"[:300]}
        print("> " + json.dumps(reply), flush=True)
