"""What is let in when a file is sent: on disk at once, and never more than its limit."""

from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

FILE_BYTES = 200 * 1024 * 1024


class Limited(TemporaryFileUploadHandler):
    """A file over the limit is not kept; the fields of such files stand in `request.oversized`."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.size = 0

    def receive_data_chunk(self, raw_data, start):
        self.size += len(raw_data)
        if self.size > FILE_BYTES:
            self.request.oversized = {*getattr(self.request, "oversized", ()), self.field_name}
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)
