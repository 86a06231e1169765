"""moto as a server, with deletions one after the other: two at a time bring back what either took away."""
import sys
import threading

from moto.server import main
from moto.sqs.models import Queue, SQSBackend

lock = threading.Lock()
delete_message = Queue.delete_message


def delete_alone(queue, receipt_handle):
    with lock:
        return delete_message(queue, receipt_handle)


Queue.delete_message = delete_alone
# It counts the whole queue three times for each message that it hands out.
SQSBackend.is_message_valid_based_on_retention_period = lambda *_: True
main(sys.argv[1:])
