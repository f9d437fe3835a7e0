"""The generated Python modules import under the names that users will write."""

import unittest

from fastkv.v1 import error_reason_pb2
from fastkv.v1 import key_value_pb2
from fastkv.v1 import key_value_pb2_grpc
from fastkv.v1 import sorted_set_pb2
from fastkv.v1 import sorted_set_pb2_grpc
from google.rpc import error_details_pb2
from google.rpc import status_pb2


class PythonImportTest(unittest.TestCase):

    def test_an_empty_value_is_not_a_missing_value(self):
        hit = key_value_pb2.GetResponse.FromString(
            key_value_pb2.GetResponse(value=b'').SerializeToString())
        self.assertTrue(hit.HasField('value'))
        self.assertFalse(key_value_pb2.GetResponse().HasField('value'))

    def test_every_service_has_a_stub(self):
        self.assertTrue(key_value_pb2_grpc.KeyValueServiceStub)
        self.assertTrue(sorted_set_pb2_grpc.SortedSetServiceStub)
        self.assertIn('SortedSetService',
                      sorted_set_pb2.DESCRIPTOR.services_by_name)

    def test_errors_can_be_read(self):
        info = error_details_pb2.ErrorInfo(reason='WRONG_TYPE', domain='fastkv')
        status = status_pb2.Status()
        status.details.add().Pack(info)
        self.assertTrue(status.details[0].Is(info.DESCRIPTOR))
        self.assertEqual(
            'ERROR_REASON_' + info.reason,
            error_reason_pb2.ErrorReason.Name(
                error_reason_pb2.ERROR_REASON_WRONG_TYPE))


if __name__ == '__main__':
    unittest.main()
