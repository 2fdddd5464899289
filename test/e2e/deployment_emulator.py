"""moto's server, which deploys stacks with training jobs as CloudFormation does, and runs these.

All of `emulator.py`, `cloudformation_engine.py` and `training_emulator.py`, with the resources of templates that need them
all: state machines are those that the interpreter runs, and the function that signals is the one that was uploaded.
"""

import hashlib
import json

import cloudformation_engine  # noqa: F401
import emulated_jobs
import emulator
import training_emulator
from moto.awslambda.utils import get_backend as functions_of
from moto.server import main
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils


class StateMachine:
    """A state machine in the interpreter."""

    @classmethod
    def create_from_cloudformation_json(cls, name, resource_json, account_id, region, **_):
        machine = cls()
        machine.name, machine.region = name, region
        definition, role = machine.take(resource_json["Properties"])
        made = machine.client.create_state_machine(name=name, definition=definition, roleArn=role)
        machine.physical_resource_id = made["stateMachineArn"]
        return machine

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        machine = original_resource
        definition, role = machine.take(cloudformation_json["Properties"])
        machine.client.update_state_machine(stateMachineArn=machine.physical_resource_id, definition=definition, roleArn=role)
        return machine

    @property
    def client(self):
        return emulator.client("stepfunctions", self.region)

    def take(self, properties):
        definition = properties["DefinitionString"]
        self.revision = hashlib.sha256(definition.encode()).hexdigest()
        return definition, properties["RoleArn"]

    def is_created(self):
        return True

    def get_cfn_attribute(self, name):
        return {"Name": self.name, "Arn": self.physical_resource_id, "StateMachineRevisionId": self.revision}[name]

    def delete(self, account_id, region):
        self.client.delete_state_machine(stateMachineArn=self.physical_resource_id)


class Version:
    """A version of one, which another revision replaces."""

    @classmethod
    def create_from_cloudformation_json(cls, name, resource_json, account_id, region, **_):
        version = cls()
        arn = resource_json["Properties"]["StateMachineArn"]
        client = emulator.client("stepfunctions", region)
        definition = client.describe_state_machine(stateMachineArn=arn)["definition"]
        published = client.update_state_machine(stateMachineArn=arn, definition=definition, publish=True)
        version.physical_resource_id = published["stateMachineVersionArn"]
        return version

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    def is_created(self):
        return True

    def get_cfn_attribute(self, name):
        assert name == "Arn"
        return self.physical_resource_id

    def delete(self, account_id, region):
        pass


class Schedule(emulator.MadeByRequest):
    def put(self):
        schedules = emulator.client("scheduler", self.region)
        schedules.create_schedule(Name=self.name, **self.properties)

    def delete(self, account_id, region):
        emulator.client("scheduler", region).delete_schedule(Name=self.name)

    @property
    def physical_resource_id(self):
        return self.name


def call_uploaded(parameters, region, state_credentials):
    """Calls a function by the code that was uploaded for it."""
    function = functions_of(emulated_jobs.ACCOUNT, region).get_function(parameters["FunctionName"])
    return {"Payload": emulator.run(function, region, json.loads(parameters["Payload"])), "StatusCode": 200}


emulator.FASTER = emulated_jobs.FASTER
emulator.CLASSES |= {
    "AWS::StepFunctions::StateMachine": StateMachine,
    "AWS::StepFunctions::StateMachineVersion": Version,
    "AWS::Scheduler::Schedule": Schedule,
}
lambda_eval_utils._invoke_lambda_function = call_uploaded
main(["--host", "127.0.0.1", "--port", training_emulator.options.port])
