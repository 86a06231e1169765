"""A small SQS client for tests: the JSON protocol to a server on loopback that checks no signature."""
import json
import os
import urllib.request


class Queue:
    """One queue, made when it is not there."""

    def __init__(self, name):
        self.name = name
        self.url = self._call("CreateQueue", QueueName=name)["QueueUrl"]

    def _call(self, action, **asked):
        request = urllib.request.Request(
            os.environ["AWS_ENDPOINT_URL"], json.dumps(asked).encode(), method="POST",
            headers={"content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS." + action,
                     "authorization": "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/sqs/aws4_request"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"{}")

    def send(self, bodies):
        """Sends texts, ten at a time."""
        for at in range(0, len(bodies), 10):
            answer = self._call("SendMessageBatch", QueueUrl=self.url, Entries=[
                {"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies[at:at + 10])])
            assert not answer.get("Failed"), answer

    def receive(self, visible=0):
        """Bodies of up to ten messages, which stay."""
        answer = self._call("ReceiveMessage", QueueUrl=self.url, MaxNumberOfMessages=10,
                            VisibilityTimeout=visible)
        return [message["Body"] for message in answer.get("Messages", [])]

    def left(self):
        """(messages that can be received, messages that somebody received and did not delete)"""
        answer = self._call("GetQueueAttributes", QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        return (int(answer["ApproximateNumberOfMessages"]), int(answer["ApproximateNumberOfMessagesNotVisible"]))
