"""The function that puts inference code into an archive in S3, as it is deployed, against S3 of the emulator."""

import io
import json
import os
import subprocess
import tarfile

import pytest

# by name, buckets would be hosts below the emulator's, which do not resolve
CALL = """
const { S3Client } = require('@aws-sdk/client-s3');
const send = S3Client.prototype.send;
S3Client.prototype.send = function (...args) { this.config.forcePathStyle = true; return send.apply(this, args); };
require('./assets/model/repack.lambda/index.js').handler(JSON.parse(process.argv[1]), { getRemainingTimeInMillis: () => 900000 });
"""


@pytest.fixture
def s3(account):
    account.clear()
    client = account.client("s3")
    for bucket in ("models", "assets", "packed"):
        client.create_bucket(Bucket=bucket)
    return client


def archive(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def call(root, account, url, request_type, physical_id=None):
    event = {
        "RequestType": request_type,
        "ResponseURL": url,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "logical",
        "PhysicalResourceId": physical_id,
        "ResourceProperties": {
            "SourceBucket": "models",
            "SourceKey": "model.tar.gz",
            "CodeBucket": "assets",
            "CodeKey": "code.tar.gz",
            "TargetBucket": "packed",
            "TargetPrefix": "address",
        },
    }
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | account.environment
    subprocess.run(["node", "-e", CALL, json.dumps(event)], cwd=root, env=environment, check=True)


def keys(s3):
    return [found["Key"] for found in s3.list_objects_v2(Bucket="packed").get("Contents", [])]


def test_archive_is_given_code_and_taken_away(root, account, answers, s3):
    received, url = answers
    weights = os.urandom(40 * 1024 * 1024)  # more than one part of an upload
    model = {"m/1/saved_model.pb": b"graph", "m/1/variables/variables.data-00000-of-00001": weights}
    s3.put_object(Bucket="models", Key="model.tar.gz", Body=archive(model | {"code/inference.py": b"old"}))
    s3.put_object(Bucket="assets", Key="code.tar.gz", Body=archive({"code/inference.py": b"new"}))

    call(root, account, url, "Create")

    (key,) = keys(s3)
    assert key.startswith("address/") and key.endswith("/model.tar.gz")
    assert received == [
        {
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "logical",
            "Status": "SUCCESS",
            "PhysicalResourceId": f"s3://packed/{key}",
            "Data": {"Key": key},
        }
    ]
    body = s3.get_object(Bucket="packed", Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        assert {m.name: tar.extractfile(m).read() for m in tar if m.isfile()} == model | {"code/inference.py": b"new"}

    # a failed update goes back to the copy that is there, though its source is another one by now
    s3.put_object(Bucket="models", Key="model.tar.gz", Body=b"overwritten")
    call(root, account, url, "Update", "s3://packed/other")

    assert received[1] == received[0]
    assert s3.get_object(Bucket="packed", Key=key)["Body"].read() == body

    call(root, account, url, "Delete", received[0]["PhysicalResourceId"])

    assert received[2]["Status"] == "SUCCESS"
    assert keys(s3) == []


def test_missing_archive_is_the_reason_of_the_failure(root, account, answers, s3):
    received, url = answers
    s3.put_object(Bucket="assets", Key="code.tar.gz", Body=archive({"code/inference.py": b"new"}))

    call(root, account, url, "Create")

    assert received[0]["Status"] == "FAILED"
    assert received[0]["Reason"].startswith("s3://models/model.tar.gz cannot be given inference code: ")
    assert keys(s3) == []


def test_archive_without_a_savedmodel_is_refused_and_leaves_nothing(root, account, answers, s3):
    received, url = answers
    s3.put_object(Bucket="models", Key="model.tar.gz", Body=archive({"model.keras": os.urandom(40 * 1024 * 1024)}))
    s3.put_object(Bucket="assets", Key="code.tar.gz", Body=archive({"code/inference.py": b"new"}))

    call(root, account, url, "Create")

    assert received[0]["Status"] == "FAILED"
    assert "it has no SavedModel where the serving container looks for one" in received[0]["Reason"]
    assert keys(s3) == []
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="packed")
