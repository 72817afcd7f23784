"""Validators from PyPI on the records of `lgsp bench schema`: RECORDS.jsonl SCHEMA.json ROUNDS, one JSON line a peer."""
import json, sys, time
import fastjsonschema, jsonschema_rs, orjson

path, schema_path, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
lines = open(path, "rb").read().splitlines()
schema = json.load(open(schema_path))
size = sum(len(line) + 1 for line in lines)


def report(name, body):
    fastest, valid = 1e9, 0
    for _ in range(rounds):
        start = time.perf_counter()
        valid = body()
        fastest = min(fastest, time.perf_counter() - start)
    print(json.dumps({"part": name, "seconds": fastest, "records": len(lines), "bytes": size, "valid": valid}), flush=True)


rust = jsonschema_rs.validator_for(schema, validate_formats=True).is_valid
compiled = fastjsonschema.compile(schema)


def fast(record):
    try:
        compiled(record)
        return True
    except fastjsonschema.JsonSchemaException:
        return False


records = [orjson.loads(line) for line in lines]
report("jsonschema-rs", lambda: sum(rust(orjson.loads(line)) for line in lines))
report("jsonschema-rs-parsed-before", lambda: sum(map(rust, records)))
report("fastjsonschema", lambda: sum(fast(orjson.loads(line)) for line in lines))
