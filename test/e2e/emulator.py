"""moto's server, with what CloudFormation does and moto does not.

- On a stack update moto updates the resources whose text in the template has changed. An endpoint
  refers to its configuration by a logical id, so its text stays the same when the configuration is
  replaced, and moto leaves it with the name of one that is gone. CloudFormation gives it the new one.
- moto takes a resource without properties for a changed one.
- moto gives an endpoint a name of its own. CloudFormation gives it the one in the template.
- moto has alarms and scaling, but not for templates. Here they are made by the requests that
  CloudFormation sends, so that an SDK and moto have looked at each.
- moto runs the function of a custom resource in Docker, does not wait for it, and runs it only when
  the resource is created. Here Node.js runs it, out of the archive that was uploaded, and what it
  answers counts.
- moto takes wait conditions for nothing. Here a handle is an address that takes signals, and a
  condition waits for them.

What moto comes to do itself must go from here: as far as that can be seen, the server does not start
then.
"""

import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import boto3
from answers import Answers
from moto import settings
from moto.applicationautoscaling import models as scaling
from moto.applicationautoscaling import responses as scaling_responses
from moto.awslambda.utils import get_backend as functions_of
from moto.cloudformation import parsing
from moto.cloudformation.custom_model import CustomModel
from moto.sagemaker.models import FakeEndpoint
from moto.server import main

MODULES = Path(__file__).resolve().parents[2] / "node_modules"
CREDENTIALS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}

# Lambda has the SDK too; by name, buckets would be hosts below the emulator's, which do not resolve
CALL = """
const { S3Client } = require('@aws-sdk/client-s3');
const send = S3Client.prototype.send;
S3Client.prototype.send = function (...args) { this.config.forcePathStyle = true; return send.apply(this, args); };
const [file, name, event] = process.argv.slice(1);
Promise.resolve(require(file)[name](JSON.parse(event), { getRemainingTimeInMillis: () => 900000 }))
  .then((result) => process.stdout.write(`\n${JSON.stringify(result ?? null)}`));
"""


def url():
    return f"http://localhost:{settings.moto_server_port()}"


def client(service, region):
    return boto3.client(service, endpoint_url=url(), region_name=region, **CREDENTIALS)


# --- updates that follow a replaced resource to those that refer to it

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


# --- resources without properties, which moto gives some, in the template itself

parse_in_place = parsing.parse_resource
parsing.parse_resource = lambda resource_json, *more: parse_in_place(dict(resource_json), *more)


# --- the name of an endpoint

assert FakeEndpoint.cloudformation_name_type() == ""
FakeEndpoint.cloudformation_name_type = staticmethod(lambda: "EndpointName")


# --- alarms and scaling

CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
DIMENSIONS = {d.name: d.value for d in scaling.ScalableDimensionValueSet}
assert CONCURRENCY not in DIMENSIONS.values()
scaling.ScalableDimensionValueSet = scaling_responses.ScalableDimensionValueSet = Enum(
    "ScalableDimensionValueSet", DIMENSIONS | {"SAGEMAKER_CONCURRENCY": CONCURRENCY}
)


class MadeByRequest:
    """A resource that a request makes, and that the same request updates."""

    def __init__(self, name, properties, region):
        self.name = name
        self.properties = properties
        self.region = region

    @classmethod
    def create_from_cloudformation_json(cls, name, resource_json, account_id, region, **_):
        resource = cls(name, resource_json["Properties"], region)
        resource.put()
        return resource

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        # replacing it would take another name, in the template or, for an alarm, from CloudFormation
        return cls.create_from_cloudformation_json(
            original_resource.name, cloudformation_json, account_id, region_name
        )

    def is_created(self):
        return True


class Alarm(MadeByRequest):
    def put(self):
        request = self.properties | {"AlarmName": self.name}
        client("cloudwatch", self.region).put_metric_alarm(**request)

    def delete(self, account_id, region):
        client("cloudwatch", region).delete_alarms(AlarmNames=[self.name])

    @property
    def physical_resource_id(self):
        return self.name

    def get_cfn_attribute(self, name):
        assert name == "Arn"
        found = client("cloudwatch", self.region).describe_alarms(AlarmNames=[self.name])
        return found["MetricAlarms"][0]["AlarmArn"]


class ScalableTarget(MadeByRequest):
    @property
    def what(self):
        keys = ("ServiceNamespace", "ResourceId", "ScalableDimension")
        return {key: self.properties[key] for key in keys}

    def put(self):
        autoscaling = client("application-autoscaling", self.region)
        request = dict(self.properties)
        actions = request.pop("ScheduledActions", [])
        autoscaling.register_scalable_target(**request)
        for action in actions:
            autoscaling.put_scheduled_action(**self.what, **action)

    def delete(self, account_id, region):
        autoscaling = client("application-autoscaling", region)
        for action in self.properties.get("ScheduledActions", []):
            name = action["ScheduledActionName"]
            autoscaling.delete_scheduled_action(**self.what, ScheduledActionName=name)
        autoscaling.deregister_scalable_target(**self.what)

    @property
    def physical_resource_id(self):
        what = self.what
        return "|".join([what["ResourceId"], what["ScalableDimension"], what["ServiceNamespace"]])


class ScalingPolicy(MadeByRequest):
    def put(self):
        request = dict(self.properties)
        target = request.pop("ScalingTargetId").split("|")
        self.what = dict(zip(("ResourceId", "ScalableDimension", "ServiceNamespace"), target))
        autoscaling = client("application-autoscaling", self.region)
        self.arn = autoscaling.put_scaling_policy(**self.what, **request)["PolicyARN"]

    def delete(self, account_id, region):
        autoscaling = client("application-autoscaling", region)
        autoscaling.delete_scaling_policy(**self.what, PolicyName=self.name)

    @property
    def physical_resource_id(self):
        return self.arn


# --- custom resources


class CustomResource:
    """A resource that a function makes."""

    def __init__(self, properties, account_id, region, **where):
        self.properties = as_text(properties)
        self.account_id = account_id
        self.region = region
        self.where = where

    @classmethod
    def create_from_cloudformation_json(cls, name, resource_json, account_id, region, **where):
        where["LogicalResourceId"] = where.pop("LogicalId")
        resource = cls(resource_json["Properties"], account_id, region, **where)
        resource.take(resource.call("Create"))
        return resource

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        old = original_resource
        resource = cls(cloudformation_json["Properties"], account_id, region_name, **old.where)
        before = {"PhysicalResourceId": old.physical_resource_id, "OldResourceProperties": old.properties}
        resource.take(resource.call("Update", **before))
        if resource.physical_resource_id != old.physical_resource_id:
            old.delete(account_id, region_name)
        return resource

    def take(self, answer):
        self.physical_resource_id = answer["PhysicalResourceId"]
        self.data = answer.get("Data", {})

    def is_created(self):
        return True

    def get_cfn_attribute(self, name):
        return self.data[name]

    def delete(self, account_id, region):
        self.call("Delete", PhysicalResourceId=self.physical_resource_id)

    def call(self, request_type, **more):
        """Runs the function, and returns what it answers."""
        function = functions_of(self.account_id, self.region).get_function(
            self.properties["ServiceToken"]
        )
        event = {"RequestType": request_type, "RequestId": str(uuid4()), **self.where, **more}
        event |= {"ResourceProperties": self.properties}
        with Answers() as answers:
            run(function, self.region, event | {"ResponseURL": answers.url})
        (answer,) = answers.received
        if answer["Status"] != "SUCCESS":
            message = f"Message returned: {answer['Reason']} (RequestId: {event['RequestId']})"
            raise RuntimeError(f"Received response status [FAILED] from custom resource. {message}")
        return answer


def run(function, region, event):
    """Runs the code that was uploaded for a function, and returns what that returns."""
    nothing_of_the_users = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    environment = nothing_of_the_users | (function.environment_vars or {}) | {
        "AWS_ENDPOINT_URL": url(),
        "AWS_REGION": region,
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        "NODE_PATH": str(MODULES),
    }
    with tempfile.TemporaryDirectory() as code:
        zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(code)
        file, name = function.handler.rsplit(".", 1)
        command = ["node", "-e", CALL, f"{code}/{file}.js", name, json.dumps(event)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def as_text(value):
    """CloudFormation gives a function numbers and truths as text."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- wait conditions

# how many times faster than CloudFormation's time goes
FASTER = 1


def is_cancelled(stack_id):
    """Whether what is done for a stack is to stop."""
    return False


class WaitConditionHandle:
    """An address that signals are put to."""

    received = {}
    server = None

    @classmethod
    def create_from_cloudformation_json(cls, name, resource_json, account_id, region, **_):
        handle = cls()
        path = f"/{uuid4()}"
        cls.received[path] = []
        handle.physical_resource_id = f"http://127.0.0.1:{cls.listening().server_port}{path}"
        return handle

    @classmethod
    def listening(cls):
        if cls.server is None:
            cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Signals)
            threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        return cls.server

    def is_created(self):
        return True

    def delete(self, account_id, region):
        pass


class Signals(BaseHTTPRequestHandler):
    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signals = WaitConditionHandle.received.get(self.path)
        # the address is signed for a body without a type
        taken = signals is not None and not self.headers["Content-Type"]
        if taken:
            signals.append(json.loads(body))
        self.send_response(200 if taken else 403)
        self.end_headers()

    def log_message(self, *arguments):
        pass


class WaitCondition:
    """Waits for as many successes as it counts, each with an id of its own, or for the first failure."""

    @classmethod
    def create_from_cloudformation_json(cls, name, resource_json, account_id, region, **where):
        properties = resource_json["Properties"]
        signals = WaitConditionHandle.received["/" + properties["Handle"].rsplit("/", 1)[1]]
        count = int(properties.get("Count", 1))
        deadline = time.monotonic() + int(properties["Timeout"]) / FASTER
        condition = cls()
        condition.physical_resource_id = f"{where['StackId']}/{where['LogicalId']}"
        while not condition.is_met(signals, count):
            if is_cancelled(where["StackId"]):
                raise RuntimeError("Resource creation cancelled")
            if time.monotonic() > deadline:
                received = f"Received {len(condition.data)} conditions when expecting {count}"
                raise RuntimeError(f"WaitCondition timed out. {received}")
            time.sleep(0.05)
        return condition

    @classmethod
    def update_from_cloudformation_json(cls, **_):
        raise RuntimeError("Update to resource type AWS::CloudFormation::WaitCondition is not supported.")

    def is_met(self, signals, count):
        self.data = {signal["UniqueId"]: signal.get("Data", "") for signal in list(signals)}
        for signal in list(signals):
            if signal["Status"] != "SUCCESS":
                told = f"'{signal['Reason']}' for uniqueId: {signal['UniqueId']}"
                raise RuntimeError(f"WaitCondition received failed message: {told}")
        return len(self.data) >= count

    def is_created(self):
        return True

    @classmethod
    def has_cfn_attr(cls, name):
        return name == "Data"

    def get_cfn_attribute(self, name):
        assert self.has_cfn_attr(name)
        return json.dumps(self.data, separators=(",", ":"))

    def delete(self, account_id, region):
        pass


delete_all = parsing.ResourceMap.delete


def delete(self):
    # moto deletes in any order, and a custom resource needs its function
    for logical_id, resource in list(self._parsed_resources.items()):
        if isinstance(resource, CustomResource):
            if self._resource_json_map[logical_id].get("DeletionPolicy") != "Retain":
                resource.delete(self._account_id, self._region_name)
            del self._parsed_resources[logical_id]
    delete_all(self)


parsing.ResourceMap.delete = delete
assert hasattr(CustomModel.update_from_cloudformation_json, "__isabstractmethod__")


# --- what moto makes of a template

CLASSES = {
    "AWS::CloudWatch::Alarm": Alarm,
    "AWS::ApplicationAutoScaling::ScalableTarget": ScalableTarget,
    "AWS::ApplicationAutoScaling::ScalingPolicy": ScalingPolicy,
    "AWS::CloudFormation::WaitConditionHandle": WaitConditionHandle,
    "AWS::CloudFormation::WaitCondition": WaitCondition,
}
NAMES = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "PolicyName",
}
assert not CLASSES.keys() & parsing.get_model_map().keys()
class_of = parsing.resource_class_from_type
name_of = parsing.resource_name_property_from_type


def our_class_of(resource_type):
    if resource_type.startswith("Custom::"):
        return CustomResource
    return CLASSES.get(resource_type) or class_of(resource_type)


parsing.resource_class_from_type = our_class_of
parsing.resource_name_property_from_type = lambda type_: NAMES.get(type_) or name_of(type_)

logging.getLogger("werkzeug").setLevel(logging.ERROR)
if __name__ == "__main__":
    main(sys.argv[1:])
