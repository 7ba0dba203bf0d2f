"""Form fields: label, hint, error and the control, tied together for screen readers."""

from django import forms, template
from django.utils.translation import gettext as _

register = template.Library()
DATES = (forms.DateField, forms.DateTimeField)
CHECKS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def problems_of(bound):
    """The messages of a field; Django's plain "This field is required." names the field instead."""
    plain = str(forms.Field.default_error_messages["required"])
    own = _("Fill in: %(label)s") % {"label": bound.label}
    return [own if message == plain else message for message in bound.errors]


def described(bound, hint):
    """Ids of what describes the control: hint first, then errors."""
    ids = [f"{bound.auto_id}-hint"] * bool(hint) + [f"{bound.auto_id}-error"] * bool(bound.errors)
    return " ".join(ids)


def control(bound, hint, extra, attrs):
    """The widget with our class and its ties. We validate on submit: no `required` attribute."""
    bound.form.use_required_attribute = False
    widget = bound.field.widget
    ties = {"aria-describedby": described(bound, hint)} | attrs
    if bound.errors:
        ties["aria-invalid"] = "true"
    if not isinstance(widget, (forms.CheckboxInput, *CHECKS)):
        given = widget.attrs.get("class", "")
        ties["class"] = f"input {extra} {given}".strip()
    kept = {name: value for name, value in ties.items() if value or not name.startswith("aria-")}
    return bound.as_widget(attrs=kept)


@register.inclusion_tag("components/field.html")
def field(bound, hint="", label="", short=False, chips=False, picker="", **attrs):
    """A whole field. `chips` shows choices as chips, `short` narrows, attributes go to the control."""
    hint = hint or bound.help_text
    is_date = isinstance(bound.field, DATES) and isinstance(bound.field.widget, forms.TextInput)
    picker = picker or (
        "date" if is_date and not isinstance(bound.field, forms.DateTimeField) else ""
    )
    extra = "input-short" if short or is_date else ""
    attrs = {name.replace("_", "-"): value for name, value in attrs.items()}
    given = {"field": bound, "hint": hint, "label": label or bound.label, "picker": picker}
    given |= {"chips": chips, "problems": problems_of(bound)}
    if isinstance(bound.field.widget, CHECKS):
        return given | {"kind": "choices", "multiple": bound.field.widget.allow_multiple_selected}
    kind = "check" if isinstance(bound.field.widget, forms.CheckboxInput) else "input"
    return given | {"kind": kind, "control": control(bound, hint, extra, attrs)}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*form_list):
    """All that is wrong, on top of the form, each line a link to its field."""
    problems = []
    for form in form_list:
        if form is None or not form.is_bound:
            continue
        problems += [("", message) for message in form.non_field_errors()]
        for bound in form:
            problems += [(anchor(bound), message) for message in problems_of(bound)]
    return {"problems": problems}


def anchor(bound):
    """The first control of a field; a group of choices has no element with the bare id."""
    several = isinstance(bound.field.widget, (*CHECKS, forms.MultiWidget))
    return f"{bound.auto_id}_0" if several else bound.auto_id


@register.simple_tag
def error_prefix(*form_list):
    """`Error: ` before the page title while a form is refused."""
    return _("Error: ") if any(form is not None and form.errors for form in form_list) else ""
