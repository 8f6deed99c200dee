"""Runs in the VPC of a private endpoint: posts one signed event, and says what was answered."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import Any

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Post ``event["body"]``, signed if ``event["signed"]``; return the status and the body of the answer."""
    url, body = os.environ["EVENTS_URL"], json.dumps(event["body"]).encode()
    request = AWSRequest("POST", url, data=body, headers={"Content-Type": "application/json"})
    if event["signed"]:
        credentials = botocore.session.Session().get_credentials()
        assert credentials is not None
        SigV4Auth(credentials, "execute-api", os.environ["AWS_REGION"]).add_auth(request)
    sent = urllib.request.Request(url, body, dict(request.headers.items()), method="POST")
    try:
        with urllib.request.urlopen(sent, timeout=30) as answer:
            return {"status": answer.status, "body": answer.read().decode()}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "body": error.read().decode()}
