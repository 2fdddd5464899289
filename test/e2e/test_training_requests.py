"""What training jobs ask of SageMaker, against the model of its API."""

import json
import re
import subprocess

import botocore.session
import pytest
from botocore.validate import ParamValidator

NAME = "job-1"


@pytest.fixture(scope="session")
def synthesized(root):
    command = ["node", "-r", "ts-node/register/transpile-only", "test/e2e/training_requests.ts"]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def operation():
    return botocore.session.get_session().get_service_model("sagemaker").operation_model("CreateTrainingJob")


def test_requests_are_what_the_api_takes(synthesized, operation):
    requests = synthesized["requests"]
    assert len(requests) >= 40
    faults = {}
    for name, request in requests.items():
        # what the run of a job adds
        hyperparameters = request["HyperParameters"] | {"sagemaker_job_name": json.dumps(NAME)}
        request = request | {"TrainingJobName": NAME, "HyperParameters": hyperparameters}
        report = ParamValidator().validate(request, operation.input_shape)
        found = [report.generate_report()] if report.has_errors() else list(walk(request, operation.input_shape, ""))
        if found:
            faults[name] = found
    assert faults == {}


def test_hyperparameters_are_what_python_writes(synthesized):
    for request in synthesized["requests"].values():
        for value in request["HyperParameters"].values():
            assert json.dumps(json.loads(value)) == value


def test_all_instance_families_are_known(synthesized, operation):
    types = operation.input_shape.members["ResourceConfig"].members["InstanceType"].enum
    assert sorted(synthesized["families"]) == sorted({name.split(".")[1] for name in types})


def walk(value, shape, place):
    """The enumerations, patterns and greatest lengths, which botocore leaves to the service."""
    limits = shape.metadata
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from walk(member, shape.members[name], f"{place}.{name}")
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from walk(item, shape.member, f"{place}[{index}]")
    elif shape.type_name == "map":
        for name, item in value.items():
            yield from walk(name, shape.key, f"{place} key")
            yield from walk(item, shape.value, f"{place}.{name}")
    elif shape.type_name == "string":
        if "enum" in limits and value not in limits["enum"]:
            yield f"{place} is no {shape.name}: {value}"
        if "pattern" in limits and re.fullmatch(in_python(limits["pattern"]), value) is None:
            yield f"{place} has not the pattern {limits['pattern']}: {value}"
    size = len(value) if isinstance(value, (str, list, dict)) else value
    if "max" in limits and size > limits["max"]:
        yield f"{place} is over {limits['max']}: {size}"


def in_python(pattern):
    """A pattern of the API, which has Java's names for classes of characters."""
    return pattern.replace(r"\p{Alnum}", "A-Za-z0-9").replace(r"\p{L}\p{Z}\p{N}", r"\w ")
