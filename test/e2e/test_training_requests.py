"""What training jobs ask of SageMaker, against the model of its API."""

import json
import re

import botocore.session
import pytest
from botocore.validate import ParamValidator
from conftest import printed_by

NAME = "job-1"


@pytest.fixture(scope="session")
def synthesized():
    return printed_by("training_requests.ts")


@pytest.fixture(scope="module")
def runs():
    return printed_by("training_run.ts")


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


@pytest.mark.parametrize("which", ["registered", "registeredFiles"])
def test_models_are_registered_by_what_the_api_takes(runs, which):
    parameters = runs[which]["definition"]["States"]["Register"]["Parameters"]
    shape = botocore.session.get_session().get_service_model("sagemaker").operation_model("CreateModelPackage").input_shape
    request = with_values(parameters)
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    assert list(walk(request, shape, "")) == []


def test_hyperparameters_are_what_python_writes(synthesized):
    for request in synthesized["requests"].values():
        for value in request["HyperParameters"].values():
            assert json.dumps(json.loads(value)) == value


def test_all_instance_families_are_known(synthesized, operation):
    types = operation.input_shape.members["ResourceConfig"].members["InstanceType"].enum
    assert sorted(synthesized["families"]) == sorted({name.split(".")[1] for name in types})


VALUES = {
    "ClientToken": "0123456789abcdef0123456789abcdef",
    "GeneratedBy": "arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1",
    "ModelDataUrl": "s3://models/training/job-1/output/model.tar.gz",
    "S3Uri": "s3://models/training/job-1/output/model/",
}


def with_values(value):
    """What is asked for, with values for what only a run knows."""
    if isinstance(value, dict):
        named = {name.removesuffix(".$"): name.endswith(".$") for name in value}
        return {n: VALUES[n] if known_later else with_values(value[n]) for n, known_later in named.items()}
    return [with_values(item) for item in value] if isinstance(value, list) else value


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
    classes = {
        r"\p{Alnum}": "A-Za-z0-9",
        r"\p{L}": r"\w",
        r"\p{Z}": " ",
        r"\p{N}": r"\d",
        r"\p{M}": "",
        r"\p{S}": "+=$<>|~^`",
        r"\p{P}": "!-/:-@_",
    }
    for name, characters in classes.items():
        pattern = pattern.replace(name, characters)
    # in the model of CustomerMetadataProperties there is a length behind the end
    return pattern.replace("${1,128}", "").replace("${1,256}", "")
