"""Personal data: rules, entities, anonymised copies."""
