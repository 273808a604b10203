import pytest

from filmroom import net
from filmroom.archive import Archive
from filmroom.transport import CollectingSink


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "data", durability="relaxed") as opened:
        yield opened


class Scripted:
    """Serves each request with the responses of the test: statuses, elements and data sets.

    ``answers`` are given out one after the other; each is a list of (status, data set or None,
    elements of the response).
    """

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.data = []

    def __call__(self, operation):
        self.requests.append(operation.message)
        answer = self.answers.pop(0)

        def whole(data):
            self.data.append(data)
            operation.connection.run(operation, self._respond(operation, answer))

        if operation.message.has_data_set:
            return CollectingSink(whole)
        whole(b"")
        return None

    async def _respond(self, operation, answer):
        for status, data, elements in answer:
            response = net.response_to(operation.message, status, **elements)
            await operation.respond(response, data)


@pytest.fixture
def scripted():
    return Scripted
