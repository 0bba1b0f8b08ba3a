"""Evaluates one CEL expression over records with other implementations.

usage: cel_peers.py RECORDS EXPRESSION    RECORDS is a JSON file, a list of objects {"contact": {…}}

Prints one JSON object a line: name, evaluations, seconds of wall and CPU, hits.
"""
import json
import sys
import time

ROUNDS = 3


def measure(name, evaluate, items):
    """The best of a few rounds; `items` makes what is evaluated anew for each, which is not measured."""
    best = None
    for _ in range(ROUNDS):
        prepared = items()
        wall, cpu = time.perf_counter(), time.process_time()
        hits = sum(1 for item in prepared if evaluate(item))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if best is None or cpu < best["cpu_seconds"]:
            best = {"name": name, "evaluations": len(prepared), "wall_seconds": wall, "cpu_seconds": cpu, "hits": hits}
    print(json.dumps(best), flush=True)


def rust(records, expression):
    import cel

    program = cel.compile(expression)
    measure("common-expression-language, dict", program.execute, lambda: records)
    measure(
        "common-expression-language, contexts built before",
        program.execute,
        lambda: [cel.Context(record) for record in records],
    )


def python(records, expression):
    import celpy

    environment = celpy.Environment()
    program = environment.program(environment.compile(expression))
    few = records[:10_000]
    measure("cel-python, dict", lambda record: bool(program.evaluate(celpy.json_to_cel(record))), lambda: few)
    converted = [celpy.json_to_cel(record) for record in few]
    measure("cel-python, values converted before", lambda record: bool(program.evaluate(record)), lambda: converted)


with open(sys.argv[1]) as file:
    records = json.load(file)
for peer in (rust, python):
    peer(records, sys.argv[2])
