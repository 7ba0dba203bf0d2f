"""The registry of personal data: what the rows of a model tell of a person outside the company.

A model declares it beside itself, by the path from its rows to the data subject:

    class Task(Model):
        customer = ForeignKey(Customer, PROTECT)
        tells = {"customer": Tells(_("Tasks"), words=("title", "note"))}

The path "pk" says that the rows are data subjects themselves. None says that the rows tell nothing of
them: figures and indexes made of other rows. `undeclared()` names what is missing, and the system
check fails while there is any: whatever holds personal data is in the access that a person is given
to it (crm/selectors/subject_access.py) and in its erasure (crm/services/erasure.py).
"""

from dataclasses import dataclass

from django.apps import apps
from django.core.checks import Error, Tags, register
from django.utils.functional import Promise


@dataclass(frozen=True)
class Tells:
    """What the rows of one relation tell of a data subject.

    label: the rows in words. gone: columns emptied when the subject is erased. words: texts of which a mark stays that there
    was one; of those at a customer that is no data subject, the names of its people are blotted out.
    clear: attributes that give what the row keeps sealed. reads: others that say something to the
    person beside the columns. drop: the rows go as a whole.
    """

    label: "str | Promise"
    gone: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    drop: bool = False


@dataclass(frozen=True)
class Telling:
    """One relation: rows of `model`, by `path`, tell of rows of `subject`."""

    model: type
    path: str
    subject: type
    tells: Tells

    @property
    def label(self):
        return f"{self.model._meta.label}.{self.path}"

    def rows(self, keys):
        """The rows that tell of any of these subjects, for whoever has decided who may know them."""
        return self.model._base_manager.filter(**{f"{self.path}__in": keys})


def tellings(subject):
    """Every Telling of one model of data subjects, those of the subject itself first."""
    found = []
    for model in _models():
        for path, tells in getattr(model, "tells", {}).items():
            if tells is not None and _target(model, path) is subject:
                found.append(Telling(model, path, subject, tells))
    return sorted(found, key=lambda one: (one.path != "pk", one.label))


def subjects():
    """The models whose rows are data subjects."""
    return [model for model in _models() if "pk" in getattr(model, "tells", {})]


def undeclared():
    """Labels of relations to a data subject, or to rows that tell of one, that nobody declared."""
    people, telling = set(subjects()), {m for m in _models() if getattr(m, "tells", {})}
    for model in _models():
        told = {path.split("__")[0] for path in getattr(model, "tells", {})}
        for field in model._meta.local_fields:
            target = field.related_model if field.is_relation else None
            missing = field.name not in told if target in people else not told
            if target in people | telling and missing:
                yield f"{model._meta.label}.{field.name}"


def misnamed():
    """Labels of declared columns that the model does not have."""
    for model in _models():
        columns = {field.name for field in model._meta.local_fields}
        for path, tells in getattr(model, "tells", {}).items():
            for name in tells.gone + tells.words if tells else ():
                if name not in columns:
                    yield f"{model._meta.label}.{path}: {name}"


def history_of(model):
    """The model of the history of a model, or None."""
    for event in apps.get_models():
        if getattr(event, "pgh_tracked_model", None) is model:
            return event
    return None


def _models():
    """Models with rows of their own: no copies kept by field history, no hidden tables."""
    return [
        m for m in apps.get_models() if not m._meta.proxy and not hasattr(m, "pgh_tracked_model")
    ]


def _target(model, path):
    """The model at the end of a path."""
    for name in () if path == "pk" else path.split("__"):
        model = model._meta.get_field(name).related_model
    return model


@register(Tags.models)
def every_relation_is_declared(app_configs, **kwargs):
    """System check: a relation to a data subject that nobody declared."""
    text = "{} leads to a data subject and declares nothing of it (kit/subjects.py)."
    return [Error(text.format(label), id="holdfast.E002") for label in undeclared()] + [
        Error(f"{label} is no column.", id="holdfast.E003") for label in misnamed()
    ]
