"""What every endpoint of the REST API shares: reading, sight, counting, paging, errors, schema."""
