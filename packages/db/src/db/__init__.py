"""Everything that is schema: models, migrations and the engine module."""
