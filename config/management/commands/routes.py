"""List every address: `manage.py routes [--json]`."""

import json

from django.core.management.base import BaseCommand
from django.urls import URLPattern, URLResolver, get_resolver

ANY = ["GET", "HEAD", "OPTIONS", "POST"]


def routes(node=None, namespace="", prefix="/"):
    """Every pattern of the resolver as {name, path, methods, view}."""
    for item in (node or get_resolver()).url_patterns:
        path = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            inner = f"{namespace}{item.namespace}:" if item.namespace else namespace
            yield from routes(item, inner, path)
        elif isinstance(item, URLPattern):
            view = item.callback
            yield {
                "name": f"{namespace}{item.name}" if item.name else None,
                "path": path,
                "methods": methods(view),
                "view": f"{view.__module__}.{getattr(view, '__qualname__', type(view).__name__)}",
            }


def methods(view):
    """What a view takes: the actions of a viewset, the methods of a class, else what it checks."""
    actions = getattr(view, "actions", None)
    if actions:
        return sorted(name.upper() for name in actions)
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if cls:
        return sorted(name.upper() for name in cls.http_method_names if hasattr(cls, name))
    for cell in getattr(view, "__closure__", None) or ():  # django.views.decorators.http
        allowed = cell.cell_contents
        if (
            isinstance(allowed, list)
            and allowed
            and all(isinstance(one, str) and one.isupper() for one in allowed)
        ):
            return sorted(allowed)
    return ANY


class Command(BaseCommand):
    help = "List every address with its name, path, methods and view."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")

    def handle(self, **options):
        found = list(routes())
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=1))
            return
        for one in found:
            self.stdout.write(f"{','.join(one['methods']):24} {one['path']:60} {one['name']}")
