"""Executions of Step Functions, as tests look at them."""

import json
import time

import pytest

SECONDS = 60


def ended(sfn, arn):
    """The execution, once it has ended."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        described = sfn.describe_execution(executionArn=arn)
        if described["status"] != "RUNNING":
            return described
        time.sleep(0.1)
    pytest.fail(f"{arn} is still running")


def events_of(sfn, execution):
    return sfn.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)["events"]


def inputs_of(sfn, execution, state):
    """What a state has got, each time that the execution came to it."""
    entered = [event.get("stateEnteredEventDetails") for event in events_of(sfn, execution)]
    return [json.loads(details["input"]) for details in entered if details and details["name"] == state]


def outputs_of(sfn, execution, state):
    """What a state has given, each time that the execution left it."""
    left = [event.get("stateExitedEventDetails") for event in events_of(sfn, execution)]
    return [json.loads(details["output"]) for details in left if details and details["name"] == state]
