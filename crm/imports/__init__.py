"""The importer: one mechanism for the files of any system, with the fields of each kind declared.

    fields    what a field is; how its cells are read
    columns   which column of a file goes to which field
    staging   a file becomes an Import with sealed rows
    run       one import at work: references, people, places
    check     every row is understood, before any is written
    carry     rows become customers, contacts, orders …, in steps that survive their process
    undo      an import is taken back
    kinds/    what can be imported; each kind declares its fields and writes through the services

This layer lies between the services, which it uses, and the interfaces, which use it.
"""
