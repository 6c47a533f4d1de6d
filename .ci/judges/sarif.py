#!/usr/bin/env python3
"""sarif.py SCHEMA FILE...   holds SARIF logs against the schema of OASIS (the crate serde-sarif has it
as src/schema.json), with the `jsonschema` of PyPI. Indexes of rules must lead to the rule that is meant."""

import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
validator = jsonschema.validators.validator_for(schema)(schema)
faults = []
for file in sys.argv[2:]:
    log = json.load(open(file))
    faults += [f"{file}: {fault.json_path}: {fault.message}" for fault in validator.iter_errors(log)]
    for run in log.get("runs", []):
        rules = run["tool"]["driver"].get("rules", [])
        for result in run.get("results", []):
            if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
                faults.append(f"{file}: a result of {result['ruleId']} leads to another rule")
print("\n".join(faults) or "no faults")
sys.exit(bool(faults))
