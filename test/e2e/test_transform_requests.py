"""What transform jobs ask of SageMaker, against the model of its API."""

import botocore.session
import pytest
from botocore.validate import ParamValidator
from conftest import printed_by
from test_training_requests import walk


@pytest.fixture(scope="module")
def synthesized():
    return printed_by("transform_requests.ts")


@pytest.fixture(scope="module")
def shape():
    service = botocore.session.get_session().get_service_model("sagemaker")
    return service.operation_model("CreateTransformJob").input_shape


def test_transform_requests_are_what_the_api_takes(synthesized, shape):
    requests = synthesized["requests"]
    assert len(requests) >= 30
    faults = {}
    for name, request in requests.items():
        report = ParamValidator().validate(request, shape)
        found = [report.generate_report()] if report.has_errors() else list(walk(request, shape, ""))
        if found:
            faults[name] = found
    assert faults == {}


def test_transform_requests_have_between_them_all_that_there_is(synthesized, shape):
    used = set().union(*(paths(request) for request in synthesized["requests"].values()))
    assert set(all_paths(shape)) - used == set()


def test_all_transform_instances_are_known(synthesized, shape):
    types = shape.members["TransformResources"].members["InstanceType"].enum
    assert sorted(synthesized["instances"]) == sorted(types)


def paths(value, place=""):
    """The parameters that a request has."""
    if isinstance(value, list):
        return set().union(*(paths(item, place) for item in value))
    if not isinstance(value, dict) or place == ".Environment":
        return {place}
    return {place} | set().union(*(paths(inner, f"{place}.{name}") for name, inner in value.items()))


def all_paths(shape, place=""):
    """The parameters that a request can have."""
    yield place
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from all_paths(member, f"{place}.{name}")
    elif shape.type_name == "list":
        yield from all_paths(shape.member, place)
