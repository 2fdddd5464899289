"""How jobs of SageMaker end, in the words of emulated_jobs.py."""

COMPLETED = {"status": "Completed"}
IN_PROGRESS = {"status": "InProgress"}
THROTTLED = {
    "error": "SageMaker.AmazonSageMakerException",
    "cause": "Rate exceeded (Service: AmazonSageMaker; Status Code: 400; Error Code: ThrottlingException)",
}
NO_CAPACITY = {
    "status": "Failed",
    "reason": "CapacityError: Unable to provision requested ML compute capacity.",
}
SCRIPT_FAILED = {
    "status": "Failed",
    "reason": 'AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage "KeyError: \'labels\'"',
}
