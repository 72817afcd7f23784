"""What Confluent's client expects of a registry, step by step: registry_client.py REGISTRY-URL BOOTSTRAP-SERVERS."""
import json
import sys
import time

from confluent_kafka import Consumer, Producer
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from registry_steps import code, step

url, servers = sys.argv[1:3]
client = SchemaRegistryClient({"url": url})
for _ in range(300):
    try:
        client.get_subjects()
        break
    except Exception:
        time.sleep(0.2)


step("the hub's contracts are subjects", any(s == "contract.medical-visit.v1-value" for s in client.get_subjects()))

visit = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Visit", "type": "object",
    "properties": {"id": {"type": "string"}, "fee": {"type": "integer"}}, "required": ["id"], "additionalProperties": False,
}
topic = "registry-test"
context = SerializationContext(topic, MessageField.VALUE)
write = JSONSerializer(json.dumps(visit), client)
payload = write({"id": "a", "fee": 12}, context)
step("the serializer registers by itself", client.get_subjects() and topic + "-value" in client.get_subjects())
step("the wire format begins with a zero byte and the id", payload[0] == 0 and len(payload) > 5)
read = JSONDeserializer(json.dumps(visit))
step("the deserializer reads it back", read(payload, context) == {"id": "a", "fee": 12})
read_by_id = JSONDeserializer(None, schema_registry_client=client)
step("also with the schema fetched by id", read_by_id(payload, context) == {"id": "a", "fee": 12})

producer = Producer({"bootstrap.servers": servers})
producer.produce(topic, payload)
step("the record is stored", producer.flush(30) == 0)
consumer = Consumer({"bootstrap.servers": servers, "group.id": "registry-test", "auto.offset.reset": "earliest"})
consumer.subscribe([topic])
message = None
deadline = time.time() + 30
while message is None and time.time() < deadline:
    message = consumer.poll(1)
    if message is not None and message.error():
        message = None
step("and comes back as it went", message is not None and read_by_id(message.value(), context) == {"id": "a", "fee": 12})
consumer.close()

subject = topic + "-value"
first = client.get_latest_version(subject)
step("the latest version is the first", first.version == 1)
step("registering again gives the same id", client.register_schema(subject, Schema(json.dumps(visit), "JSON")) == first.schema_id)

wider = dict(visit, properties=dict(visit["properties"], ward={"type": "string"}))
narrower = dict(visit, required=["id", "fee"])
step("an optional field in a closed model is compatible", client.test_compatibility(subject, Schema(json.dumps(wider), "JSON")))
step("a newly required field is not", not client.test_compatibility(subject, Schema(json.dumps(narrower), "JSON")))
step("and is refused with 409", code(lambda: client.register_schema(subject, Schema(json.dumps(narrower), "JSON")))[0] == 409)
second = client.register_schema(subject, Schema(json.dumps(wider), "JSON"))
step("the wider one is version 2", client.get_versions(subject) == [1, 2] and second != first.schema_id)
step("level of a subject", client.set_compatibility(subject, "NONE") and client.get_compatibility(subject) == "NONE")
client.register_schema(subject, Schema(json.dumps(narrower), "JSON"))
step("with NONE everything is taken", client.get_versions(subject) == [1, 2, 3])

person = {"$id": "person.json", "type": "object", "properties": {"name": {"type": "string"}}}
client.register_schema("person", Schema(json.dumps(person), "JSON"))
holder = {"type": "object", "properties": {"owner": {"$ref": "person.json"}}}
reference = SchemaReference("person.json", "person", 1)
client.register_schema("holder", Schema(json.dumps(holder), "JSON", [reference]))
stored = client.get_latest_version("holder")
step("references come back", [(r.name, r.subject, r.version) for r in stored.schema.references] == [("person.json", "person", 1)])
step("what is referred to is not deleted", code(lambda: client.delete_subject("person")) == (422, 42206))
client.register_schema("holder-topic-value", Schema(json.dumps(holder), "JSON", [reference]))
write_holder = JSONSerializer(Schema(json.dumps(holder), "JSON", [reference]), client, conf={"auto.register.schemas": False})
holder_context = SerializationContext("holder-topic", MessageField.VALUE)
held = write_holder({"owner": {"name": "A"}}, holder_context)
step("the serializer follows references", JSONDeserializer(None, schema_registry_client=client)(held, holder_context) == {"owner": {"name": "A"}})

step("a version is deleted", client.delete_version(subject, 3) == 3 and client.get_versions(subject) == [1, 2])
step("a subject is deleted softly", client.delete_subject(subject) == [1, 2])
step("and is not found any more", code(lambda: client.get_versions(subject)) == (404, 40401))
step("but its schemas are found by id", json.loads(client.get_schema(first.schema_id).schema_str) == visit)
client = SchemaRegistryClient({"url": url})  # The old one remembers ids of what it registered.
client.set_compatibility(subject, "BACKWARD")
step("registering makes it alive again", client.register_schema(subject, Schema(json.dumps(visit), "JSON")) == first.schema_id)
step("as the next version", client.get_versions(subject) == [4])
client.delete_subject(subject)
step("then deleted for good", client.delete_subject(subject, permanent=True) == [1, 2, 3, 4])
step("an unknown id", code(lambda: client.get_schema(99999))[1] == 40403)
print("all steps done")
