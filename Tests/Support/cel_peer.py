"""Answers cases as `relais expression eval` does, with the C++ implementation of CEL.

Reads one case a line, prints one answer a line. Needs cel-expr-python from PyPI.
"""
import base64
import json
import sys

from cel_expr_python import cel
from cel_expr_python.ext import ext_bindings, ext_encoders, ext_math, ext_optional, ext_strings

TYPES = {
    "bool": cel.Type.BOOL, "int64": cel.Type.INT, "uint64": cel.Type.UINT, "double": cel.Type.DOUBLE,
    "string": cel.Type.STRING, "bytes": cel.Type.BYTES, "dyn": cel.Type.DYN,
}


def type_of(ident):
    if isinstance(ident, str):
        return TYPES[ident]
    if "list" in ident:
        return cel.Type.List(type_of(ident["list"]))
    return cel.Type.Map(*(type_of(part) for part in ident["map"]))


def native(value):
    kind, content = next(iter(value.items()))
    if kind in ("int", "uint"):
        return int(content)
    if kind == "double":
        return float(content)
    if kind == "bytes":
        return base64.b64decode(content)
    if kind == "list":
        return [native(element) for element in content]
    if kind == "map":
        return {native(key): native(element) for key, element in content}
    return content


def encoded(value):
    """A value of the implementation in the JSON of cases."""
    if not hasattr(value, "type"):
        if value is None:
            return {"null": None}
        if isinstance(value, bool):
            return {"bool": value}
        if isinstance(value, int):
            return {"int": str(value)}
        if isinstance(value, float):
            return {"double": repr(value)}
        if isinstance(value, str):
            return {"string": value}
        raise ValueError(f"a value of {type(value)}")
    kind, content = value.type().name().split("<")[0], value.value()
    if kind == "NULL":
        return {"null": None}
    if kind == "BOOL":
        return {"bool": content}
    if kind == "INT":
        return {"int": str(content)}
    if kind == "UINT":
        return {"uint": str(int(content))}
    if kind == "DOUBLE":
        special = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "-0.0": "-0"}
        return {"double": special.get(repr(content), repr(content))}
    if kind == "STRING":
        return {"string": content}
    if kind == "BYTES":
        return {"bytes": base64.b64encode(bytes(content)).decode()}
    if kind == "LIST":
        return {"list": [encoded(element) for element in content]}
    if kind == "MAP":
        return {"map": [[encoded(key), encoded(element)] for key, element in content.items()]}
    raise ValueError(f"a value of type {kind}")


def answer(case):
    declared = {entry["name"]: type_of(entry["ident"]) for entry in case.get("type_env", [])}
    extensions = [ext_bindings.ExtBindings(), ext_math.ExtMath(), ext_strings.ExtStrings(), ext_encoders.ExtEncoders(), ext_optional.ExtOptional()]
    environment = cel.NewEnv(variables=declared, extensions=extensions)
    data = {name: native(binding["value"]) for name, binding in case.get("bindings", {}).items()}
    try:
        result = environment.compile(case["expr"], disable_check=case.get("disable_check", False)).eval(data=data)
    except RuntimeError as error:
        return {"error": [{"message": str(error)[:200]}]}
    if result.type().name() == "ERROR":
        return {"error": [{"message": str(result.value())[:200]}]}
    try:
        return {"value": encoded(result)}
    except ValueError as error:
        return {"unknown": str(error)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
