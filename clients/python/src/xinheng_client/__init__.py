"""Client of the Xinheng 信衡 API: check before deciding, in a few lines.

with Client("https://credit.example.gov.cn", client_id="c-…", client_secret="…") as platform:
    answer = platform.check("91340621MA2N00000X", "procurement-award")
"""

from xinheng_client.client import Client
from xinheng_client.errors import Busy, Problem, Unreachable
from xinheng_client.types import Batch, Check, Entry, Feedback, Hint, Limit, May, Sentence
from xinheng_client.verifying import NotGenuine, verify_answer

__all__ = [
    "Batch", "Busy", "Check", "Client", "Entry", "Feedback", "Hint", "Limit", "May", "NotGenuine", "Problem", "Sentence",
    "Unreachable", "verify_answer",
]  # fmt: skip
