"""How many statements a page needs and how long they take, told in two headers."""

import time

from django.db import connection


class Counted:
    """Outermost: counts what everything inside asks the database."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        seen = [0, 0.0]

        def count(execute, sql, params, many, context):
            started = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                seen[0] += 1
                seen[1] += time.perf_counter() - started

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-Statements"] = str(seen[0])
        response["X-Database-Ms"] = f"{seen[1] * 1000:.2f}"
        return response
