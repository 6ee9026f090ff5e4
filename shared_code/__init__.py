"""The engine: everything between a file and its published result. Knows nothing of Azure Functions."""
