"""The revisions of the schema. Applied and written through `att schema`, which says which tables there are."""
