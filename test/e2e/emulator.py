"""moto's server, with updates that follow a replaced resource to those that refer to it.

On a stack update moto updates the resources whose text in the template has changed. An endpoint
refers to its configuration by a logical id, so its text stays the same when the configuration is
replaced, and moto leaves it with the name of one that is gone. CloudFormation gives it the new one.
"""

import logging
import sys

from moto.cloudformation import parsing
from moto.server import main

update_alone = parsing.parse_and_update_resource


def refers_to(logical_id, value):
    if isinstance(value, dict):
        target = value.get("Fn::GetAtt", value.get("Ref"))
        if target == logical_id or (isinstance(target, list) and target[0] == logical_id):
            return True
        value = list(value.values())
    return isinstance(value, list) and any(refers_to(logical_id, item) for item in value)


def update(logical_id, resource_json, resources_map, **where):
    before = resources_map[logical_id].physical_resource_id
    updated = update_alone(logical_id, resource_json, resources_map, **where)
    if updated and updated.physical_resource_id != before:
        resources_map._parsed_resources[logical_id] = updated
        for other, other_json in resources_map._resource_json_map.items():
            if refers_to(logical_id, other_json.get("Properties")):
                resources_map._parsed_resources[other] = update(
                    other, other_json, resources_map, **where
                )
    return updated


parsing.parse_and_update_resource = update
logging.getLogger("werkzeug").setLevel(logging.ERROR)
main(sys.argv[1:])
