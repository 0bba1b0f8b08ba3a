"""Runs the official conformance cases of CEL through `relais expression eval` and compares the answers.

usage: check_cel.py BINARY FOLDER    FOLDER holds the cases as JSON, one file for each area
"""
import glob
import json
import math
import os
import subprocess
import sys
import threading
import time


def cases(folder):
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path) as file:
            document = json.load(file)
        for section in document.get("sections", []):
            for case in section["tests"]:
                yield f"{os.path.basename(path)}/{section['name']}/{case['name']}", case


def same(left, right):
    """Whether two values are the same: NaN is NaN, -0 is not 0, maps in any order."""
    if len(left) != 1 or len(right) != 1 or left.keys() != right.keys():
        return False
    kind, one = next(iter(left.items()))
    other = right[kind]
    if kind == "double":
        one, other = float(one), float(other)
        return math.isnan(other) if math.isnan(one) else one == other and math.copysign(1, one) == math.copysign(1, other)
    if kind in ("timestamp", "duration"):
        return all(int(one.get(part, 0)) == int(other.get(part, 0)) for part in ("seconds", "nanos"))
    if kind == "list":
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other))
    if kind == "map":
        return len(one) == len(other) and all(any(same(k, l) and same(v, w) for l, w in other) for k, v in one)
    return one == other


def ask(binary, lines):
    text = "".join(line + "\n" for line in lines).encode()
    answer = subprocess.run([binary, "expression", "eval"], input=text, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in answer.stdout.decode().splitlines()]


def check_cases(binary, folder):
    known = list(cases(folder))
    asked = [{name: value for name, value in case.items() if name not in ("expect", "description")} for _, case in known]
    answers = ask(binary, [json.dumps(case) for case in asked])
    failures = [] if len(answers) == len(known) else [f"{len(known)} cases, {len(answers)} answers"]
    for (name, case), answer in zip(known, answers):
        expected = case["expect"]
        right = same(expected["value"], answer.get("value", {})) if "value" in expected else "error" in answer
        if not right:
            failures.append(f"{name}: {case['expr'][:200]}: expected {expected}, found {answer}")
    print(f"cel: {len(known) - len(failures)} of {len(known)} cases pass through the command")
    return failures


def nested(depth, length):
    """An expression of a length that nests that deep, in parentheses, lists, conditions and minuses by turns."""
    core = "x"
    for level in range(depth):
        core = [f"({core} + 1234567890)", f"[{core}][0]", f"(true ? {core} : x)", f"(1234567890 + {core})"][level % 4]
    return core + " " * (length - len(core))


def write(pipe, line):
    pipe.write(line)
    pipe.flush()


def check_limits(binary):
    """Each ends within 50 ms beyond the process's start, with an answer or an error."""
    ten = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"
    walk = "true"
    for level in range(7):
        walk = f"{ten}.all(x{level}, {walk})"
    number = {"bindings": {"x": {"value": {"int": "1"}}}, "type_env": [{"name": "x", "ident": "int64"}]}
    hostile = {
        "nested 200 deep in 4 KB": {"expr": nested(200, 4000), **number},
        "200 sums": {"expr": "(" * 200 + "x" + " + 1234567890)" * 200, **number},
        "200 brackets": {"expr": "(" * 200 + "x" + ")" * 200 + " + 0" * 900, **number},
        "200 lists": {"expr": "[" * 200 + "x" + "]" * 200, **number},
        "200 conditions": {"expr": "true ? (" * 200 + "x" + ") : x" * 200, **number},
        "(a+)+$ on 10,000 characters": {"expr": "'" + "a" * 9999 + "!'" + ".matches('(a+)+$')"},
        "the same, bound": {"expr": "x.matches('(a+)+$')", "bindings": {"x": {"value": {"string": "a" * 9999 + "!"}}}},
        "10 million elements": {"expr": walk},
        "10 million elements bound": {"expr": "x.all(y, y < 2)", "bindings": {"x": {"value": {"list": [{"int": "1"}] * 10_000_000}}}},
    }
    failures = []
    for name, case in hostile.items():
        with subprocess.Popen([binary, "expression", "eval"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            process.stdin.write(b'{"expr": "1"}\n')
            process.stdin.flush()
            process.stdout.readline()
            line = json.dumps(case).encode() + b"\n"
            start = time.perf_counter()
            writer = threading.Thread(target=write, args=(process.stdin, line))
            writer.start()
            answer = json.loads(process.stdout.readline())
            elapsed = 1000 * (time.perf_counter() - start)
            writer.join()
            process.stdin.close()
        result = "value" if "value" in answer else answer["error"][0]["message"]
        print(f"cel: {name}: {elapsed:.1f} ms, {result}")
        # A machine with other work may be slow; ten times the promise is no accident any more.
        if elapsed > 500:
            failures.append(f"{name} took {elapsed:.0f} ms")
    return failures


def check_bad_lines(binary):
    lines = ["", "{", "[]", "nothing", '{"expr": 1}', '{"expr": "x", "bindings": 3}', '{"expr": "1 +"}', '{"expr": "1"}']
    answers = ask(binary, lines)
    kinds = ["error" in answer for answer in answers]
    return [] if kinds == [True] * 6 + [False] else [f"bad lines were answered with {answers}"]


def main(binary, folder):
    failures = check_cases(binary, folder) + check_limits(binary) + check_bad_lines(binary)
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


main(*sys.argv[1:3])
