"""Who may change what, over mutual TLS, with two registries on one bus: registry_rights.py FOLDER URL URL.

FOLDER holds ca.crt.pem and for each of health, education, archive NAME.crt.pem and NAME.key.pem.
"""
import json
import sys
import time

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from registry_steps import code, step

folder, first, second = sys.argv[1:4]
VISITS = "contract.medical-visit.v1-value"


def client(name, url):
    return SchemaRegistryClient({
        "url": url, "ssl.ca.location": folder + "/ca.crt.pem", "ssl.certificate.location": f"{folder}/{name}.crt.pem",
        "ssl.key.location": f"{folder}/{name}.key.pem"})


def schema(**properties):
    document = {"type": "object", "properties": {name: {"type": kind} for name, kind in properties.items()},
                "additionalProperties": False}
    return Schema(json.dumps(document), "JSON")


health, education, archive = (client(name, first) for name in ("health", "education", "archive"))
for url in (first, second):
    for _ in range(300):
        try:
            client("health", url).get_subjects()
            break
        except Exception:
            time.sleep(0.2)
step("everybody reads", VISITS in archive.get_subjects())
visits = archive.get_latest_version(VISITS)
step("who owns no contract registers nothing", code(lambda: archive.register_schema("archive-value", schema(a="string"))) == (403, 40301))
step("what is registered is answered to everybody", archive.register_schema(VISITS, visits.schema) == visits.schema_id)
document = json.loads(visits.schema.schema_str)
document["properties"]["noteForTests"] = {"type": "string"}
wider = Schema(json.dumps(document), "JSON")
step("another agency's contract is not theirs", code(lambda: education.register_schema(VISITS, wider)) == (403, 40301))
step("nor is its level", code(lambda: education.set_compatibility(VISITS, "NONE")) == (403, 40301))
step("nor its deletion", code(lambda: education.delete_subject(VISITS)) == (403, 40301))
step("the level of all is nobody's", code(lambda: health.set_compatibility(level="NONE")) == (403, 40301))
step("the owner may", health.register_schema(VISITS, wider) > 0 and health.get_versions(VISITS) == [1, 2])

# Two processes on one bus: each decides on what the other has stored, whoever wrote last.
one, two = health, client("health", second)
ids = []
for number in range(6):
    writer = (one, two)[number % 2]
    ids.append(writer.register_schema("two-registries-value", schema(**{f"f{place}": "string" for place in range(number + 1)})))
step("ids of two registries never collide", len(set(ids)) == 6 and ids == sorted(ids))
step("both know all versions", client("health", first).get_versions("two-registries-value")
     == client("health", second).get_versions("two-registries-value") == [1, 2, 3, 4, 5, 6])
print("all steps done")
