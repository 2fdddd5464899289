"""Answers with the predictions alone, one JSON list a request."""

import json


def input_handler(data, context):
    """Passes the body on to TensorFlow Serving as it is."""
    return data.read()


def output_handler(response, context):
    """Takes the predictions out of TensorFlow Serving's answer."""
    if response.status_code != 200:
        raise ValueError(response.content.decode('utf-8'))
    return json.dumps(response.json()['predictions']), 'application/json'
