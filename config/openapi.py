"""How the OpenAPI description at /api/v1/schema is headed, and how its lists of choices are called."""

SPECTACULAR_SETTINGS = {
    "TITLE": "Holdfast",
    "DESCRIPTION": "Customers belong to the company. Same sight, masks and budgets as the pages.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],  # shapes only, the same for everybody
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "CustomerKind": "crm.models.customers.Customer.Kind",
        "CustomerTier": "crm.models.customers.Customer.Tier",
        "ActivityKind": "crm.models.activities.Activity.Kind",
        "ChannelKind": "crm.models.contacts.ContactChannel.Kind",
        "EventKind": "crm.selectors.timeline.KINDS",
        "UnitKind": "accounts.models.Unit.Kind",
        "UnitFunction": "accounts.models.Unit.Function",
        "AbsenceKind": "accounts.models.Absence.Kind",
        "NoticeKind": "accounts.models.Notice.Kind",
        "PositionFunction": "crm.models.Position.Function",
        "Role": "accounts.access.Role",
        "PersonState": "accounts.models.Person.State",
        "OrderState": "crm.models.Order.State",
        "TaskKind": "crm.models.Task.Kind",
        "TaskState": "crm.models.Task.State",
        "ImportKind": "crm.models.Import.Kind",
        "ImportState": "crm.models.Import.State",
        "ImportOutcome": "crm.models.ImportRow.Outcome",
    },
}
